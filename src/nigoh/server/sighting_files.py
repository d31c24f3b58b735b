"""Sightings as files: what stands in them in somebody's language, and how they are handed out."""

import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import IO

from fastapi.responses import StreamingResponse

from nigoh.domain.preferences import ConsoleLanguage
from nigoh.office.actor import Actor
from nigoh.office.sighting_export import SheetWords, SightingExporter, SightingFile, SightingOrder
from nigoh.ui.words.say import Say
from nigoh.ui.words.sighting_words import sheet_about, sheet_headings, status_names, verdict_names

_KINDS = {
    SightingFile.CSV: "text/csv",
    SightingFile.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    SightingFile.PDF: "application/pdf",
}
_IN_MEMORY_BYTES = 16 << 20
_CHUNK_BYTES = 262_144


def hand_out(
    exporter: SightingExporter, actor: Actor, order: SightingOrder, language: ConsoleLanguage, unix_s: float
) -> StreamingResponse:
    """The file, written whole before any of it is sent: what goes wrong is told as a problem. Raises Invalid."""
    file = tempfile.SpooledTemporaryFile(_IN_MEMORY_BYTES)  # noqa: SIM115 - whoever sends it closes it
    try:
        exporter.export(actor, file, order, _words(language, actor, unix_s))
    except BaseException:
        file.close()
        raise
    name = f"sightings_{_local(unix_s):%Y-%m-%d_%H-%M-%S}.{order.file}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(_chunks(file), headers=headers, media_type=_KINDS[order.file])


def _words(language: ConsoleLanguage, actor: Actor, unix_s: float) -> SheetWords:
    say = Say(language)
    now = datetime.fromtimestamp(unix_s, UTC)
    headings = dict(sheet_headings(say))
    for name in ("first_seen", "last_seen"):
        headings[name] += f" ({now.astimezone():UTC%z})"
    return SheetWords(
        **headings,
        about=lambda count: sheet_about(say, count, actor.name, say.moment(now)),
        statuses=status_names(say),
        verdicts=verdict_names(say),
        local=_local,
    )


def _local(unix_s: float) -> datetime:
    return datetime.fromtimestamp(unix_s, UTC).astimezone().replace(tzinfo=None)


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        file.seek(0)
        while chunk := file.read(_CHUNK_BYTES):
            yield chunk
