import re
from datetime import UTC, datetime

import pytest
from starlette.datastructures import URL

from app.kit.pages import Cursor, InvalidCursor, Page, next_headers

MOMENT = datetime(2026, 11, 23, 10, 0, 0, 123456, tzinfo=UTC)
LEADS = Cursor("leads", datetime, str, int)


@pytest.mark.parametrize(
    "keys",
    [(MOMENT, "ann@example.com", 7), (MOMENT, "", -1), (MOMENT, "ä/?=&+ …", 2**63 - 1)],
)
def test_a_cursor_gives_back_its_sort_keys(keys: tuple[object, ...]) -> None:
    cursor = LEADS.encode(*keys)
    assert re.fullmatch("[A-Za-z0-9_-]+", cursor)
    assert LEADS.decode(cursor) == keys


GOOD = LEADS.encode(MOMENT, "ann@example.com", 7)


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "0" * 5000,
        "%00%00%00%00",
        "ööööööööö",
        GOOD[:-1],
        GOOD[1:],
        GOOD + "A",
        GOOD.swapcase(),
        Cursor("campaigns", datetime, str, int).encode(MOMENT, "ann@example.com", 7),
        Cursor("leads", str, int).encode("ann@example.com", 7),
        Cursor("leads", int, str, int).encode(5, "ann@example.com", 7),
        LEADS.encode("not a moment", "ann@example.com", 7),
        LEADS.encode("0001-01-01T00:00:00+14:00", "ann@example.com", 7),
        LEADS.encode(MOMENT, "a\x00", 7),
        LEADS.encode(MOMENT, 7, 7),
        LEADS.encode(None, "ann@example.com", 7),
        LEADS.encode(MOMENT, None, None),
        LEADS.encode(MOMENT, "ann@example.com", "7"),
        LEADS.encode(MOMENT, "ann@example.com", True),
        LEADS.encode(MOMENT, "ann@example.com", 2**63),
        LEADS.encode(MOMENT, "ann@example.com", 7.5),
    ],
)
def test_any_other_text_is_no_cursor(cursor: str) -> None:
    with pytest.raises(InvalidCursor):
        LEADS.decode(cursor)


def test_a_page_knows_whether_there_is_a_next() -> None:
    numbers = Cursor("numbers", int)
    page = Page(None, 2)
    assert page.after(numbers) is None
    full = page.cut([1, 2, 3], numbers, lambda n: (n,))
    assert full.rows == [1, 2]
    assert Page(full.next_cursor, 2).after(numbers) == (2,)
    for rows in ([], [1], [1, 2]):
        last = page.cut(rows, numbers, lambda n: (n,))
        assert (last.rows, last.next_cursor) == (rows, None)


def test_a_bare_array_tells_of_its_next_page_in_headers_without_the_key() -> None:
    url = URL("http://x.test/api/v1/campaigns?api_key=secret&limit=5&offset=0&cursor=old")
    assert next_headers(url, "new") == {
        "Link": '<http://x.test/api/v1/campaigns?limit=5&cursor=new>; rel="next"',
        "X-Next-Cursor": "new",
    }
    assert next_headers(url, None) == {}
