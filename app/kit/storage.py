"""Where files lie: in a local folder, or in a bucket of any kind that obstore speaks to."""

import asyncio
import os
import re
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec, TypeVar
from urllib.parse import urlsplit
from urllib.request import url2pathname

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, ObjectStore, from_url

if TYPE_CHECKING:
    from obstore import ObjectMeta
    from obstore.store import RetryConfig

P = ParamSpec("P")
T = TypeVar("T")

PART_BYTES = 5 * 1024 * 1024
"""S3 takes no smaller parts but the last. While one is on its way the next is gathered."""
LOCAL_PART_BYTES = 1024 * 1024
PIECE_BYTES = 2 * 1024 * 1024
"""What is read at once; while one is fetched, three are held."""
RETRIES: "RetryConfig" = {"max_retries": 3, "retry_timeout": timedelta(seconds=15)}
"""Each request has obstore's own time-outs, too: 5 s to connect, 30 s for all of it."""
NO_ROOM = re.compile(r"\(os error (?:27|28|122)\)")
"""EFBIG, ENOSPC, EDQUOT."""
UNFINISHED = re.compile(r".*#[0-9]+")
"""What a local store writes until it is whole; a process that was killed leaves it behind."""
LISTED = 1000


class StorageAway(Exception):
    """The storage cannot be reached, or refuses us; the text says how, and quotes no content."""


class StorageFull(StorageAway):
    """There is no room left."""


class Storage:
    """Objects by path. Nothing connects, and no folder is made, before it is used.

    Everything raises StorageAway, and what reads raises FileNotFoundError.
    """

    def __init__(self, url: str | None, folder: Path) -> None:
        """``folder`` is where files lie without a URL."""
        self._url, self._folder = url, folder
        self._is_away, self._asking = False, 0
        if url and urlsplit(url).scheme == "file":
            self._url, self._folder = None, Path(url2pathname(urlsplit(url).path))

    @cached_property
    def _store(self) -> ObjectStore:
        if self._url:
            return from_url(self._url, retry_config=RETRIES)
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return LocalStore(self._folder)

    async def write(self, path: str, chunks: AsyncIterator[bytes]) -> int:
        """Gives how many bytes it wrote. There is a whole object in the end, or none.

        What the chunks raise passes through. A bucket may keep the parts of a write that was cut
        off; where it does not remove them by itself, it has a lifecycle rule for that.
        """
        written, broken = 0, None

        async def counted() -> AsyncIterator[bytes]:
            nonlocal written, broken
            try:
                async for chunk in chunks:
                    written += len(chunk)
                    yield chunk
            except Exception as error:
                broken = error
                raise

        try:
            await self._put(path, counted())
        except StorageAway:
            if broken:  # errors of the network, for one, are not the storage's alone
                raise broken from None
            raise
        return written

    async def upload_file(self, path: str, source: Path) -> int:
        """As ``write``."""
        await self._put(path, source)
        return (await asyncio.to_thread(source.stat)).st_size

    async def _put(self, path: str, content: AsyncIterator[bytes] | Path) -> None:
        with _told(), _no_bucket():
            await obstore.put_async(
                self._store,
                path,
                content,
                use_multipart=True,
                chunk_size=PART_BYTES if self._url else LOCAL_PART_BYTES,
                max_concurrency=1,
            )
            if not self._url:
                await asyncio.to_thread(_flush, self._folder / path)

    def read(self, path: str, offset: int = 0) -> Iterator[bytes]:
        """From the offset to the end. For a thread: it waits for the storage.

        Each piece is a request of its own, so whoever reads may take as long as they like.
        """
        with _told():
            size = obstore.head(self._store, path)["size"]
        for start in range(offset, size, PIECE_BYTES):
            yield self._piece(path, start)

    def _piece(self, path: str, start: int) -> bytes:
        with _told():
            piece = obstore.get_range(self._store, path, start=start, length=PIECE_BYTES)
            return piece.to_bytes()

    async def head(self, path: str, most: int) -> bytes:
        """The first bytes, up to so many."""

        def first() -> bytes:
            length = min(most, obstore.head(self._store, path)["size"])
            if not length:
                return b""
            return obstore.get_range(self._store, path, start=0, length=length).to_bytes()

        return await _in_thread(first)

    async def size(self, path: str) -> int:
        """In bytes. While the storage is away one asker waits for it; others are told at once."""
        if self._is_away and self._asking:
            raise StorageAway("it does not answer somebody else who asks")
        self._asking += 1
        is_away = False
        try:
            size: int = await _in_thread(lambda: obstore.head(self._store, path)["size"])
        except StorageAway:
            is_away = True
            raise
        else:
            return size
        finally:
            self._asking, self._is_away = self._asking - 1, is_away

    async def remove(self, paths: Sequence[str]) -> None:
        """Those that are not there are passed over."""

        def delete() -> None:
            try:
                obstore.delete(self._store, paths)
            except FileNotFoundError:  # and the rest may still be there
                for path in paths:
                    with suppress(FileNotFoundError):
                        obstore.delete(self._store, path)

        if paths:
            await _in_thread(delete)

    async def older(self, before: datetime) -> AsyncIterator[list[str]]:
        """Every path that was written before, a list at a time."""
        with _told():
            pages = obstore.list(self._store, chunk_size=LISTED)
        end: Sequence[ObjectMeta] = []
        while page := await _in_thread(next, pages, end):
            yield [one["path"] for one in page if one["last_modified"] < before]

    async def remove_unfinished(self, before: datetime) -> None:
        """What killed processes left in a local folder; buckets have a lifecycle rule for it."""

        def remove() -> None:
            for file in filter(_is_unfinished, self._folder.rglob("*#*")):
                with suppress(FileNotFoundError):  # finished, or given up, meanwhile
                    if file.stat().st_mtime < before.timestamp():
                        file.unlink()

        if not self._url:
            await _in_thread(remove)


async def _in_thread(ask: Callable[P, T], *args: P.args, **options: P.kwargs) -> T:
    """obstore's own coroutines may abort a process that ends right behind them."""
    with _told():
        return await asyncio.to_thread(ask, *args, **options)


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise
    except (BaseError, OSError) as error:
        said = str(error).partition("\n")[0]
        raise (StorageFull if NO_ROOM.search(said) else StorageAway)(said) from error


@contextmanager
def _no_bucket() -> Iterator[None]:
    """Nothing that is written can be missing, except the bucket."""
    try:
        yield
    except FileNotFoundError as error:
        raise StorageAway(str(error).partition("\n")[0]) from error


def _is_unfinished(file: Path) -> bool:
    return UNFINISHED.fullmatch(file.name) is not None


def _flush(file: Path) -> None:
    """To the disk, so that what was answered outlives a power failure: with both folders, of which
    the workspace's may be new.
    """
    for place in (file, *file.parents[:2]):
        descriptor = os.open(place, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
