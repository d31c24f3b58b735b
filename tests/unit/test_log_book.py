"""The newest lines of the log in memory: as many as are kept, without secrets, as grave as is asked for."""

import io
import logging
from collections.abc import Iterator

import pytest

from nigoh.cli.logs import LogFormat, configure_logs
from nigoh.office.log_book import LogBook


@pytest.fixture
def book() -> Iterator[LogBook]:
    root, before, level = logging.getLogger(), logging.getLogger().handlers[:], logging.getLogger("nigoh").level
    made = LogBook(most=5)
    configure_logs("info", LogFormat.TEXT, io.StringIO(), made)
    yield made
    root.handlers[:] = before
    logging.getLogger("nigoh").setLevel(level)
    logging.captureWarnings(capture=False)


def test_a_record_is_kept_with_whom_it_is_about_and_without_its_password(book: LogBook) -> None:
    logging.getLogger("nigoh.somewhere").warning(
        "lost: %s", "rtsp://admin:hunter2@10.0.0.5/live", extra={"camera": "gate", "failures": 3, "token": "hunter2"}
    )
    (line,) = book.newest(10)
    assert (line.number, line.level, line.logger, line.camera) == (1, "warning", "nigoh.somewhere", "gate")
    assert line.text == "lost: rtsp://***@10.0.0.5/live"
    assert line.details == {"failures": "3", "token": "***"}
    assert "hunter2" not in repr(line)


def test_the_oldest_lines_go(book: LogBook) -> None:
    for number in range(8):
        logging.getLogger("nigoh.somewhere").info("line %d", number)
    assert [each.text for each in book.newest(10)] == [f"line {number}" for number in range(3, 8)]
    assert [each.text for each in book.newest(2)] == ["line 6", "line 7"]
    assert [each.number for each in book.newest(10, after=6)] == [7, 8]


def test_only_what_is_grave_enough_is_shown(book: LogBook) -> None:
    log = logging.getLogger("nigoh.somewhere")
    log.info("fine")
    log.warning("odd")
    log.error("bad")
    assert [each.text for each in book.newest(10, least="warning")] == ["odd", "bad"]
    assert [each.text for each in book.newest(10, least="error")] == ["bad"]
