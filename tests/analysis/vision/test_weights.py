import subprocess
import sys
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from analysis.vision.weights import ModelUnavailable, find_weights, require_weights


@pytest.fixture
def home(tmp_path: Path, settings: Settings) -> Path:
    settings.POSE_MODEL = ""
    settings.POSE_MODEL_FOLDERS = [tmp_path / "weights", tmp_path / "shared"]
    return tmp_path


def a_file(path: Path, content: str = "weights") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
    return path


def test_an_installation_without_a_model_says_so(home: Path) -> None:
    a_file(home / "weights" / "readme.txt")
    assert find_weights() is None
    with pytest.raises(ModelUnavailable):
        require_weights()


def test_the_named_model_is_taken(home: Path, settings: Settings) -> None:
    a_file(home / "weights" / "yolo26n-pose.pt")
    settings.POSE_MODEL = str(a_file(home / "elsewhere" / "mine.pt"))
    assert require_weights().path == home / "elsewhere" / "mine.pt"


def test_a_named_model_that_is_not_there_is_not_replaced_by_another(home: Path, settings: Settings) -> None:
    a_file(home / "weights" / "yolo26n-pose.pt")
    settings.POSE_MODEL = str(home / "gone.pt")
    assert find_weights() is None


def test_home_comes_before_what_is_shared_and_an_export_before_its_origin(home: Path) -> None:
    shared = a_file(home / "shared" / "yolov8n-pose_openvino_model" / "model.xml").parent
    assert (require_weights().path, require_weights().name) == (shared, "yolov8n-pose")
    own = a_file(home / "weights" / "yolo26n-pose.pt")
    assert (require_weights().path, require_weights().name) == (own, "yolo26n-pose")
    export = a_file(home / "weights" / "yolo26n-pose_openvino_model" / "model.xml").parent
    assert require_weights().path == export


def test_the_digest_is_that_of_the_content(home: Path) -> None:
    model = home / "weights" / "yolo26n-pose_openvino_model"
    a_file(model / "model.xml", "a")
    a_file(model / "model.bin", "b")
    first = require_weights().digest
    assert len(first) == 64
    a_file(model / "model.bin", "changed")
    assert require_weights().digest != first
    a_file(model / "model.bin", "b")
    assert require_weights().digest == first


def test_the_web_process_loads_nothing_slow() -> None:
    program = (
        "import sys, analysis.vision.weights, analysis.vision.pipeline, fitai.common.media.decoding;"
        "print(sorted({'torch', 'ultralytics', 'cv2', 'av', 'openvino'} & set(sys.modules)))"
    )
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"


def test_only_the_model_that_is_named_by_its_digest_is_taken(home: Path, settings: Settings) -> None:
    a_file(home / "weights" / "yolo26n-pose.pt")
    digest = require_weights().digest
    settings.POSE_MODEL_DIGEST = digest
    assert require_weights().digest == digest
    settings.POSE_MODEL_DIGEST = "0" * 64
    assert find_weights() is None
