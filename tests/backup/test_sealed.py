"""A sealed stream: whole and of this key, or refused."""

import io
import os

import pytest

from fitai.backup.errors import Refused
from fitai.backup.sealed import CHUNK_BYTES, DAMAGED, HEAD_BYTES, NOT_OURS, OTHER_KEY, TAG_BYTES, Opened, Sealed

KEY = bytes(range(32))
SEALED_CHUNK = CHUNK_BYTES + TAG_BYTES


def sealed(text: bytes, *, finish: bool = True, step: int = 700_001) -> bytes:
    file = io.BytesIO()
    stream = Sealed(file, KEY)
    for start in range(0, len(text), step):
        stream.write(text[start : start + step])
    if finish:
        stream.finish()
    return file.getvalue()


def opened(data: bytes, key: bytes = KEY, size: int = -1) -> bytes:
    stream = Opened(io.BytesIO(data), key)
    return b"".join(iter(lambda: stream.read(size), b""))


TEXT = os.urandom(3 * CHUNK_BYTES - 5)
DATA = sealed(TEXT)


@pytest.mark.parametrize("length", [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 2 * CHUNK_BYTES, len(TEXT)])
def test_what_was_written_is_read(length: int) -> None:
    data = sealed(TEXT[:length])
    assert opened(data) == opened(data, size=100_003) == TEXT[:length]


def test_nothing_of_it_can_be_seen() -> None:
    secret = b"ada@example.org" * 10
    data = sealed(secret)
    assert b"ada" not in data
    assert sealed(secret)[HEAD_BYTES:] != data[HEAD_BYTES:]  # a key of its own each time


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", NOT_OURS),
        (b"PK\x03\x04" + bytes(100), NOT_OURS),
        (DATA[: HEAD_BYTES - 1], NOT_OURS),
        (DATA[:HEAD_BYTES], DAMAGED),
        (DATA[:-1], DAMAGED),
        (DATA[: HEAD_BYTES + SEALED_CHUNK], DAMAGED),  # cut where a chunk ends
        (sealed(TEXT, finish=False), DAMAGED),  # by who did not come to the end
        (DATA + b"\0", DAMAGED),
        (DATA + DATA[HEAD_BYTES:], DAMAGED),
        (DATA[:HEAD_BYTES] + DATA[HEAD_BYTES + SEALED_CHUNK :], DAMAGED),  # a chunk left out
        (sealed(TEXT)[:HEAD_BYTES] + DATA[HEAD_BYTES:], DAMAGED),  # under the head of another
    ],
    ids=lambda value: f"{len(value)} bytes" if isinstance(value, bytes) else "",
)
def test_what_was_changed_is_refused(data: bytes, sentence: str) -> None:
    with pytest.raises(Refused) as refused:
        opened(data)
    assert str(refused.value) == sentence


@pytest.mark.parametrize("at", [*range(0, HEAD_BYTES, 5), HEAD_BYTES, HEAD_BYTES + CHUNK_BYTES + 3, len(DATA) - 1])
def test_a_single_bit(at: int) -> None:
    changed = bytearray(DATA)
    changed[at] ^= 1
    with pytest.raises(Refused):
        opened(bytes(changed))


def test_chunks_in_another_order() -> None:
    first, second = HEAD_BYTES, HEAD_BYTES + SEALED_CHUNK
    swapped = DATA[:first] + DATA[second : second + SEALED_CHUNK] + DATA[first:second] + DATA[second + SEALED_CHUNK :]
    with pytest.raises(Refused):
        opened(swapped)


def test_another_key() -> None:
    with pytest.raises(Refused) as refused:
        opened(DATA, bytes(32))
    assert str(refused.value) == OTHER_KEY
