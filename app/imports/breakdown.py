"""By what the rows that did not get in may be counted. Pure."""

from enum import StrEnum

from app.values import ACCEPTED, FAILED, Code


class By(StrEnum):
    """Who or what stands in the way."""

    CAMPAIGN = "campaign"
    DOMAIN = "domain"
    SOURCE_TAG = "source_tag"
    ENTRY = "entry"
    NORMALISATION = "normalisation"


def counted_codes(by: By) -> list[Code]:
    """Which rows are asked: what failed has no address, so it is at no domain."""
    if by is By.NORMALISATION:
        return list(Code)
    without = (*ACCEPTED, *FAILED) if by is By.DOMAIN else ACCEPTED
    return [code for code in Code if code not in without]
