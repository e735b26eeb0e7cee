"""Whole states as server-sent events (WHATWG HTML, 9.2)."""

import random
import re
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from typing import Annotated, Any

from fastapi import Header
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from app.kit.metrics import Metrics
from app.kit.problems import TooBusy
from app.kit.quota import Quota
from app.kit.watching import NONE, State, Watched, WatchEnded, Watcher, Watches

RETRY_MS = 1000
"""After which an EventSource comes again."""
EVENTS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "States as they come, each with its revision as the event's id.",
        "content": {
            "text/event-stream": {
                "schema": {"type": "string"},
                "example": "id: 3\nretry: 1000\ndata: {…}\n\n",
            }
        },
    },
    204: {"description": "It is over, and `Last-Event-ID` is its end: do not come again."},
}
"""For the description of an endpoint that answers with such a stream."""
LastEventId = Annotated[
    str | None,
    Header(description="The id of the last event that came; an EventSource sends it by itself."),
]
REVISION = re.compile(r"[0-9]{1,18}")
"""What is none of ours may be of any length."""
HEARTBEAT = b": still here\n\n"


class Streams:
    """The open streams of a process."""

    def __init__(
        self,
        watches: Watches,
        metrics: Metrics,
        quota: Quota,
        *,
        heartbeat_s: float,
        longest_s: float,
    ) -> None:
        self.watches, self.heartbeat_s, self.longest_s = watches, heartbeat_s, longest_s
        self._metrics, self._quota = metrics, quota
        self._is_ending = False

    def check_room(self, workspace_id: int) -> None:
        """Raises TooBusy, TooManyStreams."""
        if self._is_ending:
            raise TooBusy
        self._quota.check(workspace_id)

    @contextmanager
    def opened(self, workspace_id: int) -> Iterator[None]:
        """It is in flight no longer."""
        self._metrics.streams.inc()
        self._metrics.in_flight.dec()
        try:
            with self._quota.held(workspace_id):
                yield
        finally:
            self._metrics.streams.dec()
            self._metrics.in_flight.inc()

    def end(self) -> None:
        """All of them; their readers come again, to another process."""
        self._is_ending = True
        self.watches.end()


def last_revision(last_event_id: str | None) -> int:
    """Which state somebody has; ``NONE`` is older than all."""
    return int(last_event_id) if last_event_id and REVISION.fullmatch(last_event_id) else NONE


async def followed(streams: Streams, workspace_id: int, watched: Watched, after: int) -> Response:
    """The answer to somebody who has the state ``after``, and asks for what comes then.

    Raises TooBusy, TooManyStreams, and what a look raises.
    """
    first = await watched.look()
    if first.is_last and after == first.revision:
        return Response(status_code=204)
    # Who has one of the future has none of ours.
    after = after if after <= first.revision else NONE
    return EventStream(streams, workspace_id, watched, first, after)


class EventStream(StreamingResponse):
    """Each state that is newer than ``after``, as it comes, with its revision as the event's id.

    The last one is an event named ``end``, and ends the stream. One that lies between two others
    may be left out. Between states a comment says from time to time that the stream lives.
    """

    media_type = "text/event-stream"

    def __init__(
        self, streams: Streams, workspace_id: int, watched: Watched, first: State, after: int
    ) -> None:
        streams.check_room(workspace_id)
        super().__init__(
            _nothing(), headers={"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}
        )
        self._streams, self._workspace_id = streams, workspace_id
        self._watched, self._first, self._after = watched, first, after

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["state"]["is_stream"] = True
        watches = self._streams.watches
        with self._streams.opened(self._workspace_id):
            async with watches.watching(self._watched, self._first) as watcher:
                if not scope["state"]["is_head"]:
                    self.body_iterator = self._events(watcher)
                await super().__call__(scope, receive, send)

    async def _events(self, watcher: Watcher) -> AsyncIterator[bytes]:
        yield HEARTBEAT  # so that whoever opened it knows that it is open
        revision, streams = self._after, self._streams
        # Not all at once, where all were opened at once.
        until = time.monotonic() + streams.longest_s * random.uniform(0.8, 1)  # noqa: S311
        with suppress(WatchEnded):
            while (left_s := until - time.monotonic()) > 0:
                state = await watcher.newer(revision, min(left_s, streams.heartbeat_s))
                if state is None:
                    yield HEARTBEAT
                    continue
                yield _event(state)
                if state.is_last:
                    return
                revision = state.revision


async def _nothing() -> AsyncIterator[bytes]:
    """To a question for the head alone."""
    return
    yield b""


def _event(state: State) -> bytes:
    name = b"event: end\n" if state.is_last else b""
    return b"%bid: %d\nretry: %d\ndata: %b\n\n" % (name, state.revision, RETRY_MS, state.body)
