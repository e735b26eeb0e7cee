"""Whose rows are read: those of one import, or of all imports of a push."""

from datetime import datetime
from typing import Any, NamedTuple

from app.imports.records import Import

OF_PUSH = "workspace_id = $1 and push = $2::text and settings ->> 'dry_run' is distinct from 'true'"
"""What was only foretold is no part of a push."""
KEPT = "ledger_removed_at is null and coalesce(finished_at >= $3::timestamptz, true)"


class Ledgers(NamedTuple):
    """``imports`` is a query that gives ``id``, ``run`` and ``format`` of each of them. In it $1 is
    the workspace, and $2 and $3 are the arguments.
    """

    imports: str
    arguments: tuple[Any, Any]

    @property
    def tables(self) -> str:
        return f"""
            ({self.imports} offset 0) i
            join import_rows r on r.workspace_id = $1 and r.import_id = i.id and r.run = i.run"""

    @classmethod
    def of_import(cls, found: Import) -> "Ledgers":
        """Of the run that is its latest now, whatever is begun while they are read."""
        one = """select id, $3::int as run, format from imports
                 where workspace_id = $1 and id = $2::bigint"""
        return cls(one, (found.id, found.run))

    @classmethod
    def of_push(cls, name: str, kept_since: datetime | None) -> "Ledgers":
        """Without those that ended before ``kept_since``."""
        some = f"select id, run, format from imports where {OF_PUSH} and {KEPT}"  # noqa: S608  # ours
        return cls(some, (name, kept_since))
