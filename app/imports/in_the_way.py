"""Which campaigns the scope refused rows for, and the warning when it refused most. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from app.gate.rules import Verdict
from app.imports.rules import BY_SCOPE, Tally, refused_most
from app.values import CampaignId

ORIGINS = {
    "request": "asked for in the settings",
    "flag": "from ignore_duplicate_leads_in_other_campaign",
    "source": "the default for members of another campaign",
    "key": "the default of this key",
    "workspace": "the default of the workspace",
    "floor": "the floor of the workspace, which no request goes below",
}


@dataclass(frozen=True, slots=True)
class Campaign:
    """One that people are in. ``inactive``: how many of the rows scope ``active`` would let in.

    ``override``: what would let the first of them in.
    """

    name: str | None
    rows: int
    inactive: int
    override: str | None

    def plus(self, other: "Campaign") -> "Campaign":
        return Campaign(
            self.name, self.rows + other.rows, self.inactive + other.inactive, self.override
        )


@dataclass(frozen=True, slots=True)
class InTheWay:
    """Campaigns by id, those that came first in front."""

    campaigns: Mapping[CampaignId, Campaign]

    @classmethod
    def of(cls, verdicts: Iterable[Verdict]) -> "InTheWay":
        found: dict[CampaignId, list[Any]] = {}
        for verdict in verdicts:
            conflict = verdict.conflict
            if conflict and conflict.campaign_id and verdict.code in BY_SCOPE:
                first = [conflict.campaign_name, 0, 0, verdict.override]
                counted = found.setdefault(conflict.campaign_id, first)
                counted[1] += 1
                counted[2] += verdict.inactive
        return cls({campaign_id: Campaign(*counted) for campaign_id, counted in found.items()})

    def plus(self, other: "InTheWay") -> "InTheWay":
        found = dict(self.campaigns)
        for campaign_id, one in other.campaigns.items():
            found[campaign_id] = found[campaign_id].plus(one) if campaign_id in found else one
        return InTheWay(found)

    def stored(self) -> list[list[Any]]:
        return [
            [campaign_id, one.name, one.rows, one.inactive, one.override]
            for campaign_id, one in self.campaigns.items()
        ]

    @classmethod
    def read(cls, stored: Iterable[list[Any]]) -> "InTheWay":
        """As ``stored`` wrote it."""
        return cls({CampaignId(line[0]): Campaign(*line[1:]) for line in stored})

    def warnings(self, tally: Tally, scope: Mapping[str, Any]) -> list[dict[str, Any]]:
        """``scope_refused_most``, when it refused half of the rows or more.

        ``scope`` as an import's settings have it.
        """
        if not self.campaigns or not refused_most(tally):
            return []
        most = max(self.campaigns, key=lambda one: self.campaigns[one].rows)
        named = self.campaigns[most]
        return [
            {
                "code": "scope_refused_most",
                "detail": f"{tally.count(BY_SCOPE)} of {tally.rows()} leads were refused by the"
                f" scope '{scope['duplicate_scope']}' ({ORIGINS[scope['duplicate_scope_from']]}),"
                f' most often by "{named.name}".{self._hint()}',
                "campaign_id": most,
                "campaign_name": named.name,
                "send_instead": named.override,
            }
        ]

    def _hint(self) -> str:
        inactive = sum(one.inactive for one in self.campaigns.values())
        if not inactive:
            return ""
        are = "is" if inactive == 1 else "are"
        return f" {inactive} {are} not in progress there: duplicate_scope=active lets them in."
