"""The suppression lists in the database."""

from collections.abc import Collection
from typing import Any

from app.kit.db import Tx
from app.suppression.rules import Entry, domain_candidates
from app.values import (
    CampaignId,
    ClientId,
    SuppressionId,
    SuppressionKind,
    SuppressionSource,
    WorkspaceId,
)

COLUMNS = "id, kind, entry, campaign_id, client_id, source, protected, created_at"

MATCHING = f"""
select {", ".join(f"s.{column}" for column in COLUMNS.split(", "))}
from unnest($2::text[]) c (entry)
cross join lateral (
    select {COLUMNS} from suppressions where workspace_id = $1 and entry = c.entry offset 0) s
order by s.id
"""  # noqa: S608  # the names are ours
"""Lateral, with "offset 0": an index look-up per candidate, whatever the statistics say."""


class SuppressionRepository:
    """The lists of one workspace."""

    def __init__(self, tx: Tx, workspace_id: WorkspaceId) -> None:
        self._tx, self._workspace_id = tx, workspace_id

    async def matching(self, emails: Collection[str]) -> dict[str, list[Entry]]:
        """Which entries stop which of these email keys, oldest first; who has none is not there.

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
        for row in await self._tx.rows(MATCHING, self._workspace_id, list(candidates)):
            entries.setdefault(row["entry"], []).append(_entry(row))
        return entries


def _domain(email: str) -> str:
    return email.rpartition("@")[2]


def _entry(row: Any) -> Entry:
    client_id, campaign_id = row["client_id"], row["campaign_id"]
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
