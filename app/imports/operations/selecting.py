"""Make an import of what the workspace has already: of its leads, or of rows that were refused."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.campaigns.repository import CampaignRepository
from app.imports.errors import ImportStateConflict
from app.imports.operations.checks import check_leads
from app.imports.operations.creating import Columns, Decisions, mapping_of
from app.imports.operations.ledgers import import_with_ledger
from app.imports.operations.steering import start_import
from app.imports.previewing import SHOWN_ROWS, preview_again, preview_of_given
from app.imports.records import Import, NewImport
from app.imports.repository.imports import ImportRepository
from app.imports.repository.refusals import RefusalRepository
from app.imports.sources.lead_rows import given_of
from app.imports.sources.selections import RefusedRows, scope_of, source_of_filter
from app.imports.states import NOT_ENDED
from app.kit.db import Tx
from app.kit.resources import Resources
from app.leads.operations.reading import COUNTED, Total, capped
from app.leads.repository.filtering import FilteringRepository
from app.leads.rules.filters import LeadFilter
from app.values import CampaignId, Code, ImportId, ImportSource, LeadId
from app.workspaces.rules import Caller

MOST_SHOWN_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class Chosen:
    """A filter, the first of whom it finds, and how many."""

    by: LeadFilter
    given: Sequence[Mapping[str, Any]]
    total: Total


async def look_for_leads(resources: Resources, caller: Caller, by: LeadFilter) -> Chosen:
    """What a person sees of a filter before anything is done with it."""
    async with resources.database.transaction() as tx:
        leads = FilteringRepository(tx, caller.workspace_id)
        until = await leads.newest()
        page = await leads.page(
            by, after=LeadId(0), until=until, limit=SHOWN_ROWS, max_bytes=MOST_SHOWN_BYTES
        )
        total = capped(await leads.count(by, until=until, most=COUNTED + 1))
    return Chosen(by, [given_of(one) for one in page.leads], total)


async def select_leads(
    tx: Tx, caller: Caller, campaign_id: CampaignId, chosen: Chosen, decisions: Decisions
) -> Import:
    """A draft; with ``start`` it is queued at once.

    Raises CampaignNotFound, LeadNotFound, MoveLeadsOff, MappingRefused.
    """
    await CampaignRepository(tx, caller.workspace_id).enter(campaign_id)
    await check_leads(tx, caller, chosen.by)
    settings = decisions.terms.resolved(caller, scope_of(chosen.by)).stored()
    new = NewImport(
        campaign_id=campaign_id,
        source=source_of_filter(chosen.by),
        settings={**settings, "mapping": mapping_of(None, decisions, None)},
        created_by=caller.key_id,
        preview=preview_of_given(chosen.given, chosen.total),
        selection=chosen.by.stored(),
    )
    return await _add(tx, caller, new, decisions)


async def select_refused(
    tx: Tx,
    caller: Caller,
    campaign_id: CampaignId,
    import_id: ImportId,
    codes: Sequence[Code],
    decisions: Decisions,
) -> Import:
    """A draft of the rows that an import refused in its latest run, with its mapping.

    Raises CampaignNotFound, ImportNotFound, LedgerExpired, ImportStateConflict, MappingRefused.
    """
    await CampaignRepository(tx, caller.workspace_id).enter(campaign_id)
    found = await import_with_ledger(tx, caller, import_id)
    if found.state in NOT_ENDED:
        raise ImportStateConflict("take the refused rows of", found.state)
    rows = RefusedRows(import_id, tuple(dict.fromkeys(codes)), found.run)
    mapping = mapping_of(found.format, decisions, found.settings.get("mapping"))
    new = NewImport(
        campaign_id=campaign_id,
        source=ImportSource.REFUSED,
        settings={**decisions.terms.resolved(caller).stored(), "mapping": mapping},
        created_by=caller.key_id,
        preview=await _preview(tx, caller, found, rows, mapping),
        format=found.format,
        selection=rows.stored(),
    )
    return await _add(tx, caller, new, decisions)


async def _preview(
    tx: Tx, caller: Caller, found: Import, rows: RefusedRows, mapping: Columns | None
) -> dict[str, Any]:
    refusals = RefusalRepository(tx, caller.workspace_id)
    page = await refusals.page(rows, after=0, limit=SHOWN_ROWS, max_bytes=MOST_SHOWN_BYTES)
    total = capped(await refusals.count(rows, COUNTED + 1))
    given = [one.given for one in page.rows]
    if found.preview and mapping:
        return preview_again(found.preview, mapping, given, total)
    return preview_of_given(given, total)


async def _add(tx: Tx, caller: Caller, new: NewImport, decisions: Decisions) -> Import:
    made = await ImportRepository(tx, caller.workspace_id).add(new)
    return await start_import(tx, caller, made.id) if decisions.start else made
