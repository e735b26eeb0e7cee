"""Answers about what a worker does: that it was taken, and where it can be followed."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from app.imports.records import Import, Push
from app.imports.schemas.imports import ImportOut
from app.values import WORKED_ON

LOCATION = {"description": "Where it can be looked at.", "schema": {"type": "string"}}
SETTLED = "Nothing is left to do."
STEERED: dict[int | str, dict[str, Any]] = {
    200: {"model": ImportOut, "description": SETTLED},
    202: {"headers": {"Location": LOCATION}},
}
MADE: dict[int | str, dict[str, Any]] = {
    201: {"headers": {"Location": LOCATION}},
    202: {
        "model": ImportOut,
        "description": "Made, and begun.",
        "headers": {"Location": LOCATION},
    },
}


def steered(found: Import | Push) -> int:
    return HTTPStatus.OK if found.settled else HTTPStatus.ACCEPTED


def made(found: Import) -> int:
    return HTTPStatus.ACCEPTED if found.state in WORKED_ON else HTTPStatus.CREATED


def location(found: Import) -> Mapping[str, str]:
    return {"Location": f"/api/v1/imports/{found.id}"}
