"""What DNS said of a mail domain, for how long that holds, and how far it is to be trusted."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Self

CONFIRMED_AFTER = timedelta(minutes=10)
"""A second no, so long after the first, is no accident of a resolver."""
BACK_OFF = timedelta(minutes=5)
"""After no answer at all."""
SHORTEST = timedelta(hours=1)
LONGEST_YES = timedelta(days=7)
LONGEST_NO = timedelta(days=1)
"""What the records and RFC 2308 ask for is kept, within these bounds."""

MANY = 5
"""Answers that say no, from which on they are many."""


class Said(StrEnum):
    """The sum of a domain's answers."""

    MX = "mx"
    IMPLICIT_MX = "implicit_mx"
    """No MX, but an address: that is the mail host (RFC 5321, 5.1)."""
    NULL_MX = "null_mx"
    """It takes no mail, and says so (RFC 7505)."""
    MX_UNRESOLVABLE = "mx_unresolvable"
    """None of its mail hosts has an address."""
    NO_MAIL_HOST = "no_mail_host"
    """The name is there (NODATA), with neither MX nor address."""
    NOT_FOUND = "not_found"
    """NXDOMAIN."""
    SERVFAIL = "servfail"
    REFUSED = "refused"
    TIMEOUT = "timeout"


YES = (Said.MX, Said.IMPLICIT_MX)
ABSENT = (Said.MX_UNRESOLVABLE, Said.NO_MAIL_HOST, Said.NOT_FOUND)
"""Something is not there, which broken resolvers say too; a null MX is there."""
THERE = (*YES, Said.NULL_MX)


@dataclass(frozen=True, slots=True)
class MailHost:
    """The target of an MX record; ``resolves`` is None where nobody asked, or got an answer.

    ``alias``: the name is a CNAME, which it must not be (RFC 2181, 10.3), and mail arrives anyway.
    """

    name: str
    preference: int
    resolves: bool | None = None
    alias: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What was heard just now."""

    said: Said
    hosts: tuple[MailHost, ...] = ()
    ttl_s: int = 0
    """Of the records, or of their absence (RFC 2308); 0 where none was given."""


@dataclass(frozen=True, slots=True)
class DomainFacts:
    """The last answer, and what of the earlier ones still matters."""

    said: Said
    asked_at: datetime
    fresh_until: datetime
    """When it may be asked again."""
    hosts: tuple[MailHost, ...] = ()
    absent_since: datetime | None = None
    """The first of the answers that said no, and that no yes has followed."""
    good_at: datetime | None = None
    """When it was last known to take mail."""
    doubted: bool = False
    """It said no together with suspiciously many others."""

    @property
    def takes_mail(self) -> bool:
        return self.said in YES

    @property
    def confirmed(self) -> bool:
        """Two answers, long enough apart, said no."""
        return _confirmed(self.said, self.absent_since, self.asked_at)

    @property
    def proven(self) -> bool:
        """Every mail host was asked for; of very many only the first are."""
        return self.said is not Said.MX_UNRESOLVABLE or all(
            host.resolves is False for host in self.hosts
        )

    def to_json(self) -> dict[str, Any]:
        return {
            "said": self.said,
            "asked_at": self.asked_at.isoformat(),
            "fresh_until": self.fresh_until.isoformat(),
            "hosts": [
                {
                    "name": h.name,
                    "preference": h.preference,
                    "resolves": h.resolves,
                    "alias": h.alias,
                }
                for h in self.hosts
            ],
            "absent_since": self.absent_since and self.absent_since.isoformat(),
            "good_at": self.good_at and self.good_at.isoformat(),
            "doubted": self.doubted,
        }

    @classmethod
    def from_json(cls, document: dict[str, Any]) -> Self:
        return cls(
            Said(document["said"]),
            datetime.fromisoformat(document["asked_at"]),
            datetime.fromisoformat(document["fresh_until"]),
            tuple(MailHost(**host) for host in document["hosts"]),
            _moment(document["absent_since"]),
            _moment(document["good_at"]),
            document["doubted"],
        )


def learned(
    answer: Answer, earlier: DomainFacts | None, now: datetime, *, doubted: bool = False
) -> DomainFacts:
    """What is known after this answer, given what was known before it."""
    absent_since = _absent_since(answer.said, earlier, now)
    confirmed = _confirmed(answer.said, absent_since, now)
    return DomainFacts(
        answer.said,
        now,
        now + _kept(answer, confirmed),
        answer.hosts,
        absent_since,
        now if answer.said in YES else earlier.good_at if earlier else None,
        doubted and answer.said in ABSENT and not confirmed,
    )


def are_suspiciously_many(absent: int, answers: int) -> bool:
    """More than a fifth, and many.

    Of business lists up to 5 % of the domains are gone. So many of 100 by chance alone: once in a
    hundred million; of 20: three times in a thousand, and then they wait ten minutes.
    """
    return absent >= MANY and absent * 5 > answers


def _absent_since(said: Said, earlier: DomainFacts | None, now: datetime) -> datetime | None:
    """No answer is neither a yes nor a no."""
    if said in THERE:
        return None
    before = earlier.absent_since if earlier else None
    return before or (now if said in ABSENT else None)


def _confirmed(said: Said, absent_since: datetime | None, asked_at: datetime) -> bool:
    return (
        said in ABSENT and absent_since is not None and asked_at - absent_since >= CONFIRMED_AFTER
    )


def _kept(answer: Answer, confirmed: bool) -> timedelta:
    ttl = max(timedelta(seconds=answer.ttl_s), SHORTEST)
    if answer.said in YES:
        return min(ttl, LONGEST_YES)
    if answer.said is Said.NULL_MX or confirmed:
        return min(ttl, LONGEST_NO)
    return CONFIRMED_AFTER if answer.said in ABSENT else BACK_OFF


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
