"""Documents as they are stored."""

import json
from typing import Any

import orjson


def written(document: Any) -> str:
    """As JSON text.

    jsonb keeps 1e20 as the integer 100000000000000000000. Python reads that, and orjson, which is
    far quicker, refuses to write it again: it knows integers of 64 bits.
    """
    try:
        return orjson.dumps(document).decode()
    except TypeError:
        return json.dumps(document, ensure_ascii=False)
