"""Evidence as PostgreSQL can keep it: what servers say may be anything."""

from typing import Any


def sanitised(value: Any) -> Any:
    """A JSON value without what jsonb refuses: NUL and lone surrogates become U+FFFD."""
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, dict):
        return {_text(str(name)): sanitised(member) for name, member in value.items()}
    if isinstance(value, list | tuple):
        return [sanitised(member) for member in value]
    return value


def _text(text: str) -> str:
    return "".join(
        "\ufffd" if char == "\0" or "\ud800" <= char <= "\udfff" else char for char in text
    )
