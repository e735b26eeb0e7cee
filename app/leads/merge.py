"""What becomes of a known person's fields when somebody brings new ones."""

from collections.abc import Mapping
from typing import Any, NamedTuple

MAX_CUSTOM_FIELDS = 500
"""Of a person, from all campaigns and requests together."""


class Profile(NamedTuple):
    """A lead's fields and custom fields; empty fields are absent."""

    fields: Mapping[str, str]
    custom_fields: Mapping[str, Any]

    @property
    def is_too_large(self) -> bool:
        return len(self.custom_fields) > MAX_CUSTOM_FIELDS


def merged(current: Profile, given: Profile, *, overwrite: bool) -> Profile:
    """Given values win, or with ``overwrite`` off fill what is empty. Custom fields merge key by
    key.

    What was not given stays: a given profile holds neither null nor "".
    """
    return Profile(
        merged_values(current.fields, given.fields, overwrite=overwrite),
        merged_values(current.custom_fields, given.custom_fields, overwrite=overwrite),
    )


def merged_values(
    current: Mapping[str, Any], given: Mapping[str, Any], *, overwrite: bool
) -> dict[str, Any]:
    return {**current, **given} if overwrite else {**given, **current}
