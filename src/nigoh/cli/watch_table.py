"""What `nigoh watch` says on the terminal: people enrolled, faces as they are decided, the table at the end."""

from collections import Counter
from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from nigoh.domain.language import Words
from nigoh.domain.sighting import Sighting, Status
from nigoh.engine.known_faces import KnownFaces

STYLES = {Status.KNOWN: "green", Status.UNKNOWN: "red", Status.WANTED: "bold yellow", Status.AMBIGUOUS: "blue"}


def clock(seconds: float) -> str:
    """Seconds as h:mm:ss.s or m:ss.s."""
    minutes, rest = divmod(max(seconds, 0.0), 60)
    hours, minutes = divmod(int(minutes), 60)
    return f"{hours}:{minutes:02d}:{rest:04.1f}" if hours else f"{minutes}:{rest:04.1f}"


def people_table(known: KnownFaces) -> Table:
    """Who was enrolled, from how many photos, and how good the best one is."""
    table = Table("person", "photos", "enrolled", "best quality", title="Known faces", title_justify="left")
    photos = Counter(photo.person for photo in known.photos)
    for person in photos:
        enrolled = [photo for photo in known.photos if photo.person == person and photo.finding.is_in_gallery]
        best = max((photo.quality or 0 for photo in enrolled), default=0)
        style = "" if enrolled else "red"
        row = (person, str(photos[person]), str(len(enrolled)), f"{best:.2f}" if enrolled else "-")
        table.add_row(*(Text(cell, style) for cell in row))
    return table


def complaint_lines(known: KnownFaces) -> list[str]:
    """A line for each photo that needs attention."""
    return [
        f"{photo.path}: {photo.finding}"
        + ("" if photo.finding.is_in_gallery else " (not enrolled)")
        + f": {photo.detail.removeprefix(f'{photo.path} ')}"
        for photo in known.complaints
    ]


def decided_line(sighting: Sighting, words: Words) -> Text:
    """The line that is printed as soon as a track is decided."""
    name = words.name(sighting.status, sighting.person, sighting.candidates)
    line = Text(f"{clock(sighting.last_s):>9}  ")
    line.append(name, STYLES[sighting.status])
    return line.append(f"  {sighting.score:.2f}  #{sighting.track}", "dim")


def sightings_table(sightings: Sequence[Sighting], words: Words) -> Table:
    """Everything that was found, a row a track."""
    table = Table("track", "who", "score", "from", "to", "frames", "quality", title="Sightings", title_justify="left")
    for sighting in sightings:
        name = words.name(sighting.status, sighting.person, sighting.candidates)
        table.add_row(
            str(sighting.track),
            Text(name, STYLES[sighting.status]),
            f"{sighting.score:.2f}",
            clock(sighting.first_s),
            clock(sighting.last_s),
            str(sighting.frames),
            f"{sighting.best.quality:.2f}",
        )
    return table
