"""Say whether two photos show one person, and how sure that is.

python examples/compare_photos.py one.jpg other.jpg
"""

import sys
from pathlib import Path

from nigoh.config.settings import VisionSettings
from nigoh.evaluation.photo_templates import describe_photos
from nigoh.wiring import build_vision

FALSE_MATCH_RATE = 1e-4
"""Of 10,000 pairs of strangers one is taken for one person."""


def main(first: Path, second: Path) -> None:
    """Print the similarity of the two photos' subjects, and what it means."""
    vision = build_vision(VisionSettings())
    described = describe_photos((first, second), vision.analyser, on_progress=lambda _: None)
    for photo in described.undetected:
        sys.exit(f"{photo}: {described.unreadable.get(photo, 'no face was found')}")
    rows = [described.row_of[first], described.row_of[second]]
    one, other = described.templates.pick(rows[:1]), described.templates.pick(rows[1:])
    similarity = float(one.similarity(other)[0, 0])
    threshold = vision.threshold_for(FALSE_MATCH_RATE)
    verdict = "one person" if similarity >= threshold else "two people"
    print(f"{verdict}: similarity {similarity:.3f}, needed {threshold:.3f} ({one.model})")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
