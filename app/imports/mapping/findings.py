"""What is to be said about a column, or about all of them together."""

from typing import NamedTuple


class Finding(NamedTuple):
    """``column`` is None where the whole file is meant; ``detail`` is a sentence for people."""

    code: str
    column: str | None
    detail: str
