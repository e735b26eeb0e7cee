"""Clients that do not take their answers."""

from asyncio import TimerHandle
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

SLOWEST_READ_BYTES = 64 * 1024
"""What a client has to take of its answer in its time, again and again."""


class ReadProtocol(HttpToolsProtocol):
    """Lets go of clients that do not read; they would hold the request, or the connection."""

    def __init__(self, *args: Any, read_timeout_s: float, **options: Any) -> None:
        super().__init__(*args, **options)
        self._read_timeout_s = read_timeout_s
        self._read_deadline: TimerHandle | None = None

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._drop_read_deadline()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self.transport.is_closing():
            self._expect_to_be_read()

    def timeout_keep_alive_handler(self) -> None:
        super().timeout_keep_alive_handler()
        self._expect_to_be_read()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._expect_to_be_read()

    def resume_writing(self) -> None:
        super().resume_writing()
        if not self.transport.is_closing():
            self._drop_read_deadline()

    def _expect_to_be_read(self) -> None:
        waiting_bytes = self.transport.get_write_buffer_size()
        if waiting_bytes and self._read_deadline is None:
            self._read_deadline = self.loop.call_later(
                self._read_timeout_s, self._end_unread, waiting_bytes
            )

    def _end_unread(self, before_bytes: int) -> None:
        self._read_deadline = None
        if self.transport.get_write_buffer_size() > max(0, before_bytes - SLOWEST_READ_BYTES):
            self.transport.abort()
        else:
            self._expect_to_be_read()

    def _drop_read_deadline(self) -> None:
        if self._read_deadline:
            self._read_deadline.cancel()
            self._read_deadline = None
