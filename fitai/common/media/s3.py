"""Files in an object store that speaks S3, by django-storages. Imported only where the settings name a bucket."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from boto3.exceptions import Boto3Error
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from storages.backends.s3 import S3File, S3Storage
from storages.utils import clean_name

from fitai.common.media.storage import PUBLIC

CONNECT_SECONDS, READ_SECONDS, TRIES = 3, 20, 3
IN_MEMORY_BYTES = 1_000_000
FOR_EVER = {"CacheControl": "public, max-age=31536000, immutable"}
"""What a CDN in front of the bucket is told of public files."""


@contextmanager
def failing_like_a_disk() -> Iterator[None]:
    """What a store or the way to it refuses is an `OSError`, as it is of a disk."""
    try:
        yield
    except ClientError as failure:
        missing = failure.response["ResponseMetadata"]["HTTPStatusCode"] == 404
        raise (FileNotFoundError if missing else OSError)(f"object store: {failure}") from failure
    except (BotoCoreError, Boto3Error) as failure:
        raise OSError(f"object store: {failure}") from failure


class StoredFile(S3File):
    def _get_file(self) -> Any:
        with failing_like_a_disk():
            return super()._get_file()

    file = property(_get_file, S3File._set_file)


class ObjectStorage(S3Storage):
    """A bucket. Names are made by chance and never used again, so nothing is looked for before it is written."""

    def __init__(self, **settings: Any) -> None:
        style = {"addressing_style": "path" if settings.get("endpoint_url") else "auto"}
        config = Config(
            signature_version="s3v4",
            s3=style,
            connect_timeout=CONNECT_SECONDS,
            read_timeout=READ_SECONDS,
            retries={"total_max_attempts": TRIES, "mode": "standard"},
            # Checksums that newer clients add are not known to every store.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        )
        super().__init__(client_config=config, max_memory_size=IN_MEMORY_BYTES, **settings)

    def get_object_parameters(self, name: str) -> dict[str, Any]:
        parameters: dict[str, Any] = super().get_object_parameters(name)
        return {**parameters, **FOR_EVER} if name.startswith(f"{PUBLIC}/") else parameters

    def _open(self, name: str, mode: str = "rb") -> Any:
        with failing_like_a_disk():
            return StoredFile(self._normalize_name(clean_name(name)), mode, self)

    def _save(self, name: str, content: Any) -> str:
        with failing_like_a_disk():
            return super()._save(name, content)

    def delete(self, name: str) -> None:
        with failing_like_a_disk():
            super().delete(name)

    def exists(self, name: str) -> bool:
        with failing_like_a_disk():
            return super().exists(name)

    def listdir(self, name: str) -> tuple[list[str], list[str]]:
        with failing_like_a_disk():
            return super().listdir(name)

    def size(self, name: str) -> int:
        with failing_like_a_disk():
            return super().size(name)

    def get_modified_time(self, name: str) -> datetime:
        with failing_like_a_disk():
            return super().get_modified_time(name)
