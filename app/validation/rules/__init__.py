"""What is found about an address, without asking anybody. Pure."""

from app.validation.rules.facts import Answer, DomainFacts, MailHost, Said, learned
from app.validation.rules.findings import (
    RULES_VERSION,
    Finding,
    Flags,
    judge_domain,
    judge_syntax,
)
from app.validation.rules.lists import NO_OVERRIDES, DomainFlag, Overrides
from app.validation.rules.sanitised import sanitised

__all__ = [
    "NO_OVERRIDES",
    "RULES_VERSION",
    "Answer",
    "DomainFacts",
    "DomainFlag",
    "Finding",
    "Flags",
    "MailHost",
    "Overrides",
    "Said",
    "judge_domain",
    "judge_syntax",
    "learned",
    "sanitised",
]
