"""What is wrong with a mapping that somebody gave."""

import difflib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from app.imports.mapping.findings import Finding
from app.imports.mapping.headers import meaning
from app.imports.mapping.targets import (
    EMAIL,
    MAX_CUSTOM_NAME_LENGTH,
    TARGETS,
    custom_name,
    is_custom_name,
)
from app.leads.merge import MAX_CUSTOM_FIELDS


def wrong_with(headers: Sequence[str], given: Mapping[str, str | None]) -> Iterator[Finding]:
    known = set(headers)
    used: dict[str, list[str]] = defaultdict(list)
    for column, target in given.items():
        if column not in known:
            yield Finding("unknown_column", column, f"The file has no column `{column}`.")
        elif target is not None:
            used[target].append(column)
            yield from _wrong_target(column, target)
    for target, columns in used.items():
        for column in columns[1:]:
            detail = f"`{columns[0]}` is mapped to {target} already."
            yield Finding("mapped_twice", column, detail)
    if EMAIL not in used:
        yield Finding("email_missing", None, "No column is mapped to email.")
    if sum(custom_name(target) is not None for target in used) > MAX_CUSTOM_FIELDS:
        detail = f"A lead has {MAX_CUSTOM_FIELDS} custom fields at most."
        yield Finding("too_many_custom_fields", None, detail)


def _wrong_target(column: str, target: str) -> Iterator[Finding]:
    name = custom_name(target)
    if name is not None and not is_custom_name(name):
        detail = (
            f"A custom field's name has 1 to {MAX_CUSTOM_NAME_LENGTH} characters, "
            "and no space at its ends."
        )
        yield Finding("custom_field_name", column, detail)
    elif name is None and target not in TARGETS:
        yield Finding("unknown_field", column, _unknown(target))


def _unknown(target: str) -> str:
    """The comparison takes time by the product of the lengths."""
    if not target.strip():
        return "A column becomes a field, or null, and is left out."
    shown = target[:MAX_CUSTOM_NAME_LENGTH]
    said = meaning(shown)
    alike = difflib.get_close_matches(shown.lower().replace(" ", "_"), TARGETS, n=1)
    nearest = said.target if said else next(iter(alike), None)
    if nearest:
        return f"`{shown}` is no field; {nearest} is."
    return f"`{shown}` is no field. Write custom_fields.{shown} for one of your own."
