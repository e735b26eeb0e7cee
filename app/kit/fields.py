"""Types of fields and parameters that many bodies share, lenient where clients are."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from types import GenericAlias
from typing import Annotated, Any

from fastapi import Query
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    StringConstraints,
    TypeAdapter,
    model_validator,
)
from pydantic.config import JsonDict
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticKnownError
from typing_extensions import TypeAliasType

BIGGEST = 2**63 - 1
"""The largest id, offset or count that PostgreSQL's bigint holds."""


BLANKS = " \t\r\n"
BLANK = r"[ \t\r\n]*"
INTEGER = re.compile(rf"^([+-]?[0-9]{{1,19}}|{BLANK})$")
MOMENT = re.compile(
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}"
    r"([Tt ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?([Zz]|[+-][0-9]{2}:[0-9]{2})?)?$"
)


def any_case(words: Sequence[str]) -> str:
    """A pattern of these words, in upper or lower case, also of none; JSON Schema has no flags."""
    letters = (re.sub("[A-Za-z]", lambda a: f"[{a[0].upper()}{a[0].lower()}]", w) for w in words)
    return f"^{BLANK}({'|'.join(letters)})?{BLANK}$"


def upper(word: str) -> str:
    """What ``any_case`` matches; Unicode knows more letters whose capital is an S or a K."""
    return word.strip(BLANKS).upper() if word.isascii() else word


TRUTH = re.compile(any_case(["true", "false", "1", "0"]))


@dataclass(frozen=True)
class SentAs:
    """An annotation: the API's description shows this type, which clients may send instead."""

    type: Any

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        if handler.mode == "serialization":
            return handler(schema)
        # Inside of another type a named one keeps its name.
        listed = TypeAdapter[Any](GenericAlias(list, self.type))  # type: ignore[arg-type]
        items: JsonSchemaValue = handler(listed.core_schema)["items"]
        return items


def null_for_blank(value: Any) -> Any:
    """SmartLead's clients send "" where they mean null."""
    return None if isinstance(value, str) and not value.strip(BLANKS) else value


def _integer(value: Any) -> Any:
    """7, 7.0 and "7"; pydantic would take "7_0" and true, too."""
    if isinstance(value, bool):
        raise PydanticKnownError("int_type")
    if isinstance(value, str) and not INTEGER.fullmatch(value):
        raise PydanticKnownError("int_parsing")
    return value


def _truth(value: Any) -> Any:
    """true, "true" and 1; pydantic would take "on", too."""
    if isinstance(value, str) and not TRUTH.fullmatch(value):
        raise PydanticKnownError("bool_parsing")
    return value.strip(BLANKS) if isinstance(value, str) else value


def _word(value: Any) -> Any:
    if isinstance(value, str) and value.lower() not in ("true", "false"):
        raise PydanticKnownError("bool_parsing")
    return value


def _written(value: Any) -> Any:
    """Pydantic would take the seconds since 1970, too, as a number or as text."""
    if not isinstance(value, datetime) and not (isinstance(value, str) and MOMENT.match(value)):
        raise PydanticKnownError("datetime_type")
    return value


def _trimmed(text: str) -> str:
    trimmed = text.strip()
    if not trimmed:
        raise PydanticKnownError("string_too_short", {"min_length": 1})
    return trimmed


BLANK_IS_NULL = BeforeValidator(null_for_blank)
AN_INTEGER = BeforeValidator(_integer)
A_TRUTH = BeforeValidator(_truth)
WRITTEN = BeforeValidator(_written)
TRIMMED = AfterValidator(_trimmed)
"""White space does not count at the ends, nor as a text."""
NOT_BLANK: JsonDict = {"minLength": 1, "pattern": r"\S"}

