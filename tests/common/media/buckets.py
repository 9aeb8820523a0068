"""An object store on loopback, which speaks S3."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto.server import ThreadedMotoServer

BUCKET = "fitai"
OPTIONS = {"bucket_name": BUCKET, "region_name": "us-east-1", "access_key": "key", "secret_key": "secret"}


@pytest.fixture(scope="module")
def store_address() -> Iterator[str]:
    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(store_address: str, settings: Any) -> Any:
    """Empty, and what files are stored in while the test lasts."""
    keys = {"aws_access_key_id": "key", "aws_secret_access_key": "secret", "region_name": "us-east-1"}
    found = boto3.resource("s3", endpoint_url=store_address, **keys).Bucket(BUCKET)
    found.create()
    found.objects.all().delete()
    settings.STORAGES = {**settings.STORAGES, "default": stored_at(store_address)}
    return found


def stored_at(address: str) -> dict[str, Any]:
    """The setting of a storage at an address."""
    return {
        "BACKEND": "fitai.common.media.s3.ObjectStorage",
        "OPTIONS": {**OPTIONS, "endpoint_url": address},
    }


def names_in(bucket: Any) -> list[str]:
    return sorted(one.key for one in bucket.objects.all())
