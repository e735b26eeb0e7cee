"""Bodies that the endpoint reads itself."""

from typing import Any, TypeVar

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError

from app.kit.guard import MAX_BODY_BYTES, refuse_other_types
from app.kit.json_text import document
from app.kit.problems import BodyTooLarge
from app.uploads.rules import Received

M = TypeVar("M", bound=BaseModel)
JSON = "application/json"
FORM_OR_JSON = "a form with a file (multipart/form-data), or JSON (application/json)"


async def json_of(request: Request) -> Any:
    """Where the route's limit is that of files. Raises UnsupportedMediaType, BodyTooLarge."""
    refuse_other_types(request, FORM_OR_JSON)
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            raise BodyTooLarge("Without a file the body is 10 MiB at most.")
    return document(bytes(body))


def check_sheet(sheet: str | None) -> None:
    """Where no file is sent along. Raises RequestValidationError."""
    if sheet is not None:
        detail = "Only a file that is sent along has sheets"
        raise RequestValidationError(
            [{"loc": ("query", "sheet"), "type": "no_file", "msg": detail}]
        )


def settings_of(received: Received, model: type[M]) -> M:
    """The part of a form that says what to do with its file."""
    given = received.texts.get("settings", "").strip()
    raw = document(given.encode(), within=("settings",)) if given else {}
    return validated(model, raw, ("body", "settings"))


def validated(model: type[M], raw: Any, at: tuple[str, ...] = ("body",)) -> M:
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        errors = error.errors(include_url=False, include_input=False, include_context=False)
        found = [{**one, "loc": (*at, *one["loc"])} for one in errors]
        raise RequestValidationError(found) from None
