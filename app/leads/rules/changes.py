"""What an update says of a person, and what it changes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.identity import Identity, linkedin_key
from app.leads.merge import Profile, merged, merged_values


@dataclass(frozen=True, slots=True)
class Change:
    """An update as it was asked for. What it does not speak of stays; nothing in it is empty."""

    email: Identity | None
    profile: Profile

    @property
    def linkedin(self) -> str | None:
        """The key of the LinkedIn profile that it brings."""
        url = self.profile.fields.get("linkedin_profile")
        return linkedin_key(url) if url else None


@dataclass(frozen=True, slots=True)
class Current:
    """A person as they are stored."""

    email: str
    email_given: str | None
    linkedin_key: str | None
    profile: Profile


def changed(current: Current, change: Change) -> Current:
    """The person after the update. Another profile page gives up the key of the one before.

    The address as it was given stays, however an update spells the same one.
    """
    identity = change.email if change.email and change.email.key != current.email else None
    replaces_page = "linkedin_profile" in change.profile.fields
    return Current(
        email=identity.key if identity else current.email,
        email_given=identity.normalised_from if identity else current.email_given,
        linkedin_key=change.linkedin if replaces_page else current.linkedin_key,
        profile=merged(current.profile, change.profile, overwrite=True),
    )


def named(
    before: Current, after: Current, own: Mapping[str, Any], new: Mapping[str, Any]
) -> list[str]:
    """The names of what differs, for the history; ``own`` and ``new`` are the campaign's fields."""
    names = ["email"] if before.email != after.email else []
    return names + differing(before.profile, after.profile, own, new)


def differing(
    before: Profile, after: Profile, own: Mapping[str, Any], new: Mapping[str, Any]
) -> list[str]:
    """The same without the address."""
    custom = {*_differing(before.custom_fields, after.custom_fields), *_differing(own, new)}
    return _differing(before.fields, after.fields) + sorted(
        f"custom_fields.{name}" for name in custom
    )


def own_fields(own: Mapping[str, Any], change: Change) -> dict[str, Any]:
    """The campaign's custom fields after the update."""
    return merged_values(own, change.profile.custom_fields, overwrite=True)


def _differing(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    return [name for name in after if before.get(name) != after[name]]
