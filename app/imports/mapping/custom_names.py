"""What the columns are called that become custom fields."""

from collections.abc import Collection, Iterable, Sequence

from app.imports.mapping.claims import Given
from app.imports.mapping.headers import squeezed
from app.imports.mapping.targets import (
    CUSTOM_FIELD,
    MAX_CUSTOM_NAME_LENGTH,
    is_custom_name,
)


def custom_names(
    columns: Sequence[Given], variables: Iterable[str], fields: Collection[str]
) -> dict[int, str]:
    """By place, each name once: the header's, or the variable's that the column is meant for.

    Texts ask for a custom field by its exact name, so ``Icebreaker`` would not fill
    ``{{icebreaker}}``. ``fields`` are variables that other columns bring.
    """
    names = _after_variables(columns, variables, fields)
    taken = set(names.values())
    for column in columns:
        if column.place not in names:
            name = _free(_shortened(column.header) or f"Column {column.place + 1}", taken)
            names[column.place] = name
            taken.add(name)
    return names


def _after_variables(
    columns: Sequence[Given], variables: Iterable[str], fields: Collection[str]
) -> dict[int, str]:
    exact = {column.header.strip() for column in columns}
    names: dict[int, str] = {}
    for variable in sorted(set(variables)):
        if variable in exact or variable in fields or not is_custom_name(variable):
            continue
        alike = [one for one in columns if one.key and one.key == squeezed(variable)]
        free = [one for one in alike if one.place not in names]
        if free:
            names[max(free, key=lambda one: bool(one.cells)).place] = variable
    return names


def _shortened(header: str) -> str:
    """``custom_fields.icebreaker`` is what a mapping calls it, and our own lists."""
    name = header.replace("\x00", "").strip().removeprefix(CUSTOM_FIELD)
    return name.strip()[:MAX_CUSTOM_NAME_LENGTH].strip()


def _free(name: str, taken: Collection[str]) -> str:
    """With a number behind it, if another column is called so."""
    free, number = name, 1
    while free in taken:
        number += 1
        suffix = f" {number}"
        free = name[: MAX_CUSTOM_NAME_LENGTH - len(suffix)] + suffix
    return free
