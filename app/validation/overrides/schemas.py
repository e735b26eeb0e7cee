"""Overrides on the wire."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StrictBool, model_validator
from pydantic.config import JsonDict
from pydantic_core import PydanticCustomError

from app.kit.fields import Text
from app.kit.pages import Paged
from app.validation.overrides.rules import ListName, Override, Place, entry_key

MOST_AT_ONCE = 1_000
EXAMPLE: JsonDict = {"list": "disposable", "entry": "example.com", "listed": False}


class PlaceIn(BaseModel):
    """An entry of a list: a domain, with all below it; of `role` what stands before the `@`."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"list": "disposable", "entry": "example.com"}]},
    )

    list: ListName
    entry: Text

    @model_validator(mode="after")
    def _is_entry(self) -> Self:
        self.place()
        return self

    def place(self) -> Place:
        key = entry_key(self.list, self.entry)
        if key is None:
            kind = "local part" if self.list is ListName.ROLE else "domain"
            raise PydanticCustomError("invalid_entry", "Not a {kind}", {"kind": kind})
        return Place(self.list, key)


class OverrideIn(PlaceIn):
    """Is it on the list for this workspace, whatever the shared list says?"""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    listed: StrictBool


class OverridesIn(BaseModel):
    """Of an entry that is named twice the last one counts."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"overrides": [EXAMPLE]}]}
    )

    overrides: Annotated[list[OverrideIn], Field(min_length=1, max_length=MOST_AT_ONCE)]

    def wanted(self) -> dict[Place, bool]:
        return {one.place(): one.listed for one in self.overrides}


class PlacesIn(BaseModel):
    """Entries of which the shared lists are to hold again."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"overrides": [{"list": "disposable", "entry": "example.com"}]}]
        },
    )

    overrides: Annotated[list[PlaceIn], Field(min_length=1, max_length=MOST_AT_ONCE)]

    def places(self) -> list[Place]:
        return list(dict.fromkeys(one.place() for one in self.overrides))


class ChangedOverridesOut(BaseModel):
    """If any was changed, a job judges all addresses of the workspace again."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"ok": True, "changed_count": 1}]})

    ok: bool
    changed_count: int

    @classmethod
    def of(cls, changed: int) -> Self:
        return cls(ok=True, changed_count=changed)


class OverrideOut(BaseModel):
    """What the workspace wants of an entry."""

    list: ListName
    entry: str
    listed: bool
    updated_at: datetime

    @classmethod
    def of(cls, override: Override) -> Self:
        return cls(
            list=override.place.list,
            entry=override.place.entry,
            listed=override.listed,
            updated_at=override.updated_at,
        )


class OverridesOut(BaseModel):
    """A page, by list and entry."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "data": [EXAMPLE | {"updated_at": "2026-11-27T09:00:00Z"}],
                    "next_cursor": None,
                }
            ]
        }
    )

    data: list[OverrideOut]
    next_cursor: str | None

    @classmethod
    def of(cls, page: Paged[Override]) -> Self:
        return cls(data=[OverrideOut.of(one) for one in page.rows], next_cursor=page.next_cursor)
