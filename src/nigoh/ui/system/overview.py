"""Capacity, coverage, latency, drops, processes; and how all of that was over the last day."""

import asyncio
from collections import Counter

import flet as ft

from nigoh.domain.camera_status import LinkState
from nigoh.ui.client.system import Capacity, History, Process, Sample, SystemInfo
from nigoh.ui.console import Console
from nigoh.ui.controls.states import loading
from nigoh.ui.system.plot import Curve, Plot
from nigoh.ui.words.say import Say

_AGAIN_S = 10.0


class Overview:
    """How it is now and was over the day; looks again every ten seconds."""

    def __init__(self, console: Console) -> None:
        self._console = console
        say = console.say
        self._body = ft.Column(controls=[loading(say)], spacing=16)
        self._cards = ft.ResponsiveRow(controls=[], spacing=12, run_spacing=12)
        self._capacity = ft.Text(color=ft.Colors.ON_SURFACE_VARIANT)
        self._processes = ft.Column(spacing=4)
        self._plots = {
            "cpu": Plot(say("Processor cores used")),
            "coverage": Plot(say("Coverage")),
            "latency": Plot(say("Latency, 95 of 100 frames")),
            "analysed": Plot(say("Frames analysed a second")),
            "dropped": Plot(say("Frames dropped a second")),
            "memory": Plot(say("Memory")),
        }

    def build(self) -> ft.Control:
        """What is shown."""
        return self._body

    async def open(self) -> None:
        """Look, again and again."""
        say = self._console.say
        while True:
            info, history = await asyncio.gather(
                self._console.api.get("/system", SystemInfo), self._console.api.get("/system/history", History)
            )
            self._show(info, history)
            if self._cards not in self._body.controls:
                plots = ft.ResponsiveRow(
                    controls=[each.control for each in self._plots.values()], spacing=12, run_spacing=12
                )
                self._body.controls = [
                    self._cards,
                    self._capacity,
                    _title(say("Over the last day")),
                    plots,
                    _title(say("Processes")),
                    self._processes,
                ]
            self._console.refresh(self._body)
            await asyncio.sleep(_AGAIN_S)

    def _show(self, info: SystemInfo, history: History) -> None:
        say = self._console.say
        self._cards.controls = [_card(*each) for each in _figures(say, info, history)]
        self._capacity.value = capacity_text(say, history.capacity)
        self._processes.controls = [self._process(each) for each in info.shards] or [
            ft.Text(say("No process watches cameras yet."))
        ]
        self._draw(history.samples, history.capacity.cores)

    def _process(self, process: Process) -> ft.Control:
        say = self._console.say
        facts = [
            say.many("{count} camera", "{count} cameras", process.cameras),
            say("memory {size}", size=say.size(process.resident_bytes)),
            say.many("started again {count} time", "started again {count} times", process.restarts),
        ]
        return ft.ListTile(
            leading=ft.Icon(ft.Icons.MEMORY), title=ft.Text(process.shard), subtitle=ft.Text(", ".join(facts))
        )

    def _draw(self, samples: tuple[Sample, ...], cores: int) -> None:
        say = self._console.say
        if not samples:
            for plot in self._plots.values():
                plot.show(Curve((), ()), say("The first figures come in a minute."), "", "")
            return
        times, last = [each.at for each in samples], samples[-1]
        begin, end = say.clock(times[0]), say.clock(times[-1])
        drawn = {
            "cpu": ([each.cpu_cores for each in samples], float(cores), say.number(last.cpu_cores, 2)),
            "coverage": ([each.coverage for each in samples], 1.0, say.percent(last.coverage, 1)),
            "latency": ([each.slow_latency_s for each in samples], 0.0, _seconds(say, last.slow_latency_s)),
            "analysed": ([each.analysed_per_s for each in samples], 0.0, say.number(last.analysed_per_s, 1)),
            "dropped": ([each.dropped_per_s for each in samples], 0.0, say.number(last.dropped_per_s, 1)),
            "memory": ([float(each.resident_bytes) for each in samples], 0.0, say.size(last.resident_bytes)),
        }
        for key, (values, top, told) in drawn.items():
            self._plots[key].show(Curve(times, values, top), told, begin, end)


def capacity_text(say: Say, capacity: Capacity) -> str:
    """How many cameras are possible, and how that is known."""
    if capacity.possible is None:
        return say("How many cameras are possible is known as soon as one is watched.")
    how = say(
        "Estimated: 80 % of the {cores} cores, divided by what each camera took over the last ten minutes:"
        " {used} of a core.",
        cores=capacity.cores,
        used=say.number(capacity.used_cores / max(capacity.cameras, 1), 3),
    )
    if capacity.is_exhausted:
        return say("This machine is at its limit: frames are dropped for want of computing time.") + " " + how
    return how


def _figures(say: Say, info: SystemInfo, history: History) -> list[tuple[str, str, str]]:
    watching = sum(each.state is LinkState.WATCHING for each in info.cameras)
    drops: Counter[str] = Counter()
    for camera in info.cameras:
        drops.update(camera.counts.dropped_frames)
    offered = sum(each.counts.offered_frames for each in info.cameras)
    coverage = sum(each.coverage for each in info.cameras) / len(info.cameras) if info.cameras else None
    last, possible = history.samples[-1] if history.samples else None, history.capacity.possible
    dropped = ", ".join(f"{_cause(say, cause)} {say.number(count)}" for cause, count in drops.most_common() if count)
    share = say.percent(sum(drops.values()) / offered, 2) if offered else "0 %"
    return [
        (say("Cameras"), say("{watching} of {all}", watching=watching, all=len(info.cameras)), say("watched now")),
        (say("Cameras possible"), "—" if possible is None else say("about {count}", count=say.number(possible)), ""),
        (say("Coverage"), "—" if coverage is None else say.percent(coverage, 1), say("of the last minutes")),
        (say("Latency"), _seconds(say, last.latency_s) if last else "—", say("median of the last half minute")),
        (say("Dropped frames"), share, dropped or say("none")),
        (
            say("Version"),
            info.version,
            say("runs for {time}", time=say.lasting((info.at - info.started_at).total_seconds())),
        ),
    ]


def _cause(say: Say, cause: str) -> str:
    return {
        "newer": say("a newer one came:"),
        "undecodable": say("damaged:"),
        "overload": say("no computing time:"),
        "disconnected": say("camera lost:"),
    }.get(cause, cause)


def _seconds(say: Say, seconds: float) -> str:
    return (
        say("{number} ms", number=say.number(seconds * 1000))
        if seconds < 1
        else say("{number} s", number=say.number(seconds, 2))
    )


def _card(title: str, figure: str, about: str) -> ft.Control:
    return ft.Container(
        content=ft.Column(
            controls=[
                ft.Text(title, color=ft.Colors.ON_SURFACE_VARIANT),
                ft.Text(figure, theme_style=ft.TextThemeStyle.HEADLINE_MEDIUM),
                ft.Text(about, size=12, color=ft.Colors.ON_SURFACE_VARIANT),
            ],
            spacing=4,
        ),
        bgcolor=ft.Colors.SURFACE_CONTAINER_LOW,
        padding=16,
        border_radius=12,
        col={"xs": 12, "sm": 6, "lg": 4},
    )


def _title(text: str) -> ft.Control:
    return ft.Semantics(
        content=ft.Text(text, theme_style=ft.TextThemeStyle.TITLE_MEDIUM), heading_level=2, header=True
    )
