"""What no endpoint should have to think of: bodies too large, of another type, or not storable."""

import re
from collections import Counter
from collections.abc import Callable, Coroutine, Mapping, Set
from typing import Any, ClassVar, get_origin
from urllib.parse import parse_qsl, unquote_to_bytes

import orjson
from fastapi import Request, Response, params
from fastapi.dependencies.utils import get_flat_params
from fastapi.routing import APIRoute
from pydantic import BaseModel
from starlette.convertors import Convertor, register_url_convertor
from starlette.datastructures import QueryParams
from starlette.exceptions import HTTPException
from starlette.types import Message, Receive, Scope

from app.kit.description import described, request_body, together
from app.kit.json_text import NUL, document, mended
from app.kit.problems import (
    BodyTooLarge,
    InvalidRequest,
    MalformedJson,
    RequestTimeout,
    RouteNotFound,
    UnsupportedMediaType,
)
from app.kit.repeats import HEADER as IDEMPOTENCY_KEY
from app.kit.repeats import of_repeats

MAX_BODY_BYTES = 10 * 1024 * 1024

OF_BODIES = described(BodyTooLarge, UnsupportedMediaType, MalformedJson, RequestTimeout)

ID = re.compile(r"\{(\w+_id)\}")

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class Id(Convertor[int]):
    """Digits, as many as a bigint has.

    So a word in the place of an id is a path that is not there, and not somebody else's route.
    """

    regex = "[0-9]{1,19}"

    def convert(self, value: str) -> int:
        return int(value)

    def to_string(self, value: int) -> str:
        return str(value)


register_url_convertor("id", Id())


