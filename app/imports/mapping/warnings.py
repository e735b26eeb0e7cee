"""What a person should know before a mapping is used."""

from collections.abc import Collection, Iterator, Sequence

from app.imports.mapping.email_words import CONSENT
from app.imports.mapping.findings import Finding
from app.imports.mapping.headers import is_unnamed, squeezed
from app.imports.mapping.targets import CUSTOM_FIELDS, EMAIL, FULL_NAME, custom_name

CODES = frozenset(
    {
        "no_email_column",
        "header_missing",
        "consent_column",
        "variable_case_differs",
        "variable_missing",
    }
)
"""All that ``warnings`` may say."""
CONSENT_KEYS = frozenset(map(squeezed, CONSENT))


def warnings(
    headers: Sequence[str], targets: Sequence[str | None], variables: Collection[str]
) -> Iterator[Finding]:
    if EMAIL not in targets:
        yield Finding("no_email_column", None, "No column holds the leads' addresses.")
    if headers and all(map(is_unnamed, headers)):
        yield Finding("header_missing", None, "The file has no line with the names of its columns.")
    for header in headers:
        if squeezed(header) in CONSENT_KEYS:
            yield Finding("consent_column", header, _consent(header))
    yield from _of_variables(headers, targets, variables)


def _consent(header: str) -> str:
    return f"`{header.strip()}` tells who wants no mail, and does not keep anybody out by itself."


def _of_variables(
    headers: Sequence[str], targets: Sequence[str | None], variables: Collection[str]
) -> Iterator[Finding]:
    brought = _brought(targets)
    for variable in sorted(set(variables)):
        alike = [n for n, header in enumerate(headers) if _is_alike(header, variable)]
        if variable not in brought:
            place = alike[0] if alike else None
            yield _missing(variable, place, headers, targets)
        for place in alike:
            name = custom_name(targets[place])
            if name == variable and headers[place].strip() != variable:
                detail = f"`{headers[place].strip()}` fills {{{{{variable}}}}} if it is named so."
                yield Finding("variable_case_differs", headers[place], detail)


def _is_alike(header: str, variable: str) -> bool:
    key = squeezed(header)
    return bool(key) and key == squeezed(variable)


def _brought(targets: Sequence[str | None]) -> set[str]:
    """The variables that have a value if the cells have. What is in JSON cells nobody knows."""
    brought = {custom_name(target) or target for target in targets if target}
    return brought | {"first_name", "last_name"} if FULL_NAME in brought else brought


def _missing(
    variable: str, place: int | None, headers: Sequence[str], targets: Sequence[str | None]
) -> Finding:
    written = f"{{{{{variable}}}}}"
    target = None if place is None else targets[place]
    if place is not None and target:
        detail = f"`{headers[place].strip()}` becomes {{{{{target}}}}}, which is not {written}."
        return Finding("variable_missing", headers[place], detail)
    more = ", unless the JSON of a column does" if CUSTOM_FIELDS in targets else ""
    return Finding("variable_missing", None, f"No column brings {written}{more}.")
