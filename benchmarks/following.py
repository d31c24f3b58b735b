"""How soon everybody recognises who is enrolled, and nobody any more who was removed: the whole product, four shards.

    .venv/bin/python benchmarks/following.py [--rounds 10] [--shards 4]

Cameras show the same person, one for each shard. In each round the person is enrolled over the API, and the time from
the answer until each camera that sees somebody names them is taken; then the person is removed, and the last time
after that answer at which any camera still told their name.
"""

import argparse
import shutil
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from material import ROOT
from nigoh.domain.camera_sighting import CameraSighting, Stage
from nigoh.evaluation.machine import describe_machine
from nigoh.testing.farm.process import FarmProcess
from nigoh.testing.running_product import RunningProduct
from results import console, save_result, show_table

PORTRAITS = ROOT.parent / "shared" / "data" / "photos" / "portraits"
PASSWORD = "seven quiet lanterns 41"  # noqa: S105 - of a server that lives for this benchmark
PICTURE = ("--size", "640x360", "--fps", "10", "--gop", "10", "--face-share", "0.8", "--people", "1")
PATIENCE_S = 30.0
AFTERWARDS_S = 3.0
"""So long is listened for the name of whoever was removed."""


@dataclass(frozen=True, slots=True)
class Round:
    """One enrolment and removal.

    Attributes:
        named_s: of each camera that saw somebody, seconds from the answer until it told the name.
        lingered_s: seconds from the answer until the name was told for the last time; 0: it was not told again.
    """

    named_s: tuple[float, ...]
    lingered_s: float


class Witness:
    """Reads what the engine tells."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def told(self) -> list[CameraSighting]:
        """Everything, oldest first."""
        lines = self._path.read_bytes().split(b"\n")[:-1] if self._path.exists() else []
        return [msgspec.json.decode(line, type=CameraSighting) for line in lines]

    def seeing(self) -> set[str]:
        """Cameras that see somebody now."""
        newest = {each.id: each for each in self.told()}
        return {each.sighting.camera for each in newest.values() if each.stage is not Stage.LEFT}

    def named(self, person: str, since_unix_s: float) -> dict[str, float]:
        """When each camera has told a name for the first time since then."""
        first: dict[str, float] = {}
        for each in self.told():
            if each.sighting.person == person and each.told_unix_s >= since_unix_s:
                first.setdefault(each.sighting.camera, each.told_unix_s)
        return first


def wait_for(holds: Callable[[], bool], what: str) -> None:
    """Until it holds; ends the program when it does not."""
    end_s = time.monotonic() + PATIENCE_S
    while not holds():
        if time.monotonic() > end_s:
            sys.exit(f"error: {what} did not come about within {PATIENCE_S:.0f} s")
        time.sleep(0.05)


def run_round(product: RunningProduct, witness: Witness, photo: bytes, cameras: int) -> Round:
    """Enrol, wait, remove, listen."""
    wait_for(lambda: len(witness.seeing()) == cameras, "that every camera sees somebody")
    person = product.ask("POST", "people", 201, json={"name": "Somebody"}).json()["id"]
    begun_unix_s = time.time()
    product.ask("POST", f"people/{person}/photos", 201, files={"photos": ("1.jpg", photo, "image/jpeg")})
    enrolled_unix_s, seeing = time.time(), witness.seeing()
    # Who has left the picture meanwhile has no name to be told.
    wait_for(
        lambda: witness.named(person, begun_unix_s).keys() >= seeing & witness.seeing(), "that all name the person"
    )
    named = witness.named(person, begun_unix_s)
    product.ask("DELETE", f"people/{person}")
    removed_unix_s = time.time()
    time.sleep(AFTERWARDS_S)
    late = [each.told_unix_s for each in witness.told() if each.sighting.person == person]
    return Round(
        tuple(max(0.0, named[camera] - enrolled_unix_s) for camera in seeing & named.keys()),
        max(0.0, max(late) - removed_unix_s),
    )


def run_rounds(rounds: int, shards: int, folder: Path) -> list[Round]:
    """All rounds, on one running product."""
    faces = folder / "faces"
    faces.mkdir()
    shutil.copy(PORTRAITS / "obama3.jpg", faces / "Somebody.jpg")
    photo = (PORTRAITS / "obama.jpg").read_bytes()
    text = f'[engine]\nshards = {shards}\nmetrics = ""\nout = "out.jsonl"\n[server]\n'
    with FarmProcess([*PICTURE, "--cameras", str(shards), "--faces", str(faces)]) as farm:
        cameras = [f'[[cameras]]\nname = "cam-{at}"\nurl = "{url}"\n' for at, url in enumerate(farm.place.urls)]
        (folder / "nigoh.toml").write_text(text + "".join(cameras))
        product = RunningProduct(folder, ("--config", str(folder / "nigoh.toml"), "--quiet"))
        witness = Witness(folder / "out.jsonl")
        with product.running(), product.client:
            product.set_up("benchmark", PASSWORD)
            return [run_round(product, witness, photo, shards) for _ in range(rounds)]


def spread(seconds: Sequence[float]) -> dict[str, float]:
    """Median and most."""
    return {"median_s": round(statistics.median(seconds), 2), "most_s": round(max(seconds), 2)}


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description="Measure how soon changes of people are followed.")
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--shards", type=int, default=4)
    parser.add_argument("--results", type=Path, help="folder of the result file")
    asked = parser.parse_args()
    machine = describe_machine()
    console.print(str(machine))
    with TemporaryDirectory(prefix="nigoh-follow-") as folder:
        rounds = run_rounds(asked.rounds, asked.shards, Path(folder))
    named = [each for one in rounds for each in one.named_s]
    found = {"enrolled_named": spread(named), "removed_last_named": spread([one.lingered_s for one in rounds])}
    columns = ("after the answer", "median s", "most s")
    show_table(
        f"{asked.shards} shards, {asked.rounds} rounds", columns, [(name, *of.values()) for name, of in found.items()]
    )
    kept = {
        "machine": machine.as_json(),
        "shards": asked.shards,
        "rounds": asked.rounds,
        "named": len(named),
        **found,
    }
    save_result("following", kept, asked.results)


if __name__ == "__main__":
    main()