class Route(APIRoute):
    """Refuses in this order: who may not ask; 413, 415, 400; then 422 for unstorable text.

    For ``APIRouter(route_class=Route)``. Every ``{…_id}`` of its path is a number. A door for
    uploads sets a limit of its own.
    """

    max_body_bytes: ClassVar[int] = MAX_BODY_BYTES
    mends_text: ClassVar[bool] = False
    """Unstorable text is the endpoint's to judge, which gets U+FFFD for what cannot be kept."""
    streamed: ClassVar[Mapping[str, type[BaseModel]]] = {}
    """What a body may be by media type, for its description, where the endpoint itself reads it."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        super().__init__(ID.sub(r"{\1:id}", path), endpoint, **options)
        if self.body_field is not None or self.streamed:
            self.responses = together(self.responses, OF_BODIES)
        if self.streamed:
            self.openapi_extra = request_body(self.streamed) | (self.openapi_extra or {})
        if any(field.alias == IDEMPOTENCY_KEY for field in get_flat_params(self.dependant)):
            good = {code for code in self.responses if str(code).startswith("2")}
            repeated = of_repeats(*map(int, {self.status_code or 200, *good}))
            self.responses = together(self.responses, repeated)

    def get_route_handler(self) -> Handler:
        handle = super().get_route_handler()
        takes_json = self.body_field is not None and not isinstance(
            self.body_field.field_info, params.Form
        )

        known = [
            f for f in get_flat_params(self.dependant) if isinstance(f.field_info, params.Query)
        ]
        required = frozenset(field.alias for field in known if field.field_info.is_required())
        single = frozenset(
            field.alias for field in known if get_origin(field.field_info.annotation) is not list
        )

        async def guarded(request: Request) -> Response:
            refuse_address(request)
            receive = bounded(request, self.max_body_bytes)
            checked = CheckedRequest(request.scope, receive, required, mends_text=self.mends_text)
            await self.admit(checked)
            refuse_repeated(checked.query_params, single)
            refuse_length(request, self.max_body_bytes)
            if takes_json and await checked.body():
                refuse_other_types(request)
                if await checked.json() is None:
                    raise InvalidRequest("The body is null; leave it out instead.")
            return await handle(checked)

        return guarded

    async def admit(self, request: Request) -> None:
        """Raise what refuses whoever asks, before the body is touched; anybody may, here."""


class CheckedRequest(Request):
    """Its JSON is read by the fast parser, once, and holds nothing that cannot be stored."""

    def __init__(
        self, scope: Scope, receive: Receive, required: Set[str], *, mends_text: bool
    ) -> None:
        super().__init__(scope, receive)
        self._mends_text = mends_text
        given = QueryParams(scope["query_string"]).multi_items()
        self._query_params = QueryParams(
            [(name, text) for name, text in given if text or name in required]
        )

    @property
    def query_params(self) -> QueryParams:
        """Without those that are empty: clients send the name of what they have no value for.

        What the endpoint cannot do without is its own to judge.
        """
        return self._query_params

    async def json(self) -> Any:
        if not hasattr(self, "_json"):
            body = await self.body()
            self._json = document(mended(body) if self._mends_text else body)
        return self._json

    def canonical_json(self) -> bytes:
        """The same for any white space and order of members; empty if no JSON was asked for."""
        if not hasattr(self, "_json"):
            return b""
        return orjson.dumps(self._json, option=orjson.OPT_SORT_KEYS)


def refuse_repeated(given: QueryParams, single: Set[str]) -> None:
    """Which of two values is meant, nobody knows. Raises InvalidRequest."""
    times = Counter(name for name, _ in given.multi_items() if name in single)
    found = [f"query/{name}" for name, n in times.items() if n > 1]
    if found:
        raise _refused(found, "repeated", "This parameter has one value.")


def refuse_length(request: Request, limit: int) -> None:
    """A declared one over the limit."""
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > limit:
        raise _too_large(limit)


def bounded(request: Request, limit: int) -> Receive:
    """No more than ``limit`` bytes are read, whatever length was declared."""
    read = 0

    async def receive() -> Message:
        nonlocal read
        message = await request.receive()
        read += len(message.get("body", b""))
        if read > limit:
            raise _too_large(limit)
        return message

    return receive


def _too_large(limit: int) -> HTTPException:
    """FastAPI lets this one pass through where it reads a body."""
    size = f"{limit // 2**30} GiB" if limit >= 2**30 else f"{limit // 2**20} MiB"
    return HTTPException(413, f"The body is larger than {size}.")


def media_type(request: Request) -> str:
    """As the body's sender says, without parameters."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


JSON_BODY = "JSON, sent as Content-Type: application/json"


def refuse_other_types(request: Request, wanted: str = JSON_BODY) -> None:
    """Raises UnsupportedMediaType unless the body says that it is JSON."""
    given = media_type(request)
    if given != "application/json" and not (
        given.startswith("application/") and given.endswith("+json")
    ):
        raise UnsupportedMediaType(f"The body must be {wanted}.")


def refuse_address(request: Request) -> None:
    """Text in the path or the query that is no Unicode, or holds a NUL byte."""
    path: bytes = request.scope["raw_path"]
    if b"%" in path and (NUL in request.scope["path"] or not _is_utf8(unquote_to_bytes(path))):
        raise RouteNotFound("There is nothing at this path.")
    query: bytes = request.scope["query_string"]
    if b"%" not in query:
        return
    for name, value in parse_qsl(query.decode("latin-1"), True, errors="surrogateescape"):
        if NUL in name + value or not _is_unicode(name + value):
            where = "query/" + name.encode(errors="replace").decode().replace(NUL, "?")
            detail = "Not valid UTF-8, or a NUL character."
            raise _refused([where], "invalid_text", detail)


def _refused(pointers: list[str], code: str, detail: str) -> InvalidRequest:
    errors = [{"pointer": pointer, "code": code, "detail": detail} for pointer in pointers]
    return InvalidRequest(f"{pointers[0]}: {detail}", errors=errors)


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _is_utf8(text: bytes) -> bool:
    try:
        text.decode()
    except UnicodeDecodeError:
        return False
    return True
