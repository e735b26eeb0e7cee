"""Why nothing can be found out just now."""

from collections.abc import Mapping
from datetime import datetime

from app.validation.rules import DomainFacts

UNBELIEVED = "The DNS resolver cannot be believed"
"""What the jobs say that wait for it."""


class ResolverBroken(Exception):
    """The resolver cannot be believed, so nothing is concluded from what it says.

    ``facts``: what was known all the same, or learned before. ``retry_at``: when to come again.
    """

    def __init__(self, retry_at: datetime, facts: Mapping[str, DomainFacts]) -> None:
        super().__init__("the resolver is broken")
        self.retry_at, self.facts = retry_at, facts
