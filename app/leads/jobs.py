"""What leads ask of the workers."""

from dataclasses import dataclass
from typing import ClassVar

from app.kit.jobs import Job


@dataclass(frozen=True)
class ValidateLeads(Job):
    """Check the addresses of a workspace that wait for it. A singleton."""

    kind: ClassVar[str] = "validate_leads"


@dataclass(frozen=True)
class VerifyMailboxes(Job):
    """Ask the provider for those whose domains take mail. A singleton."""

    kind: ClassVar[str] = "verify_mailboxes"