IntegerText = Annotated[str, Field(pattern=INTEGER.pattern)]
IntegerOrText = TypeAliasType("IntegerOrText", int | IntegerText)
IdOrText = TypeAliasType("IdOrText", Annotated[int, Field(ge=1, le=BIGGEST)] | IntegerText)
TruthOrText = TypeAliasType(
    "TruthOrText",
    bool | Annotated[int, Field(ge=0, le=1)] | Annotated[str, Field(pattern=TRUTH.pattern)],
)
MomentText = TypeAliasType("MomentText", Annotated[str, Field(pattern=MOMENT.pattern)])

DaysOrText = TypeAliasType("DaysOrText", Annotated[int, Field(ge=0, le=3650)] | IntegerText)

Days = Annotated[int, Field(ge=0, le=3650), AN_INTEGER, SentAs(DaysOrText)]
Integer = Annotated[int, AN_INTEGER, SentAs(IntegerOrText)]
Flag = Annotated[bool, A_TRUTH, SentAs(TruthOrText)]


class Lenient(BaseModel):
    """A body whose members may be "" for null; what it does not know stays as it is."""

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        described = handler(schema)
        for name, member in handler.resolve_ref_schema(described)["properties"].items():
            _allow_blank(name, member, handler)
        return described

    @model_validator(mode="before")
    @classmethod
    def _blanks(cls, body: Any) -> Any:
        if not isinstance(body, dict):
            return body
        known = {name: null_for_blank(body[name]) for name in cls.model_fields.keys() & body.keys()}
        return body | known


def _allow_blank(name: str, member: dict[str, Any], handler: GetJsonSchemaHandler) -> None:
    """Beside null, where it is not allowed already."""
    either = member.get("anyOf", [])
    if len(either) == 2 and (described := _free_object(either[0], handler)):
        del member["anyOf"]
        member.update(described)
        return
    if {"type": "null"} not in either or any(_is_blank_allowed(one, handler) for one in either):
        return
    named = handler.resolve_ref_schema(either[0]).get("title") if "$ref" in either[0] else None
    member["title"] = f"{named or name.title().replace('_', '')}OrBlank"
    either.insert(-1, {"type": "string", "pattern": f"^{BLANK}$"})


def _free_object(schema: JsonSchemaValue, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
    """An object whose members have names of the client's, or null, or blank; {} for others.

    Without a type of its own: generators of clients take it for what it mostly is, and make no
    code that compiles of "an object or a text".
    """
    known = handler.resolve_ref_schema(schema)
    if known.get("type") != "object" or "properties" in known:
        return {}
    described = {name: value for name, value in known.items() if name != "type"}
    return described | {
        "pattern": f"^{BLANK}$",
        "not": {"type": ["array", "boolean", "number"], "items": {}},
    }


@dataclass(frozen=True)
class ObjectOrBlank:
    """An annotation: the API's description says that "" may stand for the object, too."""

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return _free_object(handler(schema)["anyOf"][0], handler)


def _is_blank_allowed(schema: dict[str, Any], handler: GetJsonSchemaHandler) -> bool:
    known = handler.resolve_ref_schema(schema)
    if "anyOf" in known:
        return any(_is_blank_allowed(one, handler) for one in known["anyOf"])
    if known.get("type") != "string" or "enum" in known or known.get("minLength"):
        return False
    return bool(re.search(known.get("pattern", ""), ""))


class OkOut(BaseModel):
    """Done, or nothing was left to do."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"ok": True}]})

    ok: bool = True


def _in_utc(moment: datetime) -> datetime:
    """Without a zone it is UTC."""
    try:
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except OverflowError:
        raise ValueError("a time that no calendar has") from None


Moment = Annotated[datetime, AfterValidator(_in_utc), WRITTEN, SentAs(MomentText)]
"""RFC 3339, or a day."""
Text = Annotated[str, StringConstraints(max_length=1_000)]
Offset = Annotated[
    int,
    Field(ge=0, le=BIGGEST),
    AN_INTEGER,
    Query(description="Rows to skip; or use `cursor`."),
]
QueryFlag = Annotated[bool, BeforeValidator(_word)]
"""In an address; in a body it may be a text or a number, too."""
