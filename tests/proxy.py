"""What is between us and a server: slow, silent, cut off at the worst moment, or not there."""

import asyncio
import socket
import struct
from collections.abc import Callable
from itertools import cycle
from typing import Self

PIECE_BYTES = 64 * 1024
RESET = struct.pack("ii", 1, 0)
"""SO_LINGER for no time at all: closing sends RST, and nothing that was still to be sent."""


class Proxy:
    """A TCP port; each connection to it goes to the next of the upstream ports, all on loopback.

    The switches hold for open connections, too, and may be turned at any time.
    """

    def __init__(self, *upstreams: int) -> None:
        self._upstreams = cycle(upstreams)
        self._open: set[asyncio.Task[None]] = set()
        self._sockets: set[asyncio.StreamWriter] = set()
        self._clients: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None
        self._age = 0
        self.port = 0
        self.latency_s = 0.0
        """Before each piece, in each direction."""
        self.forwards, self.answers = True, True
        """Without both it is a black hole; without the second only the answers are lost."""
        self.traps: dict[bytes, Callable[[], object]] = {}
        """Sprung once, when a client has sent this, before the server gets to see it."""

    async def __aenter__(self) -> Self:
        await self.accept()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.refuse()
        self.reset()
        for task in self._open:
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    async def accept(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def refuse(self) -> None:
        """New connections, as a port does that nobody listens on; the open ones stay."""
        if self._server:
            self._server.close()
            self._server = None

    def reset(self) -> None:
        """Every connection, with RST to both its ends."""
        for writer in self._sockets:
            own: socket.socket = writer.get_extra_info("socket")
            own.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            writer.transport.abort()

    def half_close(self) -> None:
        """Each end hears that the other has no more to say, and may itself go on."""
        for writer in self._sockets:
            writer.write_eof()

    def say(self, piece: bytes) -> None:
        """To every client, as if its server had."""
        for writer in self._clients:
            writer.write(piece)

    def silence(self, *, on: bool = True) -> None:
        """A black hole: connections are accepted, what comes is read, and nothing goes on."""
        self.forwards = self.answers = not on

    def abandon(self) -> None:
        """A black hole for the connections that are open; new ones are served."""
        self._age += 1

    def heal(self) -> None:
        self.silence(on=False)
        self.latency_s = 0.0
        self.traps.clear()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._open.add(task)
        task.add_done_callback(self._open.discard)
        try:
            upstream = await asyncio.open_connection("127.0.0.1", next(self._upstreams))
            await self._join((reader, writer), upstream)
        except (OSError, asyncio.CancelledError):  # the streams of 3.11 log the latter
            writer.transport.abort()

    async def _join(
        self,
        client: tuple[asyncio.StreamReader, asyncio.StreamWriter],
        server: tuple[asyncio.StreamReader, asyncio.StreamWriter],
    ) -> None:
        writers = {client[1], server[1]}
        self._sockets |= writers
        self._clients.add(client[1])
        try:
            await asyncio.gather(
                self._pass(client[0], server[1], asked=True),
                self._pass(server[0], client[1], asked=False),
            )
        except OSError:
            pass  # one end is gone, and so is the other
        finally:
            self._sockets -= writers
            self._clients.discard(client[1])
            for writer in writers:
                writer.close()

    async def _pass(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, asked: bool
    ) -> None:
        age = self._age
        while piece := await reader.read(PIECE_BYTES):
            if asked:
                self._spring(piece)
            await asyncio.sleep(self.latency_s)
            if age == self._age and (self.forwards if asked else self.answers):
                writer.write(piece)
                await writer.drain()
        if writer.can_write_eof() and not writer.transport.is_closing():
            writer.write_eof()

    def _spring(self, piece: bytes) -> None:
        for sent in [sent for sent in self.traps if sent in piece]:
            self.traps.pop(sent)()
