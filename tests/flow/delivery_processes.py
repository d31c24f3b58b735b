"""The two ends of a spool, each in a process that can be killed.

python delivery_processes.py spool ROOT SHARD FIRST COUNT [--full-at N --full-s S] [--permit FILE] [--key FILE]: puts
numbered sightings into a spool and says after each batch how many of all are on the disk. From the N-th on its disk
is full for S seconds. It waits before the number that stands in the permit. Every fourth sighting has a picture.

python delivery_processes.py intake ROOT DATABASE MEDIA: takes in what lies in all spools until its input ends.
"""

import argparse
import contextlib
import resource
import signal
import struct
import sys
import threading
import time
from pathlib import Path

from nigoh.domain.camera_sighting import CameraSighting
from nigoh.domain.master_key import MasterKey
from nigoh.domain.spooled_sighting import SpooledSighting, TrackTemplate
from nigoh.domain.template import ModelIdentity
from nigoh.errors import SpoolUnavailable
from nigoh.office.sighting_intake import IntakeLimits, SightingIntake
from nigoh.office.sighting_writing import SightingWriter, WritingOptions
from nigoh.storage.database.connecting import DatabaseLimits
from nigoh.storage.database.database import Database
from nigoh.storage.media import MediaStore
from nigoh.storage.sighting_spool import spool_sightings
from nigoh.storage.spool import Spool, SpoolLimits
from nigoh.storage.spool_room import SpoolRoom, spool_folder
from nigoh.storage.vault.vault import Vault
from nigoh.testing.told_sightings import told_sighting

KEY = bytes(32)
MASTER = MasterKey(bytes(range(32)))
SINK = "broker"
MODEL = ModelIdentity("sface", "2021dec", "ab" * 32, "align5-112/rgb/0..255", 128)
PICTURED = 4
"""Each sighting whose number this divides has a picture."""

_JPEG = b"\xff\xd8" + bytes(2_000) + b"\xff\xd9"
_TEMPLATE = TrackTemplate(struct.pack("<128f", 1.0, *([0.0] * 127)), MODEL)
_BATCH = 5
_RETRY_S = 0.02
_LIMITS = SpoolLimits(segment_bytes=64 * 1024, least_free_bytes=0)


def sighting(shard: str, number: int) -> CameraSighting:
    """The numbered sighting of a shard."""
    return told_sighting(f"{shard}-{number:06d}", first_unix_s=1_795_000_000.0 + number)


def news(shard: str, number: int) -> SpooledSighting:
    """All that is told of it."""
    jpeg = _JPEG if number % PICTURED == 0 else b""
    return SpooledSighting(told=sighting(shard, number), jpeg=jpeg, template=_TEMPLATE)


def spool(chosen: argparse.Namespace) -> None:
    """Put sightings into a spool; whoever reads the output knows which of them are safe."""
    key = KEY if chosen.key is None else chosen.key.read_bytes()
    with Spool(spool_folder(chosen.root, chosen.shard), key, _LIMITS) as into:
        for first in range(chosen.first, chosen.count, _BATCH):
            if chosen.full_at is not None and first <= chosen.full_at < first + _BATCH:
                threading.Thread(target=_fill_disk, args=(chosen.full_s,), daemon=True).start()
            last = min(first + _BATCH, chosen.count)
            while chosen.permit is not None and int(chosen.permit.read_text()) < last:
                time.sleep(_RETRY_S)
            while True:
                try:
                    spool_sightings(into, [news(chosen.shard, number) for number in range(first, last)])
                    break
                except SpoolUnavailable:
                    time.sleep(_RETRY_S)
            sys.stdout.write(f"{last}\n")
            sys.stdout.flush()
            time.sleep(chosen.pause_s)


def _fill_disk(full_s: float) -> None:
    """No file of this process may grow any more, in the midst of a record; then it may."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, hard))
    time.sleep(full_s)
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def intake(chosen: argparse.Namespace) -> None:
    """Take in what is there and what comes."""
    with Database(chosen.database, DatabaseLimits(wait_s=2.0, connect_s=2.0)) as database:
        vault = Vault(MASTER, database)
        writer = SightingWriter(vault, MediaStore(chosen.media, vault), WritingOptions(sinks=lambda: (SINK,)))
        limits = IntakeLimits(most_records=100, look_s=0.01, least_pause_s=0.05, most_pause_s=0.5)
        with SpoolRoom(chosen.root, KEY) as room, SightingIntake(room, database, writer, limits):
            sys.stdout.write("ready\n")
            sys.stdout.flush()
            sys.stdin.read()


def main() -> None:
    """Be one of the two."""
    # A write beyond the limit is an error, as on a full disk, and no signal that kills.
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    parser = argparse.ArgumentParser(description="One end of a spool.")
    ends = parser.add_subparsers(required=True)
    writing = ends.add_parser("spool")
    writing.add_argument("root", type=Path)
    writing.add_argument("shard")
    writing.add_argument("first", type=int)
    writing.add_argument("count", type=int)
    writing.add_argument("--pause-s", type=float, default=0.0)
    writing.add_argument("--permit", type=Path)
    writing.add_argument("--key", type=Path)
    writing.add_argument("--full-at", type=int)
    writing.add_argument("--full-s", type=float, default=0.0)
    writing.set_defaults(run=spool)
    reading = ends.add_parser("intake")
    reading.add_argument("root", type=Path)
    reading.add_argument("database")
    reading.add_argument("media", type=Path)
    reading.set_defaults(run=intake)
    chosen = parser.parse_args()
    with contextlib.suppress(KeyboardInterrupt):
        chosen.run(chosen)


if __name__ == "__main__":
    main()
