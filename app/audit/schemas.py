"""The audit log on the wire."""

from datetime import datetime
from typing import Any, Self

from pydantic import BaseModel, ConfigDict
from pydantic.config import JsonDict

from app.audit.rules import Entry
from app.kit.pages import Paged

EXAMPLE: JsonDict = {
    "id": 7,
    "at": "2026-11-23T10:00:00Z",
    "key_id": 3,
    "key_name": "Ann's laptop",
    "action": "workspace.updated",
    "target": "workspace",
    "before": {"floor": "campaign"},
    "after": {"floor": "workspace"},
}


class AuditEntryOut(BaseModel):
    """Who did what to what. ``before`` and ``after`` are null where there was or is nothing."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    id: int
    at: datetime
    key_id: int | None
    key_name: str | None
    action: str
    target: str
    before: Any
    after: Any

    @classmethod
    def of(cls, entry: Entry) -> Self:
        return cls.model_validate(entry, from_attributes=True)


class AuditLogOut(BaseModel):
    """A page of the log, newest first."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"data": [EXAMPLE], "next_cursor": None}]}
    )

    data: list[AuditEntryOut]
    next_cursor: str | None

    @classmethod
    def of(cls, page: Paged[Entry]) -> Self:
        return cls(
            data=[AuditEntryOut.of(entry) for entry in page.rows], next_cursor=page.next_cursor
        )
