"""Text columns of a batch as statement parameters.

asyncpg asks of every element of an array whether it is an array itself, twice: for a batch of 400
leads that took 4 ms, more than all the rest of the encoding. One text a column takes 0.1 ms.
"""

import secrets
from collections.abc import Collection, Sequence


def packed(columns: Sequence[Collection[str]]) -> tuple[str, list[str]]:
    """A separator, and each column as one text. An empty text stands for null.

    For ``string_to_array($n, $separator, '')``. The separator is random, so that no value has it.
    Of a column that is empty throughout nothing is sent: ``unnest`` fills up shorter ones by null.
    """
    separator = f"\x1f{secrets.token_hex(8)}\x1f"
    return separator, [separator.join(column) if any(column) else "" for column in columns]


def unpacked(separator: int, first: int, count: int) -> str:
    """The arrays in SQL, out of the parameters with these numbers."""
    texts = range(first, first + count)
    return ", ".join(f"string_to_array(${n}, ${separator}, '')" for n in texts)
