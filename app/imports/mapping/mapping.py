"""A mapping as it is used: checked once, then applied to every row."""

from collections import abc
from typing import Any, NamedTuple, Self

from app.imports.mapping.cells import (
    LONGEST_PLACEHOLDER,
    MANY_VALUES,
    is_placeholder,
    tags_in,
)
from app.imports.mapping.checking import wrong_with
from app.imports.mapping.custom_values import Wrong
from app.imports.mapping.findings import Finding
from app.imports.mapping.revenue import unit_in
from app.imports.mapping.rows import (
    add_custom_fields,
    add_members,
    add_unit,
    freed,
    keep_what_fits,
    split_full_name,
)
from app.imports.mapping.suggest import Suggestion
from app.imports.mapping.targets import (
    CUSTOM_FIELDS,
    EMAIL,
    FULL_NAME,
    MAX_FIELD_LENGTH,
    TAGS,
    custom_name,
)
from app.imports.mapping.validation import ValidationColumns
from app.kit.json_text import NUL
from app.values import LEAD_FIELDS

NAMES = ("first_name", "last_name", FULL_NAME)


class MappingWrong(Exception):
    """Everything that is wrong with a mapping, column by column."""

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__(" ".join(finding.detail for finding in findings))
        self.findings = findings


class Mapped(NamedTuple):
    """A row as a lead, in the form of a batch's; what is empty is absent.

    ``problem`` is the first field that cannot be kept, and why; the lead is then without it.
    """

    lead: dict[str, Any]
    tags: tuple[str, ...]
    problem: Wrong | None


class Mapping:
    """Columns and what they become, in the order of the file. Each header is there once."""

    def __init__(self, headers: abc.Sequence[str], targets: abc.Sequence[str | None]) -> None:
        self.headers = tuple(headers)
        self.targets = tuple(targets)
        places = {target: place for place, target in enumerate(targets) if target}
        self._email = places.get(EMAIL)
        self._fields = [
            (places[name], name, name in NAMES)
            for name in (*LEAD_FIELDS, FULL_NAME)
            if name in places
        ]
        self._custom = [
            (place, name)
            for target, place in places.items()
            if (name := custom_name(target)) is not None
        ]
        self._tags = places.get(TAGS)
        self._json = places.get(CUSTOM_FIELDS)
        self._validation = ValidationColumns.of(self.headers, places)
        self._has_more = self._validation is not None or self._tags is not None
        self._unit = unit_in(self.headers[places["revenue"]]) if "revenue" in places else None
        self._amends = FULL_NAME in places or self._unit is not None

    @classmethod
    def checked(cls, headers: abc.Sequence[str], given: abc.Mapping[str, str | None]) -> Self:
        """Columns that are not named are left out. Raises MappingWrong."""
        findings = list(wrong_with(headers, given))
        if findings:
            raise MappingWrong(findings)
        return cls(headers, [given.get(header) for header in headers])

    @classmethod
    def of_suggestion(cls, suggestion: Suggestion) -> Self:
        """Unchecked: a suggestion may lack the address."""
        columns = suggestion.columns
        return cls([one.name for one in columns], [one.target for one in columns])

    def stored(self) -> dict[str, str | None]:
        """As ``checked`` takes it; None for those that are left out."""
        return dict(zip(self.headers, self.targets, strict=True))

    def apply(self, cells: abc.Sequence[str], extra: abc.Mapping[str, Any] | None = None) -> Mapped:
        """``extra`` are members of a JSON row that are no column; they become custom fields.

        Cells that a short row lacks are empty. Few rows need a second look, and what makes it
        necessary is looked for in all cells at once.
        """
        if len(cells) < len(self.headers):
            cells = [*cells, *[""] * (len(self.headers) - len(cells))]
        row = "\n".join(cells)
        if "'" in row or '="' in row:
            cells = freed(cells)
        lead = self._lead(cells)
        custom = self._custom_fields(cells) if self._custom else {}
        problem: Wrong | None = None
        if len(row) > MAX_FIELD_LENGTH or MANY_VALUES in row or NUL in row:
            problem = keep_what_fits(lead, custom)
        if self._amends:
            self._amend(lead)
        if extra or self._json is not None:
            cell = "" if self._json is None else cells[self._json]
            problem = add_members(custom, cell, extra) or problem
        if custom:
            problem = add_custom_fields(lead, custom) or problem
        tags, wrong = self._beside(lead, cells) if self._has_more else ((), None)
        return Mapped(lead, tags, problem or wrong)

    def _beside(
        self, lead: dict[str, Any], cells: abc.Sequence[str]
    ) -> tuple[tuple[str, ...], Wrong | None]:
        """The verdict on the address, and the tags, which few files have."""
        if self._validation:
            self._validation.add(lead, cells)
        return ((), None) if self._tags is None else tags_in(cells[self._tags])

    def warnings(self, rows: abc.Sequence[abc.Sequence[str]]) -> abc.Iterator[Finding]:
        """What of these rows cannot be understood."""
        return self._validation.warnings(self.headers, rows) if self._validation else iter(())

    def _lead(self, cells: abc.Sequence[str]) -> dict[str, Any]:
        """The address keeps the spaces around it, so that the ledger can tell of them."""
        lead = {}
        if self._email is not None:
            email = cells[self._email]
            value = email.strip()
            if value and not (len(value) <= LONGEST_PLACEHOLDER and is_placeholder(value)):
                lead[EMAIL] = email
        for place, name, is_name in self._fields:
            value = cells[place].strip()
            if value and not (
                len(value) <= LONGEST_PLACEHOLDER and is_placeholder(value, is_name=is_name)
            ):
                lead[name] = value
        return lead

    def _custom_fields(self, cells: abc.Sequence[str]) -> dict[str, Any]:
        return {name: value for place, name in self._custom if (value := cells[place].strip())}

    def _amend(self, lead: dict[str, Any]) -> None:
        split_full_name(lead)
        if self._unit and "revenue" in lead:
            add_unit(lead, self._unit)
