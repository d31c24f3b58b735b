"""The log: one line a record, keyed by camera and shard, and no password in it whatever was logged."""

import asyncio
import io
import json
import logging
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import click
import pytest
import structlog
from click.testing import CliRunner

from nigoh.cli.logs import LogFormat, configure_logs, log_options
from nigoh.domain.camera_url import CameraUrl

SECRET = "h/un#ter@2"  # noqa: S105 - the one that is looked for
URL = f"rtsp://admin:{SECRET}@10.0.0.5:554/live"

log = logging.getLogger("nigoh.engine.link")


@pytest.fixture(autouse=True)
def _logging_as_it_was() -> Iterator[None]:
    root, ours = logging.getLogger(), logging.getLogger("nigoh")
    handlers, levels = root.handlers[:], (root.level, ours.level)
    yield
    logging.captureWarnings(capture=False)
    root.handlers[:] = handlers
    root.setLevel(levels[0])
    ours.setLevel(levels[1])
    structlog.reset_defaults()


def logged(write: Callable[[], object], log_format: LogFormat = LogFormat.JSON, level: str = "info") -> str:
    stream = io.StringIO()
    configure_logs(level, log_format, stream)
    write()
    return stream.getvalue()


def record(write: Callable[[], object]) -> dict[str, Any]:
    (line,) = logged(write).splitlines()
    read: dict[str, Any] = json.loads(line)
    return read


def connect() -> None:
    raise RuntimeError(f"gave up on {URL}") from OSError(f"cannot reach {URL}")


def raise_and_log() -> None:
    try:
        connect()
    except RuntimeError:
        log.exception("lost %s", URL)


def warn() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn(f"deprecated {URL}", stacklevel=1)


class Odd:
    """Something that is logged as it is."""

    def __str__(self) -> str:
        return f"odd {URL}"

    __repr__ = __str__


def test_a_record_says_when_how_grave_which_camera_and_what() -> None:
    extra = {"camera": "gate", "shard": "shard-2", "next_try_s": 4.5}
    assert record(lambda: log.warning("cannot connect to %s", "10.0.0.5", extra=extra)) | {"timestamp": ""} == {
        "timestamp": "",
        "level": "warning",
        "camera": "gate",
        "shard": "shard-2",
        "logger": "nigoh.engine.link",
        "event": "cannot connect to 10.0.0.5",
        "next_try_s": 4.5,
    }


def test_times_are_utc_in_iso_8601() -> None:
    moment = logging.makeLogRecord({"name": "nigoh", "levelno": 20, "levelname": "INFO", "msg": "x"})
    moment.created = 1_700_000_000.25
    assert record(lambda: log.handle(moment))["timestamp"] == "2023-11-14T22:13:20.250Z"


def test_a_record_from_a_shards_process_names_the_shard() -> None:
    handed_on = log.makeRecord(log.name, logging.INFO, "", 0, "%s", ("hello",), None)
    vars(handed_on).update({"camera": "gate", "processName": "nigoh shard-3"})
    assert record(lambda: log.handle(handed_on)).items() >= {"camera": "gate", "shard": "shard-3"}.items()


def test_a_record_of_the_supervisor_names_no_shard() -> None:
    assert "shard" not in record(lambda: log.info("began"))


def test_text_reads_as_a_sentence_with_its_keys() -> None:
    line = logged(
        lambda: log.warning("does not answer", extra={"camera": "back door", "next_try_s": 4}), LogFormat.TEXT
    )
    assert line.partition(" ")[2] == 'warning camera="back door" does not answer next_try_s=4 (nigoh.engine.link)\n'


