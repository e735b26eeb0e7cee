"""The filter as conditions on ``l``, a lead, and ``cl``, a membership."""

from typing import Any

from app.leads.repository.columns import validated_as
from app.leads.rules.filters import Between, CustomCondition, CustomOp, CustomType, LeadFilter

WORDS = ("city", "country", "industry", "company_size", "revenue")
SEARCHED = "lower(concat_ws(' ', l.first_name, l.last_name, l.company_name, l.email))"
# "offset 0" keeps the look-up of memberships by index, whatever the statistics say.
IN_PIPELINE = """not exists (
          select from campaign_leads m
          join campaigns c on c.workspace_id = $1 and c.id = m.campaign_id
          where m.workspace_id = $1 and m.lead_id = l.id
            and not c.holding and c.deleted_at is null offset 0)"""

NUMBER = r"^\s*[+-]?[0-9]{1,100}(\.[0-9]{1,100})?\s*$"
DAY = "^[0-9]{4}-[0-9]{2}-[0-9]{2}"
COMPARED = {
    CustomOp.EQ: "=",
    CustomOp.NE: "is distinct from",
    CustomOp.LT: "<",
    CustomOp.LTE: "<=",
    CustomOp.GT: ">",
    CustomOp.GTE: ">=",
}


class Conditions:
    """Texts of conditions, and all parameters of the statement so far."""

    def __init__(self, *arguments: Any) -> None:
        self.arguments: list[Any] = list(arguments)
        self.texts: list[str] = []

    def place(self, text: str, *values: Any) -> str:
        """The text with the numbers of these parameters in the places of ``%s``."""
        first = len(self.arguments) + 1
        self.arguments += values
        return text % tuple(f"${first + place}" for place in range(len(values)))

    def add(self, text: str, *values: Any) -> None:
        self.texts.append(self.place(text, *values))

    def add_repeated(self, text: str, value: Any) -> None:
        """The same parameter in the places of all ``%s``."""
        self.arguments.append(value)
        self.texts.append(text.replace("%s", f"${len(self.arguments)}"))


def conditions(asked: Conditions, by: LeadFilter) -> None:
    """Those that the filter asks for, and no others: each text has a plan of its own."""
    _of_lead(asked, by)
    if by.is_of_members:
        _of_member(asked, by)
    _between(asked, "cl.created_at" if by.campaign_id else "l.created_at", by.created_at)
    known = "(l.custom_fields || cl.custom_fields)" if by.campaign_id else "l.custom_fields"
    for one in by.custom:
        _custom(asked, known, one)
    if by.in_pipeline:
        asked.add(IN_PIPELINE)


def _of_lead(asked: Conditions, by: LeadFilter) -> None:
    for name in WORDS:
        if words := getattr(by, name):
            asked.add(f"lower(l.{name}) = any({_lower('%s')})", list(words))
    if by.email is not None:
        asked.add("l.email = %s", by.email)
    if by.email_prefix is not None:
        asked.add("starts_with(l.email, %s)", by.email_prefix)
    if by.validation:
        asked.add_repeated(validated_as("l.id", "%s::text[]"), list(by.validation))
    if by.q is not None:
        asked.add(f"position(lower(%s::text) in {SEARCHED}) > 0", by.q)


def _of_member(asked: Conditions, by: LeadFilter) -> None:
    for text, values in (
        ("cl.lead_id = any(%s::bigint[])", by.lead_ids),
        ("cl.campaign_id = any(%s::bigint[])", by.campaign_id),
        ("cl.status = any(%s::text[])", by.status),
        ("cl.step = any(%s::int[])", by.step),
        ("cl.source = any(%s::text[])", by.source),
        ("cl.tags && %s::text[]", by.tags_any),
        ("cl.tags @> %s::text[]", by.tags_all),
    ):
        if values:
            asked.add(text, list(values))
    _between(asked, "coalesce(cl.last_activity_at, cl.created_at)", by.last_activity_at)


def _between(asked: Conditions, moment: str, between: Between | None) -> None:
    if between and between.gte:
        asked.add(f"{moment} >= %s::timestamptz", between.gte)
    if between and between.lt:
        asked.add(f"{moment} < %s::timestamptz", between.lt)


def _custom(asked: Conditions, known: str, one: CustomCondition) -> None:
    """A field that is not there is unlike every value."""
    field = asked.place(f"({known} ->> %s::text)", one.field)
    if one.op is CustomOp.EXISTS:
        asked.add(f"({field} is not null) = (%s::text = 'true')", one.values[0])
        return
    value = _field_as(one.type, field)
    if one.op is CustomOp.IN:
        listed = f"array(select {_value_as(one.type, 'v')} from unnest(%s::text[]) v)"  # noqa: S608  # text of ours
        asked.add(f"{value} = any({listed})", list(one.values))
    elif one.op is CustomOp.CONTAINS:
        asked.add(f"position(lower(%s::text) in {value}) > 0", one.values[0])
    else:
        compared = _value_as(one.type, "%s::text")
        asked.add(f"{value} {COMPARED[one.op]} {compared}", one.values[0])


def _field_as(kind: CustomType, field: str) -> str:
    """A custom value as what it is compared; null where it is none of that kind.

    A cast that fails would end the statement, so only what surely is a number is made one, and days
    are compared as they are written.
    """
    if kind is CustomType.NUMBER:
        return f"case when {field} ~ '{NUMBER}' then {field}::numeric end"
    if kind is CustomType.DATE:
        return f"substring({field} from '{DAY}') collate \"C\""
    return f"lower({field})"


def _value_as(kind: CustomType, value: str) -> str:
    return f"{value}::numeric" if kind is CustomType.NUMBER else f"lower({value})"


def _lower(words: str) -> str:
    """All of them in lower case, once for the statement."""
    return f"array(select lower(word) from unnest({words}::text[]) word)"  # noqa: S608  # text of ours
