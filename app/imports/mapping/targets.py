"""What a column can become. None leaves it out."""

from app.values import LEAD_FIELDS

EMAIL = "email"
FULL_NAME = "full_name"
"""Split into first and last name, where those are not given."""
TAGS = "tags"
"""Several in a cell, separated by a comma, a semicolon or a bar."""
CUSTOM_FIELDS = "custom_fields"
"""A JSON object in each cell, as SmartLead exports them; its members become custom fields."""
CUSTOM_FIELD = "custom_fields."
"""Begins the target of a column that becomes one custom field."""
VALIDATION = "validation"
"""What a tool found out about the address, in its own words."""
VALIDATION_DETAIL = "validation_detail"
"""Its reason, where that is a column of its own."""
VALIDATION_CHECKED_AT = "validation_checked_at"

TARGETS = (
    EMAIL,
    *LEAD_FIELDS,
    FULL_NAME,
    TAGS,
    CUSTOM_FIELDS,
    VALIDATION,
    VALIDATION_DETAIL,
    VALIDATION_CHECKED_AT,
)

MAX_FIELD_LENGTH = 1_000
MAX_CUSTOM_NAME_LENGTH = 200
MAX_CUSTOM_VALUE_LENGTH = 10_000
MAX_TAGS = 50
MAX_TAG_LENGTH = 200


def custom_name(target: str | None) -> str | None:
    """The name of the custom field that a column becomes."""
    if target is None or not target.startswith(CUSTOM_FIELD):
        return None
    return target.removeprefix(CUSTOM_FIELD)


def is_custom_name(name: str) -> bool:
    return name == name.strip() != "" and len(name) <= MAX_CUSTOM_NAME_LENGTH and "\x00" not in name
