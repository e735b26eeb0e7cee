"""How many requests a process works on at once."""

import re

from fastapi import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from app.kit.answers import problem_response
from app.kit.problems import TooBusy


class AtMost:
    """A middleware: above ``limit`` requests, the next is answered 503 at once.

    Waiting in line would cost memory, and its client would have given up by then. Paths that
    ``exempt`` matches, from their beginning, neither count nor are refused.
    """

    def __init__(self, app: ASGIApp, limit: int, exempt: re.Pattern[str]) -> None:
        self._app, self._limit, self._exempt = app, limit, exempt
        self._running = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or self._exempt.match(scope["path"]):
            await self._app(scope, receive, send)
        elif self._running >= self._limit:
            await problem_response(Request(scope), TooBusy())(scope, receive, send)
        else:
            self._running += 1
            try:
                await self._app(scope, receive, send)
            finally:
                self._running -= 1
