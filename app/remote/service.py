"""A running service, spoken to with a key."""

import json
import time
from collections.abc import Iterator
from typing import Any, BinaryIO

import httpx
from httpx_sse import connect_sse

from app.kit.processes import CannotStart

CONNECT_S, SEND_S = 10.0, 60.0
ANSWER_S = 600.0
"""A workbook is turned into text before it is answered."""
SILENCE_S = 60.0
"""Of a stream, which says every few seconds that it lives."""
TRIES, PAUSE_S = 60, 1.0
"""As long as a service takes to be started again, and some more."""
BUSY = {429, 503}

Document = dict[str, Any]


class Busy(Exception):
    """Asked again a moment later, it may answer."""


class Service:
    """Whatever cannot be had of it is a CannotStart, with a sentence for people."""

    def __init__(self, url: str, key: str) -> None:
        self._url = url.rstrip("/")
        self._http = httpx.Client(
            base_url=f"{self._url}/api/v1",
            headers={"Authorization": f"Bearer {key}"},
            timeout=httpx.Timeout(SEND_S, connect=CONNECT_S, read=ANSWER_S),
        )

    def ask(self, method: str, path: str, *, tries: int = TRIES, **options: Any) -> Document:
        """Again, while the service is away or busy: for what may be asked twice."""
        for tried in range(1, tries + 1):
            try:
                answer = self._http.request(method, path, **options)
            except httpx.TransportError:
                if tried == tries:
                    raise self._away() from None
            else:
                if answer.status_code not in BUSY or tried == tries:
                    return _document(answer)
            time.sleep(PAUSE_S)
        raise AssertionError

    def send(
        self, path: str, name: str, content: BinaryIO, sheet: str | None, settings: Document
    ) -> Document:
        """A file, which is never held in memory; of a workbook perhaps another sheet."""
        try:
            answer = self._http.post(
                path,
                params={"sheet": sheet} if sheet else None,
                files={"file": (name, content)},
                data={"settings": json.dumps(settings)},
            )
        except httpx.TransportError:
            raise self._away() from None
        return _document(answer)

    def follow(self, path: str) -> Iterator[Document]:
        """States as they come, to the last; a lost connection is taken up again."""
        seen, tried = "", 0
        while True:
            try:
                for event in self._events(path, seen):
                    seen, tried = event.id, 0
                    yield event.json()
                    if event.event == "end":
                        return
            except (httpx.TransportError, Busy):
                tried += 1
            if tried == TRIES:
                raise self._away()
            time.sleep(PAUSE_S)

    def _events(self, path: str, seen: str) -> Iterator[Any]:
        headers = {"Last-Event-ID": seen} if seen else {}
        timeout = httpx.Timeout(SILENCE_S, connect=CONNECT_S)
        with connect_sse(self._http, "GET", path, headers=headers, timeout=timeout) as source:
            if source.response.status_code in BUSY:
                raise Busy
            if source.response.is_error:
                source.response.read()
                _document(source.response)
            yield from source.iter_sse()

    def _away(self) -> CannotStart:
        return CannotStart(f"The service at {self._url} cannot be reached.")


def _document(answer: httpx.Response) -> Document:
    """Raises CannotStart where the service refused."""
    try:
        found: Document = answer.json()
    except ValueError:
        raise CannotStart(
            f"The service answered {answer.status_code}, and not as Leadgate does."
        ) from None
    if answer.is_error:
        raise CannotStart(found.get("detail") or f"The service answered {answer.status_code}.")
    return found
