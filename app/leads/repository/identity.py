"""Who has which address and which LinkedIn profile: taken in the order of every batch."""

from collections.abc import Mapping
from typing import Any

from app.kit.db import Tx
from app.kit.documents import written
from app.leads.errors import LeadNotFound
from app.leads.merge import Profile
from app.leads.repository.columns import FIELDS
from app.leads.repository.waiting import WAIT_ANEW
from app.leads.rules.changes import Current
from app.values import LEAD_FIELDS, CampaignId, LeadId, WorkspaceId

CURRENT = f"""
select email, email_given, linkedin_key, custom_fields, {FIELDS}
from leads where workspace_id = $1 and id = $2
"""  # noqa: S608  # column names of ours

STORE = f"""
update leads
set email = $3, email_given = $4, linkedin_key = $5, custom_fields = $6::jsonb, updated_at = now(),
    {", ".join(f"{name} = ${place}" for place, name in enumerate(LEAD_FIELDS, 7))}
where workspace_id = $1 and id = $2
"""  # noqa: S608  # column names of ours


# Whoever has the address later has nothing to do with them.
MOVE_TOMBSTONES = """
with taken as (delete from tombstones where workspace_id = $1 and email = $2 returning *)
insert into tombstones (workspace_id, email, campaign_id, contacted_at, replied_at, deleted_at)
select workspace_id, $3, campaign_id, contacted_at, replied_at, deleted_at from taken
"""


WAIT_FOR_VALIDATION = f"""
insert into unvalidated (workspace_id, lead_id, domain) values ($1, $2, split_part($3, '@', 2))
{WAIT_ANEW}
"""  # noqa: S608  # text of ours


class IdentityRepository:
    """Changes of one person, to be made in this order: profile, addresses, person."""

    def __init__(self, tx: Tx, workspace_id: WorkspaceId, lead_id: LeadId) -> None:
        self._tx, self._workspace_id, self._lead_id = tx, workspace_id, lead_id

    async def current(self) -> Current:
        """Raises LeadNotFound."""
        rows = await self._tx.rows(CURRENT, self._workspace_id, self._lead_id)
        if not rows:
            raise LeadNotFound
        return _current(rows[0])

    async def claim_profile(self, key: str) -> bool:
        """False when somebody has the profile, perhaps this person."""
        return bool(
            await self._tx.rows(
                "insert into lead_linkedin (workspace_id, linkedin_key, lead_id)"
                " values ($1, $2, $3) on conflict do nothing returning lead_id",
                self._workspace_id,
                key,
                self._lead_id,
            )
        )

    async def hold_profile(self, key: str) -> LeadId | None:
        """Lock whoever has the profile in it."""
        rows = await self._tx.rows(
            "select lead_id from lead_linkedin where workspace_id = $1 and linkedin_key = $2"
            " for update",
            self._workspace_id,
            key,
        )
        return LeadId(rows[0]["lead_id"]) if rows else None

    async def release_profile(self, key: str) -> None:
        """Give the profile up, if it is this person's."""
        await self._tx.rows(
            "delete from lead_linkedin"
            " where workspace_id = $1 and linkedin_key = $2 and lead_id = $3",
            self._workspace_id,
            key,
            self._lead_id,
        )

    async def take_address(self, email: str) -> LeadId | None:
        """Put a placeholder at the address, for which batches then wait; None when it is taken."""
        rows = await self._tx.rows(
            "insert into leads (workspace_id, email) values ($1, $2)"
            " on conflict (workspace_id, email) do nothing returning id",
            self._workspace_id,
            email,
        )
        return LeadId(rows[0]["id"]) if rows else None

    async def owner_of(self, email: str) -> LeadId | None:
        rows = await self._tx.rows(
            "select id from leads where workspace_id = $1 and email = $2",
            self._workspace_id,
            email,
        )
        return LeadId(rows[0]["id"]) if rows else None

    async def hold(self, *, moves: bool) -> None:
        """Lock the person; ``moves`` for a new address, which is a key that others refer by.

        Raises LeadNotFound.
        """
        strength = "update" if moves else "no key update"
        rows = await self._tx.rows(
            f"select id from leads where workspace_id = $1 and id = $2 for {strength}",  # noqa: S608
            self._workspace_id,
            self._lead_id,
        )
        if not rows:
            raise LeadNotFound

    async def drop_placeholder(self, placeholder: LeadId) -> None:
        await self._tx.rows(
            "delete from leads where workspace_id = $1 and id = $2",
            self._workspace_id,
            placeholder,
        )

    async def store(self, person: Current) -> None:
        await self._tx.rows(
            STORE,
            self._workspace_id,
            self._lead_id,
            person.email,
            person.email_given,
            person.linkedin_key,
            written(person.profile.custom_fields),
            *(person.profile.fields.get(name) for name in LEAD_FIELDS),
        )

    async def move_tombstones(self, old: str, new: str) -> None:
        """What is remembered of the person's deletions goes with them to a new address."""
        await self._tx.rows(MOVE_TOMBSTONES, self._workspace_id, old, new)

    async def wait_for_validation(self, email: str) -> None:
        """What was found out about the old address says nothing of a new one."""
        await self._tx.rows(WAIT_FOR_VALIDATION, self._workspace_id, self._lead_id, email)

    async def store_own_fields(self, campaign_id: CampaignId, fields: Mapping[str, Any]) -> None:
        """The custom fields of this campaign."""
        await self._tx.rows(
            "update campaign_leads set custom_fields = $4::jsonb, updated_at = now()"
            " where workspace_id = $1 and lead_id = $2 and campaign_id = $3",
            self._workspace_id,
            self._lead_id,
            campaign_id,
            written(fields),
        )


def _current(row: Any) -> Current:
    fields = {name: row[name] for name in LEAD_FIELDS if row[name]}
    return Current(
        row["email"],
        row["email_given"],
        row["linkedin_key"],
        Profile(fields, row["custom_fields"]),
    )
