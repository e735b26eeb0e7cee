"""A local folder and a bucket hold files alike."""

import asyncio
import os
import resource
import socket
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from pathlib import Path

import pytest

from app.kit.embedded.ports import free_port
from app.kit.storage import PART_BYTES, PIECE_BYTES, Storage, StorageAway, StorageFull
from tests.s3 import BUCKET, ENVIRONMENT, Bucket, bucket

LONG = os.urandom(1000) * 13_000  # of three parts, and more pieces
TOMORROW = timedelta(days=1)


async def pieces(content: bytes, size: int = 65_536) -> AsyncIterator[bytes]:
    for start in range(0, len(content), size):
        yield content[start : start + size]


async def broken(content: bytes, error: type[Exception] = LookupError) -> AsyncIterator[bytes]:
    async for piece in pieces(content):
        yield piece
    raise error("the client has gone")


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[Bucket]:
    with bucket() as server:
        for name, value in server.environment.items():
            monkeypatch.setenv(name, value)
        yield server


@pytest.fixture(params=["folder", "url", "s3"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    if request.param == "folder":
        return Storage(None, tmp_path / "a folder" / "of files")
    if request.param == "url":
        return Storage((tmp_path / "ä").as_uri(), tmp_path / "unused")
    request.getfixturevalue("s3")
    return Storage(f"s3://{BUCKET}/leads", tmp_path / "unused")


@pytest.mark.parametrize("content", [b"", b"x", LONG], ids=len)
async def test_what_was_written_is_read(storage: Storage, content: bytes) -> None:
    assert await storage.write("1/2", pieces(content)) == len(content)
    assert b"".join(storage.read("1/2")) == content
    assert await storage.head("1/2", 10) == content[:10]
    assert await storage.head("1/2", 2 * len(LONG)) == content


@pytest.mark.parametrize("offset", [0, 1, PIECE_BYTES, PIECE_BYTES + 7, len(LONG) - 1, len(LONG)])
async def test_it_is_read_from_any_place(storage: Storage, offset: int) -> None:
    await storage.write("1/2", pieces(LONG))
    assert b"".join(storage.read("1/2", offset)) == LONG[offset:]
    assert max((len(piece) for piece in storage.read("1/2", offset)), default=0) <= PIECE_BYTES


async def test_a_file_goes_in(storage: Storage, tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_bytes(LONG)
    assert await storage.upload_file("1/2", source) == len(LONG)
    assert b"".join(storage.read("1/2")) == LONG


async def test_written_again_it_is_the_new_one(storage: Storage) -> None:
    await storage.write("1/2", pieces(LONG))
    await storage.write("1/2", pieces(b"new"))
    assert b"".join(storage.read("1/2")) == b"new"


async def test_removed_is_gone_and_missing_ones_do_not_matter(storage: Storage) -> None:
    for path in ("1/1", "1/2", "2/1"):
        await storage.write(path, pieces(b"x"))
    await storage.remove([])
    await storage.remove(["1/0", "1/1", "1/3", "1/2"])
    assert await everything(storage) == ["2/1"]
    with pytest.raises(FileNotFoundError):
        await storage.head("1/1", 10)
    with pytest.raises(FileNotFoundError):
        next(storage.read("1/1"))


async def test_only_what_is_old_enough_is_listed(storage: Storage) -> None:
    await storage.write("1/1", pieces(b"x"))
    assert await everything(storage) == ["1/1"]
    old = datetime.now(UTC) - TOMORROW
    assert [path async for paths in storage.older(old) for path in paths] == []


@pytest.mark.parametrize("error", [LookupError, ConnectionError, FileNotFoundError])
@pytest.mark.parametrize("length", [10, len(LONG)])
async def test_a_broken_write_leaves_nothing(
    storage: Storage, length: int, error: type[Exception]
) -> None:
    with pytest.raises(error, match="the client has gone"):
        await storage.write("1/2", broken(LONG[:length], error))
    assert await everything(storage) == []


async def test_a_write_that_is_cancelled_leaves_nothing(tmp_path: Path) -> None:
    storage, waiting = Storage(None, tmp_path), asyncio.Event()

    async def endless() -> AsyncIterator[bytes]:
        yield LONG
        waiting.set()
        await asyncio.sleep(60)

    writing = asyncio.create_task(storage.write("1/2", endless()))
    await waiting.wait()
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing
    for _ in range(100):
        if not files_below(tmp_path):
            break
        await asyncio.sleep(0.02)
    assert files_below(tmp_path) == []


async def test_a_broken_write_takes_its_parts_back(s3: Bucket, tmp_path: Path) -> None:
    storage = Storage(f"s3://{BUCKET}", tmp_path)
    with pytest.raises(LookupError):
        await storage.write("1/2", broken(LONG))
    assert (s3.objects, s3.uploads) == ({}, {})
    assert any("partNumber" in asked for asked in s3.requests)


async def test_the_prefix_of_the_url_is_the_buckets_own(s3: Bucket, tmp_path: Path) -> None:
    await Storage(f"s3://{BUCKET}/a/b", tmp_path).write("1/2", pieces(b"x"))
    assert list(s3.objects) == ["a/b/1/2"]


async def test_what_a_killed_process_left_is_removed_when_it_is_old(tmp_path: Path) -> None:
    storage = Storage(None, tmp_path)
    await storage.write("1/2", pieces(b"x"))
    (tmp_path / "1" / "3#1").write_bytes(b"half")
    now = datetime.now(UTC)
    await storage.remove_unfinished(now - TOMORROW)
    assert len(files_below(tmp_path)) == 2
    await storage.remove_unfinished(now + TOMORROW)
    assert files_below(tmp_path) == ["1/2"]


async def test_a_storage_that_is_away_is_told_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{free_port()}")
    await all_away(Storage(f"s3://{BUCKET}", tmp_path))


@pytest.mark.parametrize("refusal", [HTTPStatus.FORBIDDEN, HTTPStatus.SERVICE_UNAVAILABLE])
async def test_one_that_refuses_us_is_away(s3: Bucket, tmp_path: Path, refusal: HTTPStatus) -> None:
    s3.refusal = refusal
    await all_away(Storage(f"s3://{BUCKET}", tmp_path))


async def test_one_asker_waits_for_a_storage_that_hangs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else whoever works on imports would do nothing but wait."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        hanging = {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{silent.getsockname()[1]}",
            "AWS_TIMEOUT": "1s",
        }
        for name, value in (ENVIRONMENT | hanging).items():
            monkeypatch.setenv(name, value)
        storage = Storage(f"s3://{BUCKET}", tmp_path)
        with pytest.raises(StorageAway):
            await storage.size("1/2")
        waiting = asyncio.create_task(storage.size("1/2"))
        await asyncio.sleep(0)
        began = time.monotonic()
        with pytest.raises(StorageAway, match="somebody else"):
            await storage.size("1/2")
        assert time.monotonic() - began < 0.5
        with pytest.raises(StorageAway):
            await waiting


async def test_one_that_was_away_is_asked_again(s3: Bucket, tmp_path: Path) -> None:
    storage = Storage(f"s3://{BUCKET}", tmp_path)
    await storage.write("1/2", pieces(b"x"))
    s3.refusal = HTTPStatus.FORBIDDEN
    with pytest.raises(StorageAway):
        await storage.size("1/2")
    s3.refusal = None
    assert await storage.size("1/2") == 1
    assert {await storage.size("1/2") for _ in range(2)} == {1}


async def test_a_folder_that_cannot_be_made_is_away(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    await all_away(Storage(None, tmp_path / "file" / "folder"))


async def test_a_bucket_that_is_not_there_is_away(s3: Bucket, tmp_path: Path) -> None:
    s3.refusal = HTTPStatus.NOT_FOUND
    with pytest.raises(StorageAway):
        await Storage(f"s3://{BUCKET}", tmp_path).write("1/2", pieces(b"x"))


async def test_a_full_disk_is_told_apart(tmp_path: Path) -> None:
    storage = Storage(None, tmp_path)
    with room_for(64 * 1024 * 1024), pytest.raises(StorageFull):
        await storage.write("1/2", pieces(bytes(64 * 1024 * 1024 + PART_BYTES), 1_000_000))
    assert files_below(tmp_path) == []


async def all_away(storage: Storage) -> None:
    with pytest.raises(StorageAway):
        await storage.write("1/2", pieces(b"x"))
    with pytest.raises(StorageAway):
        await storage.head("1/2", 10)
    with pytest.raises(StorageAway):
        await storage.remove(["1/2"])
    with pytest.raises(StorageAway):
        next(storage.read("1/2"))


async def everything(storage: Storage) -> list[str]:
    after = datetime.now(UTC) + TOMORROW
    return sorted([path async for paths in storage.older(after) for path in paths])


def files_below(folder: Path) -> list[str]:
    return sorted(str(f.relative_to(folder)) for f in folder.rglob("*") if f.is_file())


@contextmanager
def room_for(size_bytes: int) -> Iterator[None]:
    """Files of this process grow no larger."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
