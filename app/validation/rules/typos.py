"""Domains that are one slip away from a large mail provider."""

from rapidfuzz.distance import OSA

from app.validation.rules.lists import FREE, words

PROVIDERS = words("providers")


def meant(address_key: str) -> str | None:
    """The same address at the provider one edit away (insert, delete, replace, swap); or None.

    Never for a free provider: 46 of them are one edit from a larger one. Of two edits,
    every fourth would be a mistake.
    """
    local, _, domain = address_key.rpartition("@")
    if domain in FREE:
        return None
    near = (name for name in PROVIDERS if OSA.distance(domain, name, score_cutoff=1) == 1)
    found = next(near, None)
    return found and f"{local}@{found}"
