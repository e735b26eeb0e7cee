"""Entries of the lists, as a workspace wants them. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from app.identity import domain_key, email_identity
from app.validation.rules import NO_OVERRIDES, DomainFlag, Overrides


class ListName(StrEnum):
    """Which list is meant: three of domains, one of local parts."""

    DISPOSABLE = "disposable"
    FREE = "free"
    PRIVACY_RELAY = "privacy_relay"
    ROLE = "role"


class Place(NamedTuple):
    """An entry of a list: a domain, with all below it, or a local part; see ``entry_key``."""

    list: ListName
    entry: str


@dataclass(frozen=True, slots=True)
class Override:
    """``listed``: it is on the list for this workspace; else it is not, whoever lists it."""

    place: Place
    listed: bool
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class KnownBetter:
    """All of a workspace; ``revision`` grows whenever one of them changes."""

    overrides: Overrides = NO_OVERRIDES
    revision: int = 0


def entry_key(of_list: ListName, given: str) -> str | None:
    """As entries are compared. None for what is no domain, or no local part."""
    if of_list is not ListName.ROLE:
        return domain_key(given)
    found = email_identity(f"{given}@example.com")
    local = found.key.rpartition("@")[0] if found else ""
    return local if local and not {"+", "@"} & set(local) else None


def overrides_of(entries: Iterable[tuple[Place, bool]]) -> Overrides:
    domains: dict[str, dict[DomainFlag, bool]] = {}
    roles: dict[str, bool] = {}
    for (of_list, entry), listed in entries:
        if of_list is ListName.ROLE:
            roles[entry] = listed
        else:
            domains.setdefault(entry, {})[DomainFlag(of_list.value)] = listed
    return Overrides(domains, roles)
