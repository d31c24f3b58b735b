"""What 500 rules over 200 cameras cost each sighting.

    .venv/bin/python benchmarks/rules.py [--rules 500] [--cameras 200] [--words 20000]

Of 50 rules one is about everybody everywhere, the rest about lists, people and cameras, as a site has them; a fifth
each is of the kinds `stays`, `repeated` and `together`, the rest `seen`. Measured: the decision alone, in memory; and
what judging adds to the transaction that writes a sighting into SQLite, history of visits included.
"""

import argparse
import random
import statistics
import time
from dataclasses import asdict
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

from nigoh.alerting.rule_book import RuleBook
from nigoh.alerting.seen import LocalMoment, Seen
from nigoh.domain.people import Person, WatchList
from nigoh.domain.rule import Company, Repeats, Rule, RuleKind, Where, Whom
from nigoh.domain.sighting import CameraId, PersonId, Status
from nigoh.evaluation.machine import describe_machine
from nigoh.office.alert_keeper import AlertKeeper
from nigoh.storage.database.database import Database
from nigoh.storage.database.migrations import migrate
from nigoh.storage.database.people import People
from nigoh.storage.database.rules import Rules
from nigoh.storage.database.sightings import Sightings, SightingUpdate
from nigoh.storage.database.watch_lists import WatchLists
from nigoh.testing.told_sightings import told_sighting
from results import console, save_result, show_table

NOW = 1_790_000_000.0
PEOPLE, LISTS = 1_000, 20
BATCH = 100
ROUNDS = 5
KINDS = (RuleKind.SEEN, RuleKind.SEEN, RuleKind.STAYS, RuleKind.REPEATED, RuleKind.TOGETHER)


def seeded(number: int) -> random.Random:
    """The same choices each time."""
    return random.Random(number)  # noqa: S311 - nothing is kept secret by it


class NeverSeen:
    """A history in which nobody was seen."""

    def visits(self, person: PersonId, where: Where, since_unix_s: float, apart_s: float) -> int:
        """None."""
        del person, where, since_unix_s, apart_s
        return 0

    def was_seen(self, person: PersonId, where: Where, since_unix_s: float) -> bool:
        """Never."""
        del person, where, since_unix_s
        return False


def make_rules(number: int, cameras: int, rng: random.Random) -> list[Rule]:
    """Rules as a site has them."""
    found = []
    for index in range(number):
        kind = KINDS[index % len(KINDS)]
        lists = frozenset({f"list-{rng.randrange(LISTS)}"})
        whom = (
            Whom(lists=lists)
            if rng.random() < 0.7
            else Whom(people=frozenset({PersonId(f"p{rng.randrange(PEOPLE)}")}))
        )
        some = frozenset(CameraId(f"cam{rng.randrange(cameras):03}") for _ in range(rng.choice((1, 5, 20))))
        everywhere = index % 50 == 0
        rule = Rule(
            id=f"r{index:04}",
            name=f"rule {index}",
            kind=kind,
            whom=Whom() if everywhere and kind is not RuleKind.REPEATED else whom,
            where=Where() if everywhere else Where(cameras=some),
            repeats=Repeats(times=3, days=7),
            company=Company(Whom(lists=lists)) if kind is RuleKind.TOGETHER else None,
        )
        found.append(rule)
    return found


def make_seen(index: int, cameras: int, rng: random.Random) -> Seen:
    """A word about a track: of somebody enrolled, or of a stranger."""
    person = PersonId(f"p{rng.randrange(PEOPLE)}") if rng.random() < 0.5 else None
    lists = frozenset({f"list-{int(person[1:]) % LISTS}"}) if person else frozenset[str]()
    return Seen(
        sighting=f"s{index}",
        camera=CameraId(f"cam{rng.randrange(cameras):03}"),
        status=Status.KNOWN if person else Status.UNKNOWN,
        person=person,
        lists=lists,
        score=0.6,
        threshold=0.36,
        frames=5,
        first_unix_s=NOW + index * 0.05,
        last_unix_s=NOW + index * 0.05 + 2,
        moment=LocalMoment(600, 20_000),
    )


