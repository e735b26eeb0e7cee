"""What leads ask of the workers."""

from dataclasses import dataclass
from typing import ClassVar

from app.kit.jobs import Job


@dataclass(frozen=True)
class ValidateLeads(Job):
    """Check the addresses of a workspace that wait for it. A singleton."""

    kind: ClassVar[str] = "validate_leads"
