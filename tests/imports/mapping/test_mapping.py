"""A mapping: refused where it is wrong, and applied to rows."""

from typing import Any

import pytest

from app.imports.mapping.findings import Finding
from app.imports.mapping.mapping import Mapped, Mapping, MappingWrong
from app.imports.mapping.suggest import suggest

HEADERS = ["Email", "Name", "Phone", "Note"]
LONG = "x" * 1_001


def wrong(given: dict[str, str | None]) -> list[Finding]:
    with pytest.raises(MappingWrong) as caught:
        Mapping.checked(HEADERS, given)
    return caught.value.findings


def row(value: str, target: str, header: str = "X") -> Mapped:
    return Mapping(["Email", header], ["email", target]).apply(["a@x.com", value])


def lead(value: str, target: str, header: str = "X") -> dict[str, Any]:
    found = row(value, target, header)
    assert found.problem is None
    assert found.lead.pop("email") == "a@x.com"
    return found.lead


@pytest.mark.parametrize(
    ("given", "code", "column", "detail"),
    [
        ({"Name": "full_name"}, "email_missing", None, "No column is mapped to email."),
        ({"Phone": "phone"}, "unknown_field", "Phone", "`phone` is no field; phone_number is."),
        (
            {"Name": "First Name"},
            "unknown_field",
            "Name",
            "`First Name` is no field; first_name is.",
        ),
        (
            {"Note": "zzz"},
            "unknown_field",
            "Note",
            "`zzz` is no field. Write custom_fields.zzz for one of your own.",
        ),
        (
            {"Name": "city", "Note": "city"},
            "mapped_twice",
            "Note",
            "`Name` is mapped to city already.",
        ),
        (
            {"Name": "custom_fields.a", "Note": "custom_fields.a"},
            "mapped_twice",
            "Note",
            "`Name` is mapped to custom_fields.a already.",
        ),
        ({"E-mail": "city"}, "unknown_column", "E-mail", "The file has no column `E-mail`."),
        *(
            (
                {"Note": f"custom_fields.{name}"},
                "custom_field_name",
                "Note",
                "A custom field's name has 1 to 200 characters, and no space at its ends.",
            )
            for name in ("", " ", "a ", "x" * 201, "a\x00")
        ),
    ],
)
def test_what_is_wrong_with_a_mapping(
    given: dict[str, str | None], code: str, column: str | None, detail: str
) -> None:
    with_address = given if code == "email_missing" else {"Email": "email", **given}
    assert wrong(with_address) == [(code, column, detail)]


def test_all_that_is_wrong_is_said_at_once() -> None:
    codes = [code for code, *_ in wrong({"Name": "nmae", "Nmae": "city"})]
    assert codes == ["unknown_field", "unknown_column", "email_missing"]


def test_too_many_custom_fields() -> None:
    headers = ["Email", *(str(n) for n in range(501))]
    given = {header: f"custom_fields.{header}" for header in headers[1:]}
    with pytest.raises(MappingWrong, match="A lead has 500 custom fields at most"):
        Mapping.checked(headers, {"Email": "email", **given})


def test_columns_that_are_not_named_are_left_out() -> None:
    mapping = Mapping.checked(HEADERS, {"Email": "email", "Note": None})
    assert mapping.stored() == {"Email": "email", "Name": None, "Phone": None, "Note": None}
    assert Mapping.checked(HEADERS, mapping.stored()).stored() == mapping.stored()
    assert mapping.apply(["a@x.com", "Ann", "1", "n"]) == ({"email": "a@x.com"}, (), None)


def test_a_row_becomes_a_lead() -> None:
    mapping = Mapping.checked(
        ["E", "F", "L", "C", "T", "I"],
        {
            "E": "email",
            "F": "first_name",
            "L": "last_name",
            "C": "company_name",
            "T": "tags",
            "I": "custom_fields.icebreaker",
        },
    )
    cells = ["ann@x.com", " Ann ", "", "X Ltd\u00a0", "a, b;c|a", "It's you"]
    assert mapping.apply(cells) == (
        {
            "email": "ann@x.com",
            "first_name": "Ann",
            "company_name": "X Ltd",
            "custom_fields": {"icebreaker": "It's you"},
        },
        ("a", "b", "c"),
        None,
    )


def test_a_suggestion_is_a_mapping() -> None:
    mapping = Mapping.of_suggestion(suggest(["E-Mail", "Vorname", "Hobby"], []))
    assert mapping.stored() == {
        "E-Mail": "email",
        "Vorname": "first_name",
        "Hobby": "custom_fields.Hobby",
    }


