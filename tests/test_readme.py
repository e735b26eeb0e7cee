"""Does the README say what the code does? Its commands are run by ``.ci/readme``."""

import re
from pathlib import Path

import pytest
from pydantic import SecretStr

from app.settings import Settings
from app.values import Code
from tests.readme_tables import TABLES

README = Path(__file__).parents[1].joinpath("README.md").read_text()
VARIABLE = re.compile(r"^\| `LEADGATE_(\w+)` \| (.*?) \|", re.MULTILINE)
VERDICT = re.compile(r"^\| ((?:`\w+`(?:, )?)+) \| .* \| .* \|$", re.MULTILINE)


@pytest.mark.parametrize("name", TABLES)
def test_tables_are_those_of_the_code(name: str) -> None:
    """To mend it: ``python -m tests.readme_tables``."""
    assert f"\n\n{TABLES[name]}\n\n" in README


def test_settings_are_told_with_their_defaults() -> None:
    told = {name.lower(): default.strip(" `") for name, default in VARIABLE.findall(README)}
    assert told == {name: default(name) for name in Settings.model_fields}


def default(name: str) -> str:
    field = Settings.model_fields[name]
    value = field.default
    if field.is_required():
        return "required"
    assert not isinstance(value, SecretStr)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        value = ",".join(value)
    return str(value) if value else "none"


def test_verdicts_are_told_each_once_and_in_order() -> None:
    table = README.split("**Verdicts**")[1].split("\n\n")[1]
    assert re.findall(r"`(\w+)`", " ".join(VERDICT.findall(table))) == [code.value for code in Code]
