"""The suppression lists in the database."""

from collections.abc import Collection, Sequence
from typing import Any, cast

from sqlalchemy import ARRAY, ColumnElement, Select, any_, delete, func, literal, select

from app.kit.arrays import packed
from app.kit.db import Tx
from app.models import Suppression
from app.models.suppressions import of_kind
from app.suppression.rules import Entry, Listed, Reach, domain_candidates
from app.values import (
    CampaignId,
    ClientId,
    KeyId,
    SuppressionId,
    SuppressionKind,
    SuppressionSource,
    WorkspaceId,
)

MATCHING = """
select s.id, s.kind, s.entry, s.campaign_id, s.client_id, s.source, s.protected, s.created_at
from unnest(string_to_array($3, $2)) c (entry)
cross join lateral (
    select * from suppressions where workspace_id = $1 and entry = c.entry offset 0) s
order by s.id
"""
"""Lateral, with "offset 0": an index look-up per candidate, whatever the statistics say."""

ADD = """
insert into suppressions as s
    (workspace_id, kind, entry, campaign_id, client_id, source, protected, created_by)
select $1, $2, e.entry, $4, $5, $6, $7, $8
from unnest($3::text[]) e (entry)
order by e.entry collate "C"
on conflict (workspace_id, entry, kind, campaign_id, client_id) do update
    set protected = true, source = excluded.source, created_by = excluded.created_by
    where excluded.protected and not s.protected
returning entry, xmax = 0 added
"""
"""In the order of the index, so that two calls with the same entries wait and do not deadlock."""

LISTED = """
select e.entry from unnest($3::text[]) e (entry)
where exists (
    select from suppressions s
    where s.workspace_id = $1 and s.entry = e.entry and s.kind = $2
      and s.campaign_id is not distinct from $4 and s.client_id is not distinct from $5 offset 0)
"""

COLUMNS: tuple[Any, ...] = (
    Suppression.id,
    Suppression.kind,
    Suppression.entry,
    Suppression.campaign_id,
    Suppression.client_id,
    Suppression.source,
    Suppression.protected,
    Suppression.created_at,
)
"""In the order of the fields of Entry."""
Found = Select[*tuple[Any, ...]]


class SuppressionRepository:
    """The lists of one workspace."""

    def __init__(self, tx: Tx, workspace_id: WorkspaceId) -> None:
        self._tx, self._workspace_id = tx, workspace_id

    async def matching(self, emails: Collection[str]) -> dict[str, list[Entry]]:
        """Which entries stop which of these email keys; who is stopped by none is not there.

        All kinds, and of all campaigns and clients: what holds where is the gate's to judge.
        """
        by_domain = {domain: domain_candidates(domain) for domain in map(_domain, emails)}
        entries = await self._entries({*emails, *(e for of in by_domain.values() for e in of)})
        if not entries:
            return {}
        found = {
            email: [
                entry
                for candidate in (email, *by_domain[_domain(email)])
                for entry in entries.get(candidate, ())
            ]
            for email in emails
        }
        return {email: matched for email, matched in found.items() if matched}

    async def _entries(self, candidates: Collection[str]) -> dict[str, list[Entry]]:
        entries: dict[str, list[Entry]] = {}
        separator, [listed] = packed([candidates])
        for row in await self._tx.rows(MATCHING, self._workspace_id, separator, listed):
            entries.setdefault(row["entry"], []).append(_entry(row))
        return entries

    async def page(
        self, kind: SuppressionKind, listed: Listed, *, before: int | None, limit: int, offset: int
    ) -> list[Entry]:
        """Up to ``limit`` entries, newest first, older than the entry ``before``."""
        statement = self._of(kind).order_by(Suppression.id.desc()).limit(limit).offset(offset)
        if before is not None:
            statement = statement.where(Suppression.id < before)
        if listed.containing is not None:
            statement = statement.where(func.strpos(Suppression.entry, listed.containing) > 0)
        if listed.any_of is not None:
            statement = statement.where(_one_of(Suppression.entry, listed.any_of))
        if listed.reach.campaign_id is not None:
            statement = statement.where(Suppression.campaign_id == listed.reach.campaign_id)
        if listed.reach.client_id is not None:
            statement = statement.where(Suppression.client_id == listed.reach.client_id)
        return [_entry(row) for row in (await self._tx.execute(statement)).mappings()]

    async def add(
        self,
        kind: SuppressionKind,
        entries: Collection[str],
        reach: Reach,
        source: SuppressionSource,
        protected: bool,
        created_by: KeyId | None,
    ) -> set[str]:
        """Those that are new. One that is there already stays as it is, or becomes protected."""
        rows = await self._tx.rows(
            ADD,
            self._workspace_id,
            kind,
            list(set(entries)),
            reach.campaign_id,
            reach.client_id,
            source,
            protected,
            created_by,
        )
        return {row["entry"] for row in rows if row["added"]}

    async def listed(
        self, kind: SuppressionKind, entries: Collection[str], reach: Reach
    ) -> set[str]:
        """Those of these that are there, of exactly this reach."""
        rows = await self._tx.rows(
            LISTED, self._workspace_id, kind, list(entries), reach.campaign_id, reach.client_id
        )
        return {row["entry"] for row in rows}

    async def hold(self, kind: SuppressionKind, ids: Collection[SuppressionId]) -> list[Entry]:
        """These entries, locked until the end of the transaction; unknown ids are left out."""
        return await self._held(self._of(kind).where(_one_of(Suppression.id, ids)))

    async def hold_named(
        self, kind: SuppressionKind, entries: Collection[str], reach: Reach
    ) -> list[Entry]:
        """The same by what is written on the list, of exactly this reach."""
        return await self._held(
            self._of(kind).where(
                _one_of(Suppression.entry, entries),
                Suppression.campaign_id.is_not_distinct_from(reach.campaign_id),
                Suppression.client_id.is_not_distinct_from(reach.client_id),
            )
        )

    async def remove(self, entries: Sequence[Entry]) -> None:
        await self._tx.execute(
            delete(Suppression).where(
                Suppression.workspace_id == self._workspace_id,
                _one_of(Suppression.id, [entry.id for entry in entries]),
            )
        )

    def _of(self, kind: SuppressionKind) -> Found:
        return select(*COLUMNS).where(Suppression.workspace_id == self._workspace_id, of_kind(kind))

    async def _held(self, statement: Found) -> list[Entry]:
        locked = statement.order_by(Suppression.entry, Suppression.id).with_for_update()
        return [_entry(row) for row in (await self._tx.execute(locked)).mappings()]


def _one_of(column: Any, values: Collection[int] | Collection[str]) -> ColumnElement[bool]:
    """One parameter, however many the values are."""
    return cast(ColumnElement[bool], column == any_(literal(list(values), ARRAY(column.type))))


def _domain(email: str) -> str:
    return email.rpartition("@")[2]


def _entry(row: Any) -> Entry:
    campaign_id, client_id = row["campaign_id"], row["client_id"]
    return Entry(
        SuppressionId(row["id"]),
        SuppressionKind(row["kind"]),
        row["entry"],
        None if campaign_id is None else CampaignId(campaign_id),
        None if client_id is None else ClientId(client_id),
        SuppressionSource(row["source"]),
        row["protected"],
        row["created_at"],
    )
