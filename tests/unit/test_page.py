"""Cursors lead to the next page, and forged ones nowhere."""

import base64
import json

import pytest

from nigoh.domain.page import MOST_ITEMS, PageQuery, read_cursor, write_cursor
from nigoh.errors import BadCursor


def forged(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


@pytest.mark.parametrize("key", [("Ўктам", "id"), ("", ""), ("a" * 500, "\U0001f600"), (1.5, 2**62), (-0.125, -1)])
def test_a_cursor_is_read_back_exactly(key: tuple[str | int | float, ...]) -> None:
    cursor = write_cursor("name", key)
    assert cursor.replace("-", "").replace("_", "").isalnum()
    assert read_cursor(cursor, "name", [type(part) for part in key]) == key


def test_whole_numbers_are_times_too() -> None:
    assert read_cursor(forged('["time", 5]'), "time", [float]) == (5.0,)


@pytest.mark.parametrize(
    "cursor",
    [
        "", "?", "%", "=", "a", "ab\n", "\u0436", "a" * 10_000, forged("[" * 1500), forged("{}"),
        forged("[]"), forged("null"),
        forged('["name"]'), forged('["name","a"]'), forged('["name","a","b","c"]'), forged('["other","a",1]'),
        forged('["name",1,1]'), forged('["name",null,1]'), forged('["name","a","b"]'), forged('["name","a",true]'),
        forged('["name","a",1.5]'), forged('["name","a",1e400]'), forged(f'["name","a",{2**64}]'),
        forged(f'["name","a",{"9" * 3000}]'), forged('["name","a\\u0000",1]'), forged('["name","\\ud800",1]'),
        write_cursor("name", ("a", 1)) + "!", write_cursor("name", ("a", 1))[:-3],
    ],
)  # fmt: skip
def test_what_is_no_cursor_of_this_list_is_refused(cursor: str) -> None:
    with pytest.raises(BadCursor, match="Read the list from its beginning"):
        read_cursor(cursor, "name", [str, int])


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "9" * 400, "true", '"1"', "null"])
def test_a_time_in_a_cursor_is_a_number(number: str) -> None:
    with pytest.raises(BadCursor):
        read_cursor(forged(f'["time", {number}]'), "time", [float])


def test_a_cursor_is_plain_text_that_holds_the_key_alone() -> None:
    padded = write_cursor("name", ("a", 1)) + "=="
    assert json.loads(base64.urlsafe_b64decode(padded)) == ["name", "a", 1]


@pytest.mark.parametrize("limit", [0, -1, MOST_ITEMS + 1])
def test_a_page_has_a_bounded_number_of_items(limit: int) -> None:
    with pytest.raises(ValueError, match=f"limit is 1 to {MOST_ITEMS}"):
        PageQuery(limit)
