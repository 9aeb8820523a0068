"""YOLO-pose by ultralytics: the only module that imports torch, ultralytics and openvino."""

import importlib.machinery
import os
import sys
import threading
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import cv2
import numpy as np
from django.conf import settings

from analysis.vision.estimator import MOST_PEOPLE, People, Picture
from analysis.vision.weights import ModelUnavailable, Weights, require_weights

LEAST_CONFIDENCE: Final = 0.25
BATCH_ON_GPU: Final = 16
_loading = threading.Lock()


class YoloEstimator:
    """An ultralytics pose model, loaded once a process. It is given arrays, never a path or an address."""

    def __init__(self, weights: Weights) -> None:
        self.name = weights.name
        self.digest = weights.digest
        ultralytics = _ultralytics()
        gpu = has_gpu() and weights.path.suffix == ".pt"
        self.batch = BATCH_ON_GPU if gpu else 1
        self._options: dict[str, Any] = {
            "conf": LEAST_CONFIDENCE,
            "max_det": MOST_PEOPLE,
            "verbose": False,
            "device": 0 if gpu else "cpu",
        }
        try:
            self._model = ultralytics.YOLO(str(weights.path), task="pose")
            self.estimate([np.zeros((64, 64, 3), np.uint8)])
        except Exception as failure:  # whatever its many back ends raise about a file that is none of theirs
            raise ModelUnavailable(f"The pose model {weights.path.name} cannot be loaded: {failure}") from failure

    def estimate(self, pictures: Sequence[Picture]) -> list[People]:
        """The people in each of the pictures."""
        as_trained = [cv2.cvtColor(picture, cv2.COLOR_RGB2BGR) for picture in pictures]
        results = self._model.predict(as_trained, **self._options)
        return [
            People(
                result.boxes.data[:, :5].cpu().numpy().astype(np.float32),
                result.keypoints.data.cpu().numpy().astype(np.float32).reshape(-1, 17, 3),
            )
            for result in results
        ]


def load_estimator() -> YoloEstimator:
    """The pose model of this installation, ready. Raises `ModelUnavailable`."""
    weights = require_weights()
    with _loading:
        return _load(weights)


@lru_cache(maxsize=1)
def _load(weights: Weights) -> YoloEstimator:
    return YoloEstimator(weights)


def has_gpu() -> bool:
    """Whether torch finds one here. Raises `ModelUnavailable` where there is no torch."""
    _ultralytics()
    return bool(sys.modules["torch"].cuda.is_available())


def export(path: Path) -> Path:
    """Export a model to OpenVINO, into a folder beside its file: about twice as fast on a CPU."""
    ultralytics = _ultralytics()
    made: str = ultralytics.YOLO(str(path), task="pose").export(format="openvino", verbose=False)
    return Path(made)


def _ultralytics() -> ModuleType:
    """ultralytics, told first to send nothing, fetch nothing and install nothing."""
    os.environ["YOLO_OFFLINE"] = "true"
    os.environ["YOLO_AUTOINSTALL"] = "false"
    os.environ["YOLO_VERBOSE"] = "false"
    home = settings.FITAI_HOME / "ultralytics"
    home.mkdir(parents=True, exist_ok=True)
    os.environ["YOLO_CONFIG_DIR"] = str(home)
    modules: dict[str, Any] = sys.modules
    modules.setdefault("openvino_telemetry", None)  # openvino goes without it
    try:
        import torch  # noqa: F401, PLC0415  slow, and not installed everywhere
        import ultralytics  # noqa: PLC0415
        from ultralytics.utils.nms import TorchNMS  # noqa: PLC0415
    except ImportError as missing:
        raise ModelUnavailable(
            "The requirements of the vision role (requirements/vision.txt) are missing."
        ) from missing
    if ultralytics.settings["sync"]:
        ultralytics.settings.update({"sync": False})
    _mend_torchvision(TorchNMS.nms)
    return ultralytics


def _mend_torchvision(nms: Any) -> None:
    """Put a stand-in where torchvision does not load: beside a torch for CPUs its usual build does not, and
    ultralytics imports it to suppress overlapping boxes, for which it has code of its own."""
    try:
        import torchvision.ops  # noqa: F401, PLC0415
    except (ImportError, RuntimeError):
        for name in [name for name in sys.modules if name.partition(".")[0] == "torchvision"]:
            del sys.modules[name]
        stand_in, operations = ModuleType("torchvision"), ModuleType("torchvision.ops")
        for module in (stand_in, operations):
            module.__spec__ = importlib.machinery.ModuleSpec(module.__name__, None)
        operations.nms = nms  # type: ignore[attr-defined]
        stand_in.ops = operations  # type: ignore[attr-defined]
        sys.modules.update({"torchvision": stand_in, "torchvision.ops": operations})
