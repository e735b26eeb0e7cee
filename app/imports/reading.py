"""Reads the body of an add, in the order of refusal.

Too many leads, no address, then whatever has the wrong form.
"""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi.exceptions import RequestValidationError
from pydantic import TypeAdapter, ValidationError

from app.imports.batch import check_emails, check_size, check_valid, given_row
from app.imports.operations.batches import Batch
from app.imports.schemas.batches import AddLeadsIn, BatchSettingsIn, LeadIn
from app.kit.fields import BLANK_IS_NULL, null_for_blank
from app.leads.schemas.fields import CustomFields
from app.values import UnknownFields
from app.workspaces.rules import Defaults

CUSTOM_VALUE = len(("body", "lead_list", 0, "custom_fields", "name"))
"""The deepest place in a body."""
KNOWN_FIELDS = LeadIn.__annotations__.keys()
CUSTOM_FIELDS: TypeAdapter[dict[str, Any]] = TypeAdapter(CustomFields)
FLAG: TypeAdapter[bool | None] = TypeAdapter(Annotated[bool | None, BLANK_IS_NULL])


def read_batch(raw: Any, defaults: Defaults) -> Batch:
    """Raises BatchTooLarge, EmailMissing, RequestValidationError, EmailInvalid, in this order."""
    listed = _name_of_list(raw)
    leads = raw.get(listed) if isinstance(raw, dict) else None
    if isinstance(leads, list):
        check_size(leads)
        if not _skips_missing(raw, defaults):
            check_emails(leads, listed)
    body = _validated(raw)
    settings = body.settings or BatchSettingsIn()
    given = _only_list(body)
    _sort_unknown_fields(given, listed, settings.unknown_fields or defaults.unknown_fields)
    rows = [given_row(lead) for lead in given]
    if settings.reject_invalid_emails:
        check_valid(rows, listed)
    return Batch(rows, settings.terms(body))


def _name_of_list(raw: Any) -> str:
    if isinstance(raw, dict) and null_for_blank(raw.get("lead_list")) is None and "leads" in raw:
        return "leads"
    return "lead_list"


def _skips_missing(raw: Mapping[str, Any], defaults: Defaults) -> bool:
    """What is no truth value does not speak here; it is refused afterwards."""
    settings = raw.get("settings")
    given = settings.get("skip_missing_email") if isinstance(settings, dict) else None
    try:
        spoken = FLAG.validate_python(given)
    except ValidationError:
        spoken = None
    return bool(defaults.skip_missing_email if spoken is None else spoken)


def _validated(raw: Any) -> AddLeadsIn:
    try:
        return AddLeadsIn.model_validate(raw)
    except ValidationError as error:
        raise RequestValidationError(_findings(error, ("body",), depth=CUSTOM_VALUE)) from None


def _only_list(body: AddLeadsIn) -> list[Any]:
    if body.lead_list is not None and body.leads is not None:
        raise _refused(("leads",), "given_twice", "The same as lead_list: one of them is enough")
    given = body.leads if body.lead_list is None else body.lead_list
    if given is None:
        raise _refused(("lead_list",), "missing", "Field required")
    return given


def _findings(error: ValidationError, at: tuple[Any, ...], depth: int) -> list[dict[str, Any]]:
    """One for each place, which is ``depth`` long at most.

    A custom value that is of none of its types is told of once, and without their names.
    """
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    for one in error.errors(include_url=False, include_input=False, include_context=False):
        place = (*at, *one["loc"])[:depth]
        found.setdefault(place, _error(place, one["type"], one["msg"]))
    return list(found.values())


def _sort_unknown_fields(leads: list[Any], listed: str, unknown: UnknownFields | None) -> None:
    """Keys that are no lead field are refused, or become custom fields."""
    errors: list[dict[str, Any]] = []
    for place, lead in enumerate(leads):
        if lead.keys() <= KNOWN_FIELDS:
            continue
        strange = {name: lead[name] for name in lead if name not in KNOWN_FIELDS}
        at = ("body", listed, place)
        if unknown is UnknownFields.CUSTOM:
            errors += _adopt(lead, strange, at)
        else:
            errors += [
                _error((*at, name), "extra_forbidden", "Not a lead field") for name in strange
            ]
    if errors:
        raise RequestValidationError(errors)


def _adopt(
    lead: dict[str, Any], strange: dict[str, Any], at: tuple[Any, ...]
) -> list[dict[str, Any]]:
    try:
        adopted = CUSTOM_FIELDS.validate_python({**strange, **(lead.get("custom_fields") or {})})
    except ValidationError as error:
        return _findings(error, at, depth=len(at) + 1)
    for name in strange:
        del lead[name]
    lead["custom_fields"] = adopted
    return []


def _refused(location: tuple[Any, ...], code: str, text: str) -> RequestValidationError:
    return RequestValidationError([_error(("body", *location), code, text)])


def _error(location: tuple[Any, ...], code: str, text: str) -> dict[str, Any]:
    return {"loc": location, "type": code, "msg": text}
