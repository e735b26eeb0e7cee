"""What pydantic finds wrong with a request, as those read it who sent JSON, not Python."""

from collections.abc import Container, Iterable, Sequence
from typing import Any

from app.kit.problems import InvalidRequest

MOST_SHOWN = 100
MAX_NAME = 200
"""Of a name in a pointer; longer ones end in an ellipsis, or a hundred of them would be an answer
of any size."""
SENTENCES = (
    dict.fromkeys(
        ("model_type", "model_attributes_type", "dict_type", "mapping_type", "dataclass_type"),
        "Input should be an object",
    )
    | dict.fromkeys(("list_type", "tuple_type", "set_type"), "Input should be an array")
    | {
        "none_required": "Input should be null",
        "uuid_parsing": "Input should be a UUID",  # pydantic's own quotes a letter of it
        "union_tag_invalid": "Input should be of a known kind",  # and the kind that was given
    }
)
OWN = ("Value error, ", "Assertion failed, ")
"""What pydantic says before a sentence of ours."""


def of_validation(errors: Sequence[Any], body: Any) -> InvalidRequest:
    """Each with a pointer into the request, and without the value."""
    found = [
        {
            "pointer": _place(error["loc"], error["type"], body),
            "code": error["type"],
            "detail": _sentence(error["type"], error["msg"]),
        }
        for error in errors[:MOST_SHOWN]
    ]
    first = found[0]
    more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
    return InvalidRequest(f"{first['pointer']}: {first['detail']}{more}", errors=found)


def pointer(parts: Iterable[object]) -> str:
    """A JSON pointer (RFC 6901)."""
    return "".join(f"/{_escaped(str(part))}" for part in parts)


def _escaped(name: str) -> str:
    shown = name if len(name) <= MAX_NAME else name[:MAX_NAME] + "…"
    return shown.replace("~", "~0").replace("/", "~1")


def _place(location: tuple[Any, ...], code: str, body: Any) -> str:
    """``/lead_list/3/email`` in the body; ``query/limit`` for a parameter."""
    where, parts = str(location[0]), list(location[1:])
    if where != "body":
        return where + pointer(parts)
    if isinstance(body, dict | list):
        parts = _in(body, parts, code)
    return pointer(parts) or "/"


def _in(body: Any, parts: list[Any], code: str) -> list[Any]:
    """Without pydantic's words for the branches of a union, which are no places in the body."""
    found = []
    for part in parts:
        if part in _names(body):
            body = body[part]
        elif code != "missing" or part is not parts[-1]:
            continue
        found.append(part)
    return found


def _names(value: Any) -> Container[Any]:
    if isinstance(value, list):
        return range(len(value))
    return value if isinstance(value, dict) else ()


def _sentence(code: str, said: str) -> str:
    for before in OWN:
        said = said.removeprefix(before)
    return SENTENCES.get(code, said)
