"""Where an import's rows come from; each source reads on from a cursor, a chunk at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from app.imports.batch import GivenRow


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some rows, in their order."""

    rows: Sequence[GivenRow]
    cursor: Mapping[str, Any]
    """Where the next chunk begins."""
    is_last: bool


class Source(Protocol):
    """The rows of one import."""

    async def count(self) -> int:
        """How many there are, all in all."""

    async def read(self, cursor: Mapping[str, Any] | None) -> Chunk:
        """The rows from there on, as many as fit into a chunk; from the first one for None."""
