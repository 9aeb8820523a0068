"""The pose model that FitAI takes where it is given none: fetched once, checked, and made fast for this machine."""

import hashlib
import shutil
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import httpx

from analysis.vision.weights import ModelUnavailable

MOST_BYTES: Final = 50_000_000
SILENT_SECONDS: Final = 30.0


class CannotFetch(Exception):
    """The model could not be had, or what came is not it."""


@dataclass(frozen=True, slots=True)
class Published:
    """A model as its authors publish it: the only file that is taken for it is the one with this SHA-256."""

    name: str
    address: str
    sha256: str

    @property
    def file(self) -> str:
        return f"{self.name}.pt"


OFFICIAL: Final = Published(
    "yolo26n-pose",
    "https://github.com/ultralytics/assets/releases/download/v8.4.0/yolo26n-pose.pt",
    "eb3bb8268828aeaf515cec23a4bfafd793944a86fe9af94ba7823609c14522a9",
)


def is_fetched(folder: Path, model: Published = OFFICIAL) -> bool:
    """Whether the model lies in the folder, in one of the forms that `fetch` leaves it in."""
    return any((folder / name).exists() for name in (model.file, exported(model)))


def exported(model: Published) -> str:
    """The name of the folder that ultralytics exports a model into for OpenVINO."""
    return f"{model.name}_openvino_model"


def fetch(folder: Path, model: Published = OFFICIAL) -> Path:
    """Put the model into a folder, and where: as it is beside a GPU, else exported to OpenVINO.

    It appears there whole or not at all. Raises `CannotFetch`, `ModelUnavailable` where the vision requirements are
    missing.
    """
    try:
        from analysis.vision.yolo import export, has_gpu  # noqa: PLC0415  slow, and not installed everywhere
    except ImportError as missing:
        raise ModelUnavailable("The requirements of the vision role are missing: make vision.") from missing
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=folder, prefix=".") as room:
        made = download(model, Path(room))
        if not has_gpu():
            made = export(made)
        target = folder / made.name
        if target.is_dir():
            shutil.rmtree(target)
        return made.replace(target)


def download(model: Published, folder: Path) -> Path:
    """The file as published. Raises `CannotFetch` for any other, and for whatever a network may do."""
    digest, size, path = hashlib.sha256(), 0, folder / model.file
    try:
        with (
            httpx.stream("GET", model.address, follow_redirects=True, timeout=SILENT_SECONDS) as answer,
            path.open("wb") as file,
        ):
            answer.raise_for_status()
            for chunk in answer.iter_bytes():
                size += len(chunk)
                if size > MOST_BYTES:
                    raise CannotFetch(f"{model.file} is larger than {MOST_BYTES // 1_000_000} MB.")
                digest.update(chunk)
                file.write(chunk)
    except httpx.HTTPError as failure:
        raise CannotFetch(f"{model.file} could not be fetched: {failure!r}") from failure
    if digest.hexdigest() != model.sha256:
        raise CannotFetch(f"What came is not {model.file}: its SHA-256 is {digest.hexdigest()}.")
    return path
