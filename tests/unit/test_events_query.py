"""What the feed and the search are asked for stands in the address, and what makes no sense there is left out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from nigoh.ui.events.query import EventsQuery
from nigoh.ui.search.query import SearchQuery
from nigoh.ui.view import Place

NOW = datetime(2026, 11, 23, 7, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "query",
    [
        EventsQuery(),
        EventsQuery(camera="gate & door", person="01a", watch_list="01b", status="wanted", verdict="none"),
        EventsQuery(span="24h"),
        EventsQuery(first_day="2026-11-01", last_day="2026-11-01"),
        EventsQuery(first_day="2026-11-01", last_day="2026-11-07"),
    ],
)
def test_the_address_of_a_feed_leads_back_to_it(query: EventsQuery) -> None:
    assert EventsQuery.of(Place.of(query.route())) == query
    assert EventsQuery.of(Place.of(query.route("01sighting"))) == query
    assert Place.of(query.route("01sighting")).path == "/events/01sighting"


def test_what_makes_no_sense_in_an_address_filters_nothing() -> None:
    here = Place.of("/events?status=loud&verdict=maybe&time=9y&from=yesterday&to=2026-11-07")
    query = EventsQuery.of(here)
    assert (query.status, query.verdict, query.span, query.first_day) == ("", "", "", "")


def test_a_span_ends_now_and_days_are_whole() -> None:
    span = EventsQuery(span="7d").filters(NOW)
    assert (span["since"], span["until"]) == (NOW - timedelta(days=7), None)
    for first, last in (("2026-11-01", "2026-11-02"), ("2026-11-02", "2026-11-01")):
        days = EventsQuery(first_day=first, last_day=last).filters(NOW)
        since, until = days["since"], days["until"]
        assert isinstance(since, datetime)
        assert isinstance(until, datetime)
        assert until - since == timedelta(days=2)
        assert since.astimezone().isoformat().startswith("2026-11-01T00:00:00")


@pytest.mark.parametrize(
    "query",
    [
        SearchQuery(),
        SearchQuery(sighting="01s", camera="gate", span="24h", least=0.42, sort="time"),
        SearchQuery(least=0.0),
    ],
)
def test_the_address_of_a_search_leads_back_to_it(query: SearchQuery) -> None:
    assert SearchQuery.of(Place.of(query.route)) == query


def test_a_similarity_that_is_none_is_left_to_the_server() -> None:
    for text in ("", "much", "7", "nan"):
        assert SearchQuery.of(Place.of(f"/search?least={text}")).filters(NOW)["least_similarity"] is None