@pytest.mark.parametrize("cells", [["a@x.com"], ["a@x.com", ""], ["a@x.com", " ", "more", "cells"]])
def test_rows_may_be_short_or_long(cells: list[str]) -> None:
    mapping = Mapping(["Email", "City"], ["email", "city"])
    assert mapping.apply(cells) == ({"email": "a@x.com"}, (), None)
    assert mapping.apply([]) == ({}, (), None)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (" a@x.com\u00a0", " a@x.com\u00a0"),  # its ledger line tells of the spaces
        ('="a@x.com"', "a@x.com"),
        ("a@x.com ::: b@x.com", "a@x.com"),
        ("  ", None),
        ("N/A", None),
        ("nan ", None),
    ],
)
def test_the_address(given: str, kept: str | None) -> None:
    expected = {} if kept is None else {"email": kept}
    assert Mapping(["E"], ["email"]).apply([given]) == (expected, (), None)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("'+420777123456", "+420777123456"),
        (" '0042 777-123 ", "0042 777-123"),
        ('="+420777123456"', "+420777123456"),
        ('\'="+420777123456"', "+420777123456"),
        ('="say ""hi"""', 'say "hi"'),
        ("'=1+1", "=1+1"),
        ("'47 Brand", "'47 Brand"),
        ("'t Hooft", "'t Hooft"),
        ("O'Neil", "O'Neil"),
        ("= more", "= more"),
    ],
)
def test_what_spreadsheets_wrap_around_values(given: str, kept: str) -> None:
    assert lead(given, "company_name") == {"company_name": kept}
    assert lead(given, "custom_fields.c") == {"custom_fields": {"c": kept}}


@pytest.mark.parametrize("given", ["nan", "NaN", "N/A", "n/a", "#N/A", "#n/a", "null", "NULL"])
def test_placeholders_are_empty(given: str) -> None:
    assert lead(given, "city") == {}
    assert lead(given, "custom_fields.c") == {"custom_fields": {"c": given}}


@pytest.mark.parametrize(
    ("given", "is_name"),
    [
        ("Nan", True),
        ("NAN", True),
        ("Null", True),
        ("Li", True),
        ("nan", False),
        ("NaN", False),
        ("null", False),
        ("N/A", False),
        ("#N/A", False),
    ],
)
def test_names_that_look_like_placeholders(given: str, is_name: bool) -> None:
    assert lead(given, "first_name") == ({"first_name": given} if is_name else {})
    assert lead(given, "last_name") == ({"last_name": given} if is_name else {})


@pytest.mark.parametrize(
    ("full", "first", "last"),
    [
        ("Ann Doe", "Ann", "Doe"),
        ("Ann", "Ann", None),
        ("Ann van der Berg", "Ann", "van der Berg"),
        ("Berg, Ann", "Ann", "Berg"),
        ("Dr. Ann Doe", "Ann", "Doe"),
        ("Mr Carl Doe", "Carl", "Doe"),
        ("Ing. Mgr. Jan Novák, Ph.D.", "Jan", "Novák"),
        ("Novák, Jan, Ph.D.", "Jan", "Novák"),
        ("Ann Doe, MBA", "Ann", "Doe"),
        ("Ann Doe (she/her)", "Ann", "Doe"),
        ("Pan Wei", "Pan", "Wei"),
        ("J. Doe", "J.", "Doe"),
        ("Herr", "Herr", None),
        ("()", None, None),
        (",", None, None),
    ],
)
def test_a_full_name_is_split(full: str, first: str | None, last: str | None) -> None:
    expected = {"first_name": first, "last_name": last}
    assert lead(full, "full_name") == {name: value for name, value in expected.items() if value}


@pytest.mark.parametrize(
    ("first", "last", "full", "expected"),
    [
        ("Ann", "Doe", "Somebody Else", ("Ann", "Doe")),
        ("Ann Marie", "", "Ann Marie Doe", ("Ann Marie", "Doe")),
        ("", "van der Berg", "Ann Marie van der Berg", ("Ann Marie", "van der Berg")),
        ("Ann", "", "Doe, Ann", ("Ann", "Doe")),
        ("", "", "Ann Doe", ("Ann", "Doe")),
    ],
)
def test_a_full_name_fills_what_is_empty(
    first: str, last: str, full: str, expected: tuple[str, str]
) -> None:
    mapping = Mapping(["f", "l", "n"], ["first_name", "last_name", "full_name"])
    found = mapping.apply([first, last, full]).lead
    assert (found["first_name"], found["last_name"]) == expected
    assert "full_name" not in found


@pytest.mark.parametrize(
    ("header", "given", "kept"),
    [
        ("Company Revenue Min (Millions USD)", "12.5", "12.5 million USD"),
        ("Revenue (in 000s USD)", "1,250", "1,250 thousand USD"),
        ("Umsatz (Mio €)", "3,5", "3,5 million EUR"),
        ("Revenue in thousands", "7", "7 thousand"),
        ("Company Revenue Min (Millions USD)", "0.0", None),
        ("Revenue (in 000s USD)", "$5 mil.", "$5 mil."),
        ("Revenue Range (in USD)", "10 - 25", "10 - 25"),
        ("Annual Revenue", "1000000", "1000000"),
        ("Annual Revenue", "0", "0"),
    ],
)
def test_revenue_takes_its_unit_from_the_header(header: str, given: str, kept: str | None) -> None:
    assert lead(given, "revenue", header) == ({"revenue": kept} if kept else {})


