"""Where the pose model lies and which one it is. Imports nothing that is slow: the web process asks too."""

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from django.conf import settings

from fitai.celery import says

PATTERNS = ("*pose*_openvino_model", "*pose*.pt", "*pose*.onnx")
"""What is taken for a pose model, the fastest on a CPU first."""

LIBRARIES = ("torch", "ultralytics", "cv2", "av")
"""What the vision role imports beyond the others."""


class ModelUnavailable(Exception):
    """No pose can be estimated here: there is no model, or the requirements of the vision role are not installed."""


@dataclass(frozen=True, slots=True)
class Weights:
    """A pose model on disk: `path` (a file, or the folder of an OpenVINO export) and the SHA-256 of its content."""

    path: Path
    digest: str

    @property
    def name(self) -> str:
        return self.path.stem.removesuffix("_openvino_model")


def find_weights() -> Weights | None:
    """The pose model of this installation; None where it has none, or another than it is to have."""
    path = _path()
    if path is None:
        return None
    files = sorted(path.iterdir()) if path.is_dir() else [path]
    digest = _digest(tuple((file, file.stat().st_mtime_ns, file.stat().st_size) for file in files))
    if settings.POSE_MODEL_DIGEST not in ("", digest):
        return None
    return Weights(path, digest)


def require_weights() -> Weights:
    """The pose model of this installation. Raises `ModelUnavailable`."""
    weights = find_weights()
    if weights is None:
        raise ModelUnavailable(
            "There is no pose model, or not the one that FITAI_POSE_MODEL_DIGEST names: make weights."
        )
    return weights


@says("pose_model", queue="vision")
def can_estimate() -> bool:
    """Whether this installation has a pose model and what it takes to run one."""
    return find_weights() is not None and all(find_spec(library) is not None for library in LIBRARIES)


def _path() -> Path | None:
    if settings.POSE_MODEL:
        named = Path(settings.POSE_MODEL).expanduser()
        return named if named.exists() else None
    for folder in settings.POSE_MODEL_FOLDERS:
        for pattern in PATTERNS:
            for path in sorted(Path(folder).glob(pattern)):
                return path
    return None


@lru_cache(maxsize=4)
def _digest(files: tuple[tuple[Path, int, int], ...]) -> str:
    """Of names and contents; the times and sizes are there so that a changed file is read again."""
    digest = hashlib.sha256()
    for path, _, _ in files:
        digest.update(path.name.encode() + b"\0")
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()
