"""Where the log goes and how it reads: a line a record, keyed by camera, without a password.

Everything in nigoh logs through the standard library, as in `log.warning("...", extra={"camera": name})`; shards hand
their records to the supervisor's process. So what is set up here, once a process, holds for all of it.
"""

import json
import logging
import re
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from enum import StrEnum
from functools import partial
from typing import Any, TextIO, TypeVar, cast

import click
import structlog
from structlog.stdlib import ProcessorFormatter
from structlog.typing import EventDict, ExcInfo, Processor, WrappedLogger

from nigoh.domain.camera_url import redact
from nigoh.office.log_book import LogBook

F = TypeVar("F", bound=Callable[..., object])


class LogFormat(StrEnum):
    """How a record is written. TEXT: for people, key=value. JSON: for machines, an object a line."""

    TEXT = "text"
    JSON = "json"


LEVELS = ("debug", "info", "warning", "error")

_SECRET_KEYS = re.compile(r"(?i)passw|secret|token|credential|authori[sz]ation")
# What ends a line or tells a terminal what to do. A camera says what it likes, and some of it is logged.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_NEEDS_QUOTES = re.compile(r'[\s="]|^$')
_PROCESS_PREFIX = "nigoh "


def configure_logs(
    level: str, log_format: LogFormat, stream: TextIO | None = None, book: LogBook | None = None
) -> None:
    """Send this process's log, Python's warnings included, to a stream; whatever was set up before is replaced.

    Args:
        level: least level of nigoh's own records, one of `LEVELS`; those of libraries are warnings at least.
        log_format: how they are written.
        stream: where to; None: stderr. A stream that is closed or full loses records and stops nothing.
        book: keeps the newest of them, too.
    """
    handlers: list[logging.Handler] = [_LineHandler(sys.stderr if stream is None else stream)]
    handlers[0].setFormatter(_formatter({LogFormat.TEXT: _text_line, LogFormat.JSON: _json_line}[log_format]))
    if book is not None:
        handlers.append(_BookHandler())
        handlers[1].setFormatter(_formatter(partial(_write_down, book)))
    least = logging.getLevelNamesMapping()[level.upper()]
    logging.basicConfig(level=max(least, logging.WARNING), handlers=handlers, force=True)
    logging.getLogger("nigoh").setLevel(least)
    # PyAV sets a level of its own when it is imported.
    logging.getLogger("libav").setLevel(max(least, logging.WARNING))
    logging.captureWarnings(capture=True)
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )


def _formatter(write: Processor) -> ProcessorFormatter:
    return ProcessorFormatter(
        foreign_pre_chain=[structlog.stdlib.ExtraAdder()],
        processors=[
            _name_record,
            structlog.processors.ExceptionRenderer(_exception_text),
            structlog.processors.StackInfoRenderer(),
            ProcessorFormatter.remove_processors_meta,
            hide_secrets,
            write,
        ],
    )


def log_options(command: F) -> F:
    """The options `--log-level` and `--log-format` of a command, as `log_level: str` and `log_format: LogFormat`."""
    level = click.option(
        "--log-level",
        type=click.Choice(LEVELS),
        default="info",
        show_default=True,
        help="Least level that is logged.",
    )
    form = click.option(
        "--log-format",
        type=click.Choice(LogFormat, case_sensitive=False),
        default=LogFormat.TEXT,
        show_default=True,
        help="text for people, json for machines.",
    )
    return level(form(command))


def hide_secrets(_logger: WrappedLogger, _method: str, record: EventDict) -> EventDict:
    """A structlog processor: no URL's credentials and no value under a secret's name is left, however deep."""
    return {key: _hidden(value, key) for key, value in record.items()}


def _hidden(value: object, key: str) -> object:
    if _SECRET_KEYS.search(key):
        return "***"
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, Mapping):
        return {redact(str(inner)): _hidden(item, str(inner)) for inner, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_hidden(item, key) for item in value]
    return redact(str(value))


def _name_record(_logger: WrappedLogger, _method: str, record: EventDict) -> EventDict:
    """When, how grave, about which camera, from which shard: in this order, before the rest."""
    origin = cast("logging.LogRecord", record["_record"])
    named: EventDict = {
        "timestamp": datetime.fromtimestamp(origin.created, UTC).isoformat(timespec="milliseconds")[:-6] + "Z",
        "level": origin.levelname.lower(),
    }
    # A shard's record bears the name of its process.
    process = str(record.pop("processName", origin.processName) or "")
    shard = process.removeprefix(_PROCESS_PREFIX) if process.startswith(_PROCESS_PREFIX) else None
    subject = {"camera": record.pop("camera", None), "shard": record.pop("shard", shard)}
    named.update({key: value for key, value in subject.items() if value is not None})
    return {**named, "logger": origin.name, "event": record.pop("event", ""), **record}


def _exception_text(exc_info: ExcInfo) -> str:
    return logging.Formatter().formatException(exc_info)


def _json_line(_logger: WrappedLogger, _method: str, record: EventDict) -> str:
    return json.dumps(record)


def _text_line(_logger: WrappedLogger, _method: str, record: EventDict) -> str:
    rest = dict(record)
    when, level, logger, event = (str(rest.pop(key)) for key in ("timestamp", "level", "logger", "event"))
    subject = [f"{key}={_quoted(rest.pop(key))}" for key in ("camera", "shard") if key in rest]
    details = [f"{key}={_quoted(value)}" for key, value in rest.items()]
    return _one_line(" ".join([when, f"{level:<7}", *subject, event, *details, f"({logger})"]))


def _write_down(book: LogBook, _logger: WrappedLogger, _method: str, record: EventDict) -> str:
    rest = dict(record)
    when, level, logger = (str(rest.pop(key)) for key in ("timestamp", "level", "logger"))
    facts = {key: value if isinstance(value, str) else json.dumps(value) for key, value in rest.items()}
    book.write(datetime.fromisoformat(when).timestamp(), level, logger, facts)
    return ""


def _quoted(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return json.dumps(text, ensure_ascii=False) if isinstance(value, str) and _NEEDS_QUOTES.search(text) else text


def _one_line(text: str) -> str:
    return _CONTROL.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


class _BookHandler(logging.Handler):
    """Its formatter writes the record down; one that cannot be formatted is told of by the other handler."""

    def emit(self, record: logging.LogRecord) -> None:
        with suppress(TypeError, ValueError):
            self.format(record)


class _LineHandler(logging.StreamHandler[Any]):
    """Writes to a stream; a record that cannot be formatted becomes a line that shows none of its arguments."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's own name
        """Say whose record is lost, where `logging` would print its arguments, passwords and all."""
        error = sys.exc_info()[1]
        if isinstance(error, (OSError, ValueError)) and getattr(self.stream, "closed", True):
            return
        place = f"{record.name}:{record.lineno}"
        lost = logging.makeLogRecord(
            {
                "name": __name__,
                "levelno": logging.ERROR,
                "levelname": "ERROR",
                "msg": f"a record of {place} could not be written: {type(error).__name__}",
            }
        )
        try:
            self.stream.write(self.format(lost) + self.terminator)
            self.flush()
        except (OSError, ValueError):
            # The stream itself is what is broken.
            return
