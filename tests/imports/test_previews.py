"""What a preview sees of a file, and what it leaves behind."""

import gc
import weakref
from collections.abc import Iterator

import pytest

from app.files.formats import detect
from app.files.records import Records
from app.imports.previewing import preview_of, sample_of
from tests.files.reading import table


@pytest.mark.parametrize("nothing", ["n/a", "-", "none", "nan"])
def test_cells_that_say_nothing_at_the_top_do_not_hide_what_a_column_is(nothing: str) -> None:
    """Nor is another column taken for it."""
    rows = [f"{nothing},own@example.com"] * 30 + [f"p{n}@example.com," for n in range(900)]
    text = "\n".join(["email,other", *rows]).encode()
    read_as = detect(text, whole=True, name="people.csv")
    preview = preview_of(read_as, sample_of(read_as, text, whole=True), ())
    assert preview.mapping == {"email": "email", "other": "custom_fields.other"}


@pytest.fixture
def no_collector() -> Iterator[None]:
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("no_collector")
def test_what_is_closed_is_freed_without_a_look_for_cycles() -> None:
    records = Records(table("A"), [b"1\n2\n3\n"], offset=0, line=1)
    next(records)
    gone = weakref.ref(records)
    records.close()
    del records
    assert gone() is None
