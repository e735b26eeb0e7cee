"""Rows out of the workspace's own leads, chosen by a filter."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

from app.campaigns.errors import CampaignNotFound
from app.campaigns.repository import CampaignRepository
from app.gate.rules import Row
from app.imports.batch import GivenRow
from app.imports.sources.chunk import BYTES, ROWS, Chunk
from app.imports.sources.file_rows import NOTHING
from app.kit.db import Tx
from app.kit.jobs import JobFailed
from app.kit.resources import Resources
from app.leads.admission.rows import Candidate
from app.leads.repository.filtering import FilteredLead, FilteringRepository
from app.leads.rules.filters import LeadFilter
from app.values import LeadId, WorkspaceId


class LeadRows:
    """The leads that pass a filter, in the order of their ids; nobody twice, nobody skipped.

    Each person is read as they are when their turn comes: whether they pass the filter is decided
    then, and not again. The cursor is the last one's id. Leads that are new to the workspace since
    the first chunk have higher ids than it saw, and are left out.
    """

    def __init__(self, resources: Resources, workspace_id: WorkspaceId, by: LeadFilter) -> None:
        self._database, self._workspace_id, self._by = resources.database, workspace_id, by

    async def count(self) -> AsyncIterator[int]:
        async with self._database.transaction() as tx:
            leads = FilteringRepository(tx, self._workspace_id)
            count = await leads.count(self._by, until=await leads.newest())
        yield count

    async def read(self, cursor: Mapping[str, int] | None) -> Chunk:
        """Raises JobFailed where the others cannot be found any more."""
        async with self._database.transaction() as tx:
            leads = FilteringRepository(tx, self._workspace_id)
            at = cursor or {"lead_id": 0, "until": await leads.newest()}
            page = await leads.page(
                self._by,
                after=LeadId(at["lead_id"]),
                until=LeadId(at["until"]),
                limit=ROWS,
                max_bytes=BYTES,
            )
            await self._check_there(tx)
        last = page.leads[-1].id if page.leads else at["lead_id"]
        return Chunk(
            [own_lead(given_of(one)) for one in page.leads], {**at, "lead_id": last}, page.is_last
        )

    async def _check_there(self, tx: Tx) -> None:
        """After they were read: a campaign that goes takes its members along."""
        if not self._by.campaign_id:
            return
        try:
            await CampaignRepository(tx, self._workspace_id).check(self._by.campaign_id)
        except CampaignNotFound:
            raise JobFailed("A campaign that the leads come from was deleted") from None


def given_of(lead: FilteredLead) -> dict[str, Any]:
    """As people see who it is; what travels is less, see ``own_lead``."""
    custom_fields = {"custom_fields": lead.own_fields} if lead.own_fields else {}
    return {"lead_id": lead.id, "email": lead.email, **lead.fields, **custom_fields}


def own_id(given: Mapping[str, Any]) -> LeadId | None:
    """Of a row that was one of ours; nobody may send an id with a lead."""
    return given.get("lead_id")


def own_lead(given: Mapping[str, Any]) -> GivenRow:
    """The workspace has the person and their fields already, so nothing is said of them: no copy
    changes what other campaigns show.

    What a membership was given for its campaign alone is given to the new one, too.
    """
    own_fields = given.get("custom_fields", {})
    return GivenRow(given, Candidate(Row(given["email"]), NOTHING, own_fields=own_fields))
