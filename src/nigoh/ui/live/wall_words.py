"""What the page of the wall says, in the operator's language."""

from nigoh.domain.camera_status import LinkState
from nigoh.domain.preferences import LAYOUT_TILES
from nigoh.ui.cameras.states import state_name
from nigoh.ui.words.say import Say

TOURS_S = (0, 5, 10, 20, 30, 60, 120)


def wall_words(say: Say) -> dict[str, object]:
    """By the names that the page has for them."""
    return {
        "language": say.language.value.replace("_", "-"),
        "wall": say("Live pictures"),
        "layout": say("Layout"),
        "all_cameras": say("All cameras"),
        "layout_name": say("Name of the layout"),
        "tiles": say("Tiles"),
        "tile_counts": {count: say.many("{count} tile", "{count} tiles", count) for count in LAYOUT_TILES},
        "tour": say("Tour"),
        "tours": {0: say("No tour")} | {each: say("Every {time}", time=say.lasting(each)) for each in TOURS_S[1:]},
        "before": say("Page before"),
        "after": say("Next page"),
        "save": say("Save"),
        "save_as": say("Save as…"),
        "saved": say("Saved"),
        "cancel": say("Cancel"),
        "forget": say("Delete layout"),
        "forget_this": say("Delete the layout {name}?"),
        "cameras": say("Cameras"),
        "search": say("Search cameras"),
        "hint": say("Drag a camera onto a tile, or click it."),
        "full": say("Full screen"),
        "no_full": say("The browser does not allow full screen here."),
        "empty": say("Empty tile"),
        "alone": say("Show alone"),
        "events": say("Events of this camera"),
        "camera": say("Settings of this camera"),
        "remove": say("Take from the wall"),
        "coverage": say("Share of the last minutes that was really watched"),
        "measure": say("{fps} pictures a second"),
        "slower": say("The browser is slow: pictures are smaller or fewer."),
        "away": say("The server does not answer. Trying again…"),
        "no_token": say("The token of this wall holds no more. Open the wall with another one."),
        "forbidden": say("You may not see live pictures."),
        "states": {state.value: state_name(say, state) for state in LinkState},
    }
