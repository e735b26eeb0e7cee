"""What clients do meanwhile. Each has people of its own, so that it knows how they must end."""

import asyncio
from dataclasses import dataclass, field
from random import Random

import httpx

from tests.chaos.patience import Patient, Told
from tests.make import batch

STATUSES = ("REVIEWED", "IN_PROGRESS", "REPLIED", "COMPLETED")
SIZES = (1, 5, 40)

Members = dict[tuple[int, str], str]
"""Campaign and address, and the status."""


@dataclass
class Client:
    """Everything that it was told is done is in ``members`` and ``removed``, and nothing else."""

    name: str
    patient: Patient
    random: Random
    campaign: int = 0
    members: Members = field(default_factory=dict)
    removed: list[int] = field(default_factory=list)
    """Campaigns that were deleted, with all who were in them."""
    ids: dict[str, str] = field(default_factory=dict)
    sent: int = 0

    @property
    def told(self) -> Told:
        return self.patient.told

    async def work(self, stop: asyncio.Event) -> None:
        await self.new_campaign()
        while not stop.is_set():
            acts = [self.add, self.add, self.set_status, self.remove, self.remove_campaign]
            [act] = self.random.choices(acts, (4, 4, 4, 2, 1))
            await act()

    async def new_campaign(self) -> None:
        answer = await self.patient.ask(
            "POST", "/campaigns/create", {"name": self.name}, keyed=True
        )
        self.told.expect(answer.is_success, "no campaign", answer)
        self.campaign = answer.json()["id"]

    async def add(self) -> None:
        """A batch of new people. With a key its answer is that of the first time."""
        size, keyed = self.random.choice(SIZES), self.random.random() < 0.5
        emails = [f"{self.name}-{self.sent + n}@example.com" for n in range(size)]
        self.sent += size
        path = f"/campaigns/{self.campaign}/leads"
        answer = await self.patient.ask(
            "POST", path, batch(*emails, return_lead_ids=True), keyed=keyed
        )
        if self._done(answer):
            ids = answer.json()["emailToLeadIdMap"]
            known = {**ids["newlyAddedLeads"], **({} if keyed else ids["existingLeads"])}
            self.told.expect(known.keys() == set(emails), "not all were added", answer)
            self.ids |= known
            self.members |= {(self.campaign, email): "NOT_CONTACTED" for email in emails}

    async def set_status(self) -> None:
        if email := self._somebody():
            status = self.random.choice(STATUSES)
            answer = await self.patient.ask(
                "POST", f"{self._member(email)}/status", {"status": status}
            )
            if self._done(answer):
                self.members[self.campaign, email] = status

    async def remove(self) -> None:
        """Without a key, a second try may hear that nobody is there."""
        if email := self._somebody():
            answer = await self.patient.ask("DELETE", self._member(email))
            if answer.status_code == 404 or self._done(answer):
                del self.members[self.campaign, email]

    async def remove_campaign(self) -> None:
        """A job removes what was in it."""
        answer = await self.patient.ask("DELETE", f"/campaigns/{self.campaign}", keyed=True)
        if self._done(answer):
            self.removed.append(self.campaign)
            self.members = {
                key: status for key, status in self.members.items() if key[0] != self.campaign
            }
            await self.new_campaign()

    def _done(self, answer: httpx.Response) -> bool:
        self.told.expect(answer.is_success, "refused", answer)
        return answer.is_success

    def _somebody(self) -> str | None:
        here = [email for _, email in self.members]
        return self.random.choice(here) if here else None

    def _member(self, email: str) -> str:
        return f"/campaigns/{self.campaign}/leads/{self.ids[email]}"
