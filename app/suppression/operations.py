"""Put addresses and domains on the lists, and take them off again."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from app.audit import operations as audit
from app.audit.rules import Change
from app.campaigns.repository import CampaignRepository
from app.kit.db import Tx
from app.suppression.errors import NoValidEntry, ProtectedEntry, SuppressionNotFound
from app.suppression.repository import SuppressionRepository
from app.suppression.rules import (
    EVERYWHERE,
    Entry,
    Reach,
    Refused,
    Wanted,
    parse_entries,
    parse_entry,
)
from app.values import KeyId, SuppressionKind, SuppressionSource, WorkspaceId
from app.workspaces.rules import Caller


@dataclass(frozen=True, slots=True)
class Suppressed:
    """``added`` counts what was not on the list before."""

    received: int
    added: int
    refused: list[Refused]


@dataclass(frozen=True, slots=True)
class Lifted:
    entries: list[Entry]
    not_found: list[int | str]


async def suppress(
    tx: Tx,
    workspace_id: WorkspaceId,
    kind: SuppressionKind,
    entries: Collection[str],
    *,
    source: SuppressionSource,
    reach: Reach = EVERYWHERE,
    protected: bool = False,
    created_by: KeyId | None = None,
) -> set[str]:
    """Put entries (email keys, domains) on a list; gives those that were not there yet.

    Once is as good as twice. ``protected`` is for what the person did: an operator's entry that is
    there already becomes theirs. Do-not-contact holds everywhere, whatever the reach says.
    """
    repository = SuppressionRepository(tx, workspace_id)
    holds = _holding(kind, reach)
    return await repository.add(kind, entries, holds, source, protected, created_by)


async def listed(
    tx: Tx,
    workspace_id: WorkspaceId,
    kind: SuppressionKind,
    entries: Collection[str],
    reach: Reach = EVERYWHERE,
) -> set[str]:
    """Of these entries, those that are on a list already, of exactly this reach."""
    repository = SuppressionRepository(tx, workspace_id)
    return await repository.listed(kind, entries, _holding(kind, reach))


def _holding(kind: SuppressionKind, reach: Reach) -> Reach:
    return EVERYWHERE if kind is SuppressionKind.DO_NOT_CONTACT else reach


async def add_entries(
    tx: Tx,
    caller: Caller,
    kind: SuppressionKind,
    given: Mapping[str, Sequence[str]],
    reach: Reach,
) -> Suppressed:
    """Put an operator's entries on a list. What is no entry is named, the rest goes in.

    Raises CampaignNotFound, and NoValidEntry when nothing could go in.
    """
    if reach.campaign_id is not None:
        await CampaignRepository(tx, caller.workspace_id).enter(reach.campaign_id)
    entries, refused = parse_entries(given)
    if refused and not entries:
        raise NoValidEntry(refused)
    added = await suppress(
        tx,
        caller.workspace_id,
        kind,
        entries,
        source=SuppressionSource.API,
        reach=reach,
        created_by=caller.key_id,
    )
    return Suppressed(len(entries) + len(refused), len(added), refused)


async def lift_entries(tx: Tx, caller: Caller, kind: SuppressionKind, wanted: Wanted) -> Lifted:
    """Take entries off a list: all that were found, or none when one of them is protected.

    Raises CampaignNotFound, SuppressionNotFound when nothing was found, and ProtectedEntry.
    """
    if wanted.reach.campaign_id is not None:
        await CampaignRepository(tx, caller.workspace_id).get(wanted.reach.campaign_id)
    repository = SuppressionRepository(tx, caller.workspace_id)
    lifted = await _found(repository, kind, wanted)
    if not lifted.entries:
        raise SuppressionNotFound
    if protected := [entry for entry in lifted.entries if entry.protected]:
        raise ProtectedEntry(protected)
    await repository.remove(lifted.entries)
    changes = [Change(f"suppression:{e.id}", e.told()) for e in lifted.entries]
    await audit.record_many(tx, caller, "suppression.lifted", changes)
    return lifted


async def _found(
    repository: SuppressionRepository, kind: SuppressionKind, wanted: Wanted
) -> Lifted:
    if wanted.ids:
        entries = await repository.hold(kind, wanted.ids)
        there = {entry.id for entry in entries}
        return Lifted(entries, [id_ for id_ in wanted.ids if id_ not in there])
    written = {text: parse_entry(text) for text in wanted.texts}
    reach = EVERYWHERE if kind is SuppressionKind.DO_NOT_CONTACT else wanted.reach
    entries = await repository.hold_named(kind, [e for e in written.values() if e], reach)
    listed = {entry.entry for entry in entries}
    return Lifted(entries, [text for text, entry in written.items() if entry not in listed])
