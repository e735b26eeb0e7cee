"""What the audit log is told."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from app.values import KeyId, WorkspaceId


class Actor(Protocol):
    """Whoever does something: a caller, or a job of a workspace, which has no key."""

    @property
    def workspace_id(self) -> WorkspaceId: ...

    @property
    def key_id(self) -> KeyId | None: ...


@dataclass(frozen=True, slots=True)
class Change:
    """Of one target (``key:12``, ``workspace``), what it was and what it is; None where it was not.

    Both are written as JSON: dictionaries, dataclasses, whatever orjson knows.
    """

    target: str
    before: Any = None
    after: Any = None


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the log. ``key_name`` is None if a job did it."""

    id: int
    at: datetime
    key_id: KeyId | None
    key_name: str | None
    action: str
    target: str
    before: Any
    after: Any
