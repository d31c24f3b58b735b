"""Templates of tracks and recorded clips, on every database."""

from dataclasses import replace

import pytest
from sqlalchemy import insert

from nigoh.domain.clip import Clip, ClipFilter
from nigoh.domain.page import PageQuery
from nigoh.domain.sighting import CameraId
from nigoh.domain.template import ModelIdentity
from nigoh.errors import Conflict
from nigoh.storage.database.clips import Clips
from nigoh.storage.database.database import Database
from nigoh.storage.database.tables import DATA_KEYS
from nigoh.storage.database.tracks import TrackRow, TrackRows
from nigoh.storage.vault.sealed import Sealed

MODEL = ModelIdentity("sface", "2021dec", "ab" * 32, "align5-112/rgb/0..255", 128)
OTHER = ModelIdentity("other", "1", "cd" * 32, "align5-112/rgb/0..255", 512)


@pytest.fixture(autouse=True)
def _keys(database: Database) -> None:
    with database.begin() as connection:
        rows = [
            {"id": name, "scope": f"person:{name}", "wrapped_key": b"k", "master_id": "m", "created_unix_s": 0.0}
            for name in ("k1", "k2")
        ]
        connection.execute(insert(DATA_KEYS), rows)


def track(
    identifier: str, first: float = 1.0, camera: str = "gate", model: ModelIdentity = MODEL, blob: bytes = b"sealed"
) -> TrackRow:
    return TrackRow(
        id=identifier, camera=CameraId(camera), first_unix_s=first, model=model, vector=Sealed("k1", blob)
    )


def put(database: Database, *tracks: TrackRow) -> None:
    with database.begin() as connection:
        TrackRows(connection).put(tracks)


def test_a_template_is_read_back_and_replaced(database: Database) -> None:
    put(database, track("a"), track("b"))
    put(database, track("b", blob=b"better"), track("c"))
    with database.read() as connection:
        tracks = TrackRows(connection)
        assert [tracks.get(each) for each in "abcd"] == [
            track("a"),
            track("b", blob=b"better"),
            track("c"),
            None,
        ]


def test_templates_of_one_model_are_read_by_time_in_batches(database: Database) -> None:
    put(database, *(track(f"t{number:02d}", first=float(number // 3)) for number in range(30)))
    put(database, track("other", 4.0, model=OTHER), track("elsewhere", 4.5, camera="door"))
    with database.read() as connection:
        tracks = TrackRows(connection)
        found = [[each.id for each in some] for some in tracks.batches(MODEL, 2.0, 6.0, size=5)]
        assert [len(some) for some in found] == [5, 5, 3]
        assert sorted(each for some in found for each in some) == ["elsewhere", *(f"t{n:02d}" for n in range(6, 18))]
        at_gate = [each.id for some in tracks.batches(MODEL, 4.0, 6.0, [CameraId("door")]) for each in some]
        assert at_gate == ["elsewhere"]


def test_templates_are_removed_and_their_keys_are_not_in_use_any_more(database: Database) -> None:
    put(database, track("a"), track("b"))
    with database.begin() as connection:
        tracks = TrackRows(connection)
        assert tracks.remove(["a", "z"]) == 1
        assert tracks.keys_in_use(["k1", "k2"]) == {"k1"}
        assert tracks.remove(["b"]) == 1
        assert tracks.keys_in_use(["k1", "k2"]) == frozenset()


def clip(identifier: str, first: float, camera: str = "gate", last: float | None = None) -> Clip:
    return Clip(
        id=identifier,
        camera=CameraId(camera),
        path=f"{camera}/{identifier}.mp4",
        first_unix_s=first,
        last_unix_s=first + 10 if last is None else last,
        size_bytes=5_000_000_000,
    )


def test_clips_are_listed_by_camera_and_time_newest_first(database: Database) -> None:
    clips = [clip("a", 0.0), clip("b", 10.0), clip("c", 20.0, "door"), clip("d", 30.0)]
    with database.begin() as connection:
        for each in clips:
            Clips(connection).add(each)
    with database.read() as connection:
        rows = Clips(connection)
        page = rows.page(ClipFilter(), PageQuery(3))
        assert [each.id for each in page.items] == ["d", "c", "b"]
        assert [each.id for each in rows.page(ClipFilter(), PageQuery(3, page.next_cursor)).items] == ["a"]
        # Those that were going on at the beginning belong to it, too.
        wanted = ClipFilter(cameras=frozenset({CameraId("gate")}), since_unix_s=15.0, until_unix_s=30.0)
        assert rows.page(wanted, PageQuery()).items == (clips[1],)
        assert (rows.get("c"), rows.get("z")) == (clips[2], None)
        assert (rows.at("door/c.mp4"), rows.at("door/d.mp4")) == (clips[2], None)


def test_two_clips_do_not_have_one_file(database: Database) -> None:
    with database.begin() as connection:
        Clips(connection).add(clip("a", 0.0))
        with pytest.raises(Conflict) as caught:
            Clips(connection).add(replace(clip("a", 0.0), id="b"))
    assert caught.value.field == "path"


def test_old_clips_are_found_and_removed(database: Database) -> None:
    with database.begin() as connection:
        rows = Clips(connection)
        for each in (clip("a", 0.0), clip("b", 5.0), clip("c", 9.0, last=90.0)):
            rows.add(each)
        assert [each.id for each in rows.oldest_before(20.0, 1)] == ["a"]
        assert [each.id for each in rows.oldest_before(20.0, 9)] == ["a", "b"]
        assert rows.remove(["a", "b", "z"]) == 2
        assert rows.get("a") is None
