"""What browsers that have gone leave behind on the server: memory, tasks, threads and descriptors.

    .venv/bin/python benchmarks/console_sessions.py [--sessions 500]

Starts `nigoh up` and opens that many sessions of the console on it, as Flet's client does, without a browser: each
logs in once, shows a view and goes: some close their connection, some break it off, some take nothing any more and
then break it off. What the server holds is read from its process and its metrics, before and after, each time when
Flet has forgotten those who have gone.
"""

import argparse
import asyncio
import re
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import msgpack
import psutil
from websockets.asyncio.client import ClientConnection, connect

from nigoh.evaluation.machine import describe_machine
from nigoh.testing.running_product import RunningProduct
from results import console, save_result, show_table

_PASSWORD = "seven quiet lanterns 41"  # noqa: S105 - of a server that lives for this run
_ROUTES = ("/system", "/settings/appearance", "/settings/users", "/audit", "/people", "/events", "/welcome")
_WAYS = ("closed", "broken off", "stalled")
_AT_ONCE = 10
_WARM = 60
_QUIET_S = 0.6
_STALL_S = 2.0
_FORGOTTEN_S = 80.0
"""Flet keeps a session for a minute, for a browser that comes back, and looks every few seconds."""


@dataclass(frozen=True)
class Held:
    """What the server holds.

    Attributes:
        sessions: that were opened so far.
        resident_mb: of its process.
        tasks: of its event loop.
        threads, descriptors: of its process.
    """

    sessions: int
    resident_mb: float
    tasks: int
    threads: int
    descriptors: int


async def open_session(address: str, cookie: str, route: str, way: str) -> int:
    """One browser from its coming to its going; how many messages it was sent."""
    headers = {"Cookie": cookie, "Origin": address}
    url = f"ws{address.removeprefix('http')}/console/ws"
    socket = await connect(url, additional_headers=headers, max_size=None, max_queue=4 if way == "stalled" else 64)
    page = {"route": route, "width": 1280.0, "height": 800.0, "web": True, "platform": "linux", "pwa": False}
    await socket.send(b"\x00" + msgpack.packb([1, {"session_id": None, "page_name": "", "page": page}]))
    if way == "stalled":
        await asyncio.sleep(_STALL_S)
        socket.transport.abort()
        return 0
    heard = await listen(socket)
    if way == "closed":
        await socket.close()
    else:
        socket.transport.abort()
    return heard


async def listen(socket: ClientConnection) -> int:
    """Take what comes until nothing comes any more for a moment."""
    heard = 0
    while heard < 40:
        try:
            async with asyncio.timeout(_QUIET_S):
                await socket.recv()
        except TimeoutError:
            break
        heard += 1
    return heard


async def open_many(address: str, cookie: str, first: int, count: int) -> list[int]:
    """So many sessions, ten at once."""
    gate = asyncio.Semaphore(_AT_ONCE)

    async def one(number: int) -> int:
        async with gate:
            way = _WAYS[number % len(_WAYS)]
            return await open_session(address, cookie, _ROUTES[number % len(_ROUTES)], way)

    return await asyncio.gather(*(one(number) for number in range(first, first + count)))


def look(product: RunningProduct, process: psutil.Process, sessions: int) -> Held:
    """What it holds now."""
    answer = product.client.get(f"{product.address}/metrics", headers={"Accept": "text/plain"})
    found = re.search(r"^nigoh_server_tasks (\S+)", answer.text, re.MULTILINE)
    if found is None:
        raise SystemExit(f"error: there is no nigoh_server_tasks among the metrics: {answer.text[:300]}")
    return Held(
        sessions=sessions,
        resident_mb=process.memory_info().rss / 2**20,
        tasks=round(float(found[1])),
        threads=process.num_threads(),
        descriptors=process.num_fds(),
    )


def measure(product: RunningProduct, sessions: int, rounds: int) -> list[Held]:
    """The figures: after the warm-up, and after each round."""
    product.set_up("bench", _PASSWORD)
    cookie = "; ".join(f"{name}={value}" for name, value in product.client.cookies.items())
    # Of this program's children the one that listens there is the server.
    process = next(each for each in psutil.Process().children() if "nigoh" in each.cmdline())
    heard = asyncio.run(open_many(product.address, cookie, 0, _WARM))
    if not any(heard):
        raise SystemExit("error: no session was shown anything")
    console.print(f"warm-up: {_WARM} sessions, {sum(heard)} messages")
    time.sleep(_FORGOTTEN_S)
    held, opened = [look(product, process, 0)], 0
    for _ in range(rounds):
        asyncio.run(open_many(product.address, cookie, opened, sessions // rounds))
        opened += sessions // rounds
        time.sleep(_FORGOTTEN_S)
        held.append(look(product, process, opened))
        console.print(str(held[-1]))
    return held


def show(held: Sequence[Held]) -> None:
    """Print them."""
    columns = ("sessions opened and gone", "resident MB", "tasks", "threads", "descriptors")
    rows = [(each.sessions, each.resident_mb, each.tasks, each.threads, each.descriptors) for each in held]
    show_table("What the server holds", columns, rows)


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sessions", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--out", type=Path, help="folder of the result")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="nigoh-bench-") as folder:
        product = RunningProduct(Path(folder))
        with product.running(), product.client:
            held = measure(product, asked.sessions, asked.rounds)
    show(held)
    figures = {"machine": asdict(describe_machine()), "ways": list(_WAYS), "held": [asdict(each) for each in held]}
    console.print(f"written to {save_result('console_sessions', figures, asked.out)}")


if __name__ == "__main__":
    main()
