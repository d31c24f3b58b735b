"""What a writer acknowledged is there, however it ends."""

import subprocess
import sys

from sqlalchemy import select

from nigoh.storage.database.database import Database
from nigoh.storage.database.tables import SETTINGS

TIMES, LEAST_WRITTEN = 3, 20
WRITER = """
import sys
from sqlalchemy import insert
from nigoh.storage.database.database import Database
from nigoh.storage.database.tables import SETTINGS

number = int(sys.argv[2])
with Database(sys.argv[1]) as database:
    while True:
        number += 1
        with database.begin() as connection:
            for half in ("a", "b"):
                values = {"key": f"{number}{half}", "value": 1, "updated_unix_s": 0.0, "version": 1}
                connection.execute(insert(SETTINGS).values(values))
        print(number, flush=True)
"""


def test_a_writer_that_is_killed_loses_nothing_and_half_does_nothing(database: Database) -> None:
    url = database.engine.url.render_as_string(hide_password=False)
    acknowledged: list[int] = []
    for turn in range(TIMES):
        command = [sys.executable, "-c", WRITER, url, str(turn * 1_000_000)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
            assert writer.stdout is not None
            acknowledged += [int(writer.stdout.readline()) for _ in range(LEAST_WRITTEN)]
            writer.kill()
            acknowledged += [int(line) for line in writer.stdout.read().splitlines() if line]
        with database.read() as connection:
            keys = set(connection.execute(select(SETTINGS.c.key)).scalars())
        assert {f"{number}{half}" for number in acknowledged for half in "ab"} <= keys
        assert {key[:-1] for key in keys if key.endswith("a")} == {key[:-1] for key in keys if key.endswith("b")}
