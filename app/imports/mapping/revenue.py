"""Revenue whose unit stands in the header: it is put behind each amount, which is kept as written.

``12.5`` under ``Company Revenue Min (Millions USD)`` becomes ``12.5 million USD``. Multiplied it
would look like another figure than the file's, and more exact than it is; the field is text.
"""

import re

SCALES = (
    (re.compile(r"\b(?:0?00s|thousands?|tsd|in k|tis)\b", re.IGNORECASE), "thousand"),
    (re.compile(r"\b(?:millions?|mio|mil|mln|mm)\b", re.IGNORECASE), "million"),
    (re.compile(r"\b(?:billions?|bn|mrd)\b", re.IGNORECASE), "billion"),
)
CURRENCY = re.compile(r"\b(USD|EUR|GBP|CHF|CZK|PLN|CAD|AUD|SEK|NOK|DKK|JPY|INR)\b|([$€£])")
SIGNS = {"$": "USD", "€": "EUR", "£": "GBP"}
AMOUNT = re.compile(r"[\d.,'\s-]+").fullmatch
"""Bare: what has words or signs of its own needs none of ours."""
NOTHING = re.compile(r"0+(?:[.,]0+)?").fullmatch
"""What exports write for an unknown revenue."""


def unit_in(header: str) -> str | None:
    """``million USD``; None when the header has no scale."""
    scale = next((word for pattern, word in SCALES if pattern.search(header)), None)
    if scale is None:
        return None
    currency = CURRENCY.search(header)
    named = currency and (currency[1] or SIGNS[currency[2]])
    return f"{scale} {named}" if named else scale


def with_unit(amount: str, unit: str) -> str:
    if NOTHING(amount):
        return ""
    return f"{amount} {unit}" if AMOUNT(amount) else amount
