"""Fetching the pose model in the background, by the worker that will use it."""

from datetime import timedelta
from typing import Final

from django.conf import settings

from analysis.vision.fetching import OFFICIAL, CannotFetch, fetch, is_fetched
from analysis.vision.weights import ModelUnavailable, find_weights
from fitai.common.jobs import Claim, PermanentFailure, enqueue, handles

FETCH: Final = "form.fetch_model"
LEASE: Final = timedelta(minutes=10)  # exporting says nothing meanwhile


@handles(FETCH, queue="vision", max_attempts=3, lease=LEASE)
def fetch_model(claim: Claim) -> None:
    """Have a pose model in FITAI_HOME, unless there is one by now."""
    if find_weights() is not None:
        return
    try:
        fetch(settings.POSE_MODEL_FOLDERS[0])
    except ModelUnavailable as missing:
        raise PermanentFailure("model_unavailable", str(missing)) from missing
    except CannotFetch as failure:
        raise PermanentFailure("cannot_fetch", str(failure)) from failure


def fetch_later() -> bool:
    """Ask for it once, where there is no pose model; whether that was the first time."""
    if find_weights() is not None or is_fetched(settings.POSE_MODEL_FOLDERS[0]):
        return False
    return enqueue(FETCH, {}, dedupe_key=f"{FETCH}:{OFFICIAL.name}") is not None