@pytest.mark.parametrize(
    ("given", "tags"),
    [
        ("", ()),
        (" ; ", ()),
        ('"hot","met in Brno"', ("hot", "met in Brno")),
        ("* myContacts ::: friends", ("myContacts", "friends")),
        ("a,a , b", ("a", "b")),
    ],
)
def test_tags(given: str, tags: tuple[str, ...]) -> None:
    assert row(given, "tags") == ({"email": "a@x.com"}, tags, None)


def test_a_wrapping_around_nothing_is_empty() -> None:
    assert lead('=""', "city") == lead('=""', "custom_fields.c") == {}


def test_the_first_of_several_values() -> None:
    assert lead("+1 555 ::: +1 556", "phone_number") == {"phone_number": "+1 555"}
    assert lead(" ::: +1 556", "phone_number") == {"phone_number": "+1 556"}
    assert lead(":::", "phone_number") == {}
    assert lead("a ::: b", "custom_fields.c") == {"custom_fields": {"c": "a ::: b"}}


def test_json_becomes_custom_fields() -> None:
    cell = '{"icebreaker": " Hi ", "n": 1.5, "y": true, "none": null, "": "", "l": [1, {"a": "b"}]}'
    assert lead(cell, "custom_fields") == {
        "custom_fields": {"icebreaker": "Hi", "n": 1.5, "y": True, "l": '[1,{"a":"b"}]'}
    }


def test_columns_win_over_json_and_json_over_the_rest() -> None:
    mapping = Mapping(["j", "a"], ["custom_fields", "custom_fields.a"])
    extra = {"a": 3, "b": 3, "c": 3, "custom_fields": {"d": 4, "b": 4}}
    assert mapping.apply(['{"a": 2, "b": 2}', "1"], extra).lead == {
        "custom_fields": {"a": "1", "b": 2, "c": 3, "d": 4}
    }


@pytest.mark.parametrize(
    ("target", "given", "field", "detail"),
    [
        ("city", LONG, "city", "It has 1,001 characters; 1,000 are the most."),
        ("city", "a\x00b", "city", "It holds a NUL character."),
        ("full_name", LONG, "full_name", "It has 1,001 characters; 1,000 are the most."),
        (
            "custom_fields.c",
            "x" * 10_001,
            "custom_fields.c",
            "It has 10,001 characters; 10,000 are the most.",
        ),
        ("custom_fields.c", "a\x00", "custom_fields.c", "It holds a NUL character."),
        ("custom_fields", "[1]", "custom_fields", "It is JSON, but not an object."),
        ("custom_fields", "{", "custom_fields", "It is not JSON that can be kept."),
        ("custom_fields", '{"a":"\\u0000"}', "custom_fields", "It is not JSON that can be kept."),
        (
            "custom_fields",
            '{"a":12345678901234567890123}',
            "custom_fields",
            "It is not JSON that can be kept.",
        ),
        (
            "custom_fields",
            '{"%s": 1}' % ("k" * 201),
            "custom_fields." + "k" * 200,
            "A custom field's name has 1 to 200 characters.",
        ),
        ("tags", "x" * 201, "tags", "A tag has more than 200 characters."),
        ("tags", ",".join(map(str, range(51))), "tags", "It has 51 tags; 50 are the most."),
        ("tags", "a\x00", "tags", "It holds a NUL character."),
    ],
)
def test_values_that_cannot_be_kept(target: str, given: str, field: str, detail: str) -> None:
    assert row(given, target) == ({"email": "a@x.com"}, (), (field, detail))


def test_values_that_are_just_short_enough() -> None:
    assert lead("x" * 1_000, "city") == {"city": "x" * 1_000}
    assert lead("x" * 10_000, "custom_fields.c") == {"custom_fields": {"c": "x" * 10_000}}


def test_too_many_custom_fields_in_a_row() -> None:
    found = Mapping(["E"], ["email"]).apply(["a@x.com"], {str(n): n for n in range(501)})
    detail = "It has 501 custom fields; 500 are the most."
    assert found == ({"email": "a@x.com"}, (), ("custom_fields", detail))


@pytest.mark.parametrize("value", [2**64, [2**64]])
def test_numbers_that_no_json_of_ours_holds(value: Any) -> None:
    found = Mapping(["E"], ["email"]).apply(["a@x.com"], {"n": value, "m": 1})
    detail = "It is nested too deeply, or a number is too large."
    assert found == (
        {"email": "a@x.com", "custom_fields": {"m": 1}},
        (),
        ("custom_fields.n", detail),
    )
