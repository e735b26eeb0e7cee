from typing import Annotated, Any
from uuid import UUID

import pytest
from pydantic import AfterValidator, BaseModel, StringConstraints, ValidationError

from app.kit.findings import MAX_NAME, of_validation


def _even(value: int) -> int:
    if value % 2:
        raise ValueError("an even number is needed")
    return value


class Inner(BaseModel):
    name: str


class Thing(BaseModel):
    percent: int | float = 0
    inner: Inner | list[Inner] | None = None
    names: list[str] = []
    words: dict[Annotated[str, StringConstraints(max_length=2)], str] = {}
    even: Annotated[int, AfterValidator(_even)] = 0
    id: UUID | None = None


def errors(body: Any) -> list[tuple[str, str, str]]:
    with pytest.raises(ValidationError) as raised:
        Thing.model_validate(body)
    found = [{**error, "loc": ("body", *error["loc"])} for error in raised.value.errors()]
    return [
        (error["pointer"], error["code"], error["detail"])
        for error in of_validation(found, body).errors
    ]


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ("x", ("/", "model_type", "Input should be an object")),
        ({"inner": 5}, ("/inner", "model_type", "Input should be an object")),
        ({"inner": {}}, ("/inner/name", "missing", "Field required")),
        ({"inner": [{}]}, ("/inner/0/name", "missing", "Field required")),
        ({"names": "a"}, ("/names", "list_type", "Input should be an array")),
        ({"words": []}, ("/words", "dict_type", "Input should be an object")),
        (
            {"words": {"a/b": "x"}},
            ("/words/a~1b", "string_too_long", "String should have at most 2 characters"),
        ),
        ({"even": 1}, ("/even", "value_error", "an even number is needed")),
        ({"id": "secret"}, ("/id", "uuid_parsing", "Input should be a UUID")),
        (
            {"percent": "x"},
            (
                "/percent",
                "int_parsing",
                "Input should be a valid integer, unable to parse string as an integer",
            ),
        ),
    ],
)
def test_a_finding_is_a_place_in_the_body_and_a_sentence(
    body: Any, error: tuple[str, str, str]
) -> None:
    assert error in errors(body)
    assert not [
        pointer for pointer, _, _ in errors(body) if pointer.endswith(("]", "int", "Inner"))
    ]


def test_of_many_the_first_hundred_are_shown_and_of_long_names_the_beginning() -> None:
    body = {"words": {"ab" + "x" * 10_000 + str(n): "x" for n in range(300)}}
    found = errors(body)
    assert len(found) == 100
    assert {pointer for pointer, _, _ in found} == {"/words/ab" + "x" * (MAX_NAME - 2) + "…"}
