"""Why nothing can be found out just now."""

from collections.abc import Mapping
from datetime import datetime

from app.validation.rules import DomainFacts


class ResolverBroken(Exception):
    """The resolver cannot be believed, so nothing is concluded from what it says.

    ``facts``: what was known all the same, or learned before. ``retry_at``: when to come again.
    """

    def __init__(self, retry_at: datetime, facts: Mapping[str, DomainFacts]) -> None:
        super().__init__("the resolver is broken")
        self.retry_at, self.facts = retry_at, facts