def measure_decision(rules: list[Rule], cameras: int, words: int) -> list[float]:
    """Milliseconds of each word, in memory."""
    rng, numbers = seeded(2), count()
    book = RuleBook(rules, lambda: f"a{next(numbers)}")
    spent: list[float] = []
    for index in range(words):
        seen = make_seen(index, cameras, rng)
        begun = time.perf_counter()
        book.judge(seen, NeverSeen())
        book.accept()
        spent.append((time.perf_counter() - begun) * 1000)
    return spent


def measure_writing(rules: list[Rule], cameras: int, words: int, folder: Path) -> dict[str, float]:
    """Milliseconds a word of a transaction of 100 sightings, with rules and without."""
    found: dict[str, list[float]] = {"with": [], "without": []}
    for name, spent in found.items():
        with Database(f"sqlite:///{folder / name}.db") as database:
            migrate(database)
            _fill(database, rules)
            keeper, rng = AlertKeeper(lambda: NOW), seeded(3)
            for batch in range(words // BATCH):
                told = [
                    told_sighting(
                        f"{name}-{batch}-{index}",
                        camera=f"cam{rng.randrange(cameras):03}",
                        person=f"p{rng.randrange(PEOPLE)}" if rng.random() < 0.5 else None,
                        first_unix_s=NOW + batch,
                    )
                    for index in range(BATCH)
                ]
                begun = time.perf_counter()
                with keeper.turn(), database.begin() as connection:
                    Sightings(connection).write([SightingUpdate(each, "") for each in told], ())
                    if name == "with":
                        keeper.judge(connection, told, NOW + batch)
                spent.append((time.perf_counter() - begun) * 1000 / BATCH)
    return {name: statistics.median(each) for name, each in found.items()}


def _fill(database: Database, rules: list[Rule]) -> None:
    with database.begin() as connection:
        for number in range(LISTS):
            WatchLists(connection).add(WatchList(id=f"list-{number}", name=f"list {number}"))
        for number in range(PEOPLE):
            lists = frozenset({f"list-{number % LISTS}"})
            People(connection).add(Person(id=PersonId(f"p{number}"), name=f"person {number}", lists=lists))
        for rule in rules:
            Rules(connection).add(rule)


def main() -> None:
    """Measure, show, keep."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rules", type=int, default=500)
    parser.add_argument("--cameras", type=int, default=200)
    parser.add_argument("--words", type=int, default=20_000)
    wanted = parser.parse_args()
    rules = make_rules(wanted.rules, wanted.cameras, seeded(1))
    runs = [measure_decision(rules, wanted.cameras, wanted.words) for _ in range(ROUNDS)]
    medians = [statistics.fmean(run) for run in runs]
    tails = [statistics.quantiles(run, n=100)[98] for run in runs]
    with TemporaryDirectory(prefix="nigoh-bench-") as folder:
        writing = measure_writing(rules, wanted.cameras, wanted.words // 4, Path(folder))
    figures = {
        "machine": asdict(describe_machine()),
        "rules": wanted.rules,
        "cameras": wanted.cameras,
        "words": wanted.words,
        "decision_ms": statistics.median(medians),
        "decision_p99_ms": statistics.median(tails),
        "decision_runs_ms": medians,
        "writing_with_ms": writing["with"],
        "writing_without_ms": writing["without"],
        "judging_adds_ms": writing["with"] - writing["without"],
    }
    place = save_result("rules", figures)
    show_table(
        f"{wanted.rules} rules, {wanted.cameras} cameras, ms a sighting",
        ("", "ms"),
        (
            ("decision, mean (median of runs)", f"{figures['decision_ms']:.4f}"),
            ("decision, p99", f"{figures['decision_p99_ms']:.4f}"),
            ("what judging adds to writing", f"{figures['judging_adds_ms']:.4f}"),
        ),
    )
    console.print(place)


if __name__ == "__main__":
    main()
