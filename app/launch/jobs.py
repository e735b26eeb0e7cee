"""What the life of a campaign asks of the workers."""

from dataclasses import dataclass
from typing import ClassVar

from app.kit.jobs import Job
from app.values import CampaignId


@dataclass(frozen=True)
class RemoveCampaign(Job):
    """Remove the rows of a campaign that was deleted."""

    kind: ClassVar[str] = "remove_campaign"
    campaign_id: CampaignId