@pytest.mark.parametrize("log_format", LogFormat)
@pytest.mark.parametrize(
    "write",
    [
        lambda: log.error(f"cannot open {URL}"),  # noqa: G004 - as careless callers do
        lambda: log.error("cannot open %s", URL),
        lambda: log.error("cannot open %s", CameraUrl(URL)),
        lambda: log.error("cannot open %(url)s", {"url": URL}),
        lambda: log.error("two of them: %s %s", URL, [URL]),
        lambda: log.error("an object: %s", Odd()),
        lambda: log.error(Odd()),
        lambda: log.error("in a field", extra={"url": URL}),
        lambda: log.error("in an object", extra={"about": Odd()}),
        lambda: log.error("deep in a field", extra={"about": {"urls": [URL, (URL, {"x": URL})], URL: 1}}),
        lambda: log.error("by name", extra={"password": SECRET, "about": {"Authorization": f"Digest {SECRET}"}}),
        lambda: log.error("in a query %s", "http://10.0.0.5/snap?user=x&pwd=h%2Fun%23ter%402"),
        lambda: log.error("where from", stack_info=True, extra={"camera": URL}),
        raise_and_log,
        warn,
        lambda: structlog.get_logger("nigoh.x").error(f"bound {URL}", url=URL, password=SECRET),
        # A mistake in a log call: logging itself would print the arguments.
        lambda: log.error("cannot open %d", URL),
        lambda: log.error("cannot open", URL),  # noqa: PLE1205 - as above
    ],
)
def test_a_password_never_comes_out(
    write: Callable[[], object], log_format: LogFormat, capfd: pytest.CaptureFixture[str]
) -> None:
    text = logged(write, log_format)
    assert text.count("\n") == 1, text
    for said in (text, *capfd.readouterr()):
        assert not [part for part in (SECRET, "un#ter", "ter@2", "admin", "h%2Fun") if part in said], said


@pytest.mark.parametrize("log_format", LogFormat)
def test_nothing_spans_lines_or_speaks_to_the_terminal(log_format: LogFormat) -> None:
    said = "RTSP/1.0 400\r\nServer: \x1b[2J\x9b1m\u2028 evil\n2026-01-01T00:00:00.000Z info all is well"
    text = logged(lambda: log.warning("it says %s", said, extra={"reason": said, "camera": said}), log_format)
    assert len(text.splitlines()) == 1
    assert not set(text.rstrip("\n")) & {"\x1b", "\x9b", "\r", "\n", "\u2028"}


@pytest.mark.parametrize("log_format", LogFormat)
def test_a_traceback_is_part_of_its_line(log_format: LogFormat) -> None:
    text = logged(raise_and_log, log_format)
    assert len(text.splitlines()) == 1
    assert "RuntimeError: gave up on rtsp://***@10.0.0.5:554/live" in text
    assert "raise_and_log" in text


def test_levels_hold_for_nigoh_and_libraries_are_heard_when_they_warn() -> None:
    def write() -> None:
        for logger in (log, logging.getLogger("asyncio"), logging.getLogger("libav.h264")):
            for level in (logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR):
                logger.log(level, "%s-%s", logger.name.partition(".")[0], logging.getLevelName(level).lower())

    def heard(level: str) -> set[str]:
        return {json.loads(line)["event"] for line in logged(write, level=level).splitlines()}

    warned = {"asyncio-warning", "asyncio-error", "libav-warning", "libav-error", "nigoh-warning", "nigoh-error"}
    assert heard("debug") == {*warned, "nigoh-debug", "nigoh-info"}
    assert heard("info") == {*warned, "nigoh-info"}
    assert heard("warning") == warned
    assert heard("error") == {"nigoh-error", "asyncio-error", "libav-error"}


def test_what_an_event_loop_complains_of_is_logged() -> None:
    def write() -> None:
        async def fail() -> None:
            asyncio.get_running_loop().call_exception_handler({"message": f"broken {URL}", "exception": OSError(URL)})

        asyncio.run(fail())

    text = logged(write)
    assert "broken rtsp://***@10.0.0.5:554/live" in text
    assert "un#ter" not in text


def test_configuring_again_replaces_what_was_there() -> None:
    first = io.StringIO()
    configure_logs("info", LogFormat.JSON, first)
    assert logged(lambda: log.info("once")).count("once") == 1
    assert first.getvalue() == ""


def test_a_closed_stream_stops_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    stream = io.StringIO()
    configure_logs("info", LogFormat.TEXT, stream)
    stream.close()
    log.warning("nobody reads %s", URL)
    assert capfd.readouterr() == ("", "")


def test_a_command_takes_the_options() -> None:
    @click.command()
    @log_options
    def command(log_level: str, log_format: LogFormat) -> None:
        click.echo(f"{log_level} {log_format!r}")

    runner = CliRunner()
    assert runner.invoke(command, []).output == f"info {LogFormat.TEXT!r}\n"
    chosen = runner.invoke(command, ["--log-level", "debug", "--log-format", "json"])
    assert chosen.output == f"debug {LogFormat.JSON!r}\n"
    assert runner.invoke(command, ["--log-format", "xml"]).exit_code == 2
