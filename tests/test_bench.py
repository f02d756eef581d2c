"""Each part of `make bench`, at its smallest: it starts, measures and prints its rows. What it measures is not looked at.

One runs as a process of its own, as it is typed. The others run their `main` in this one, with small numbers and on the product
of the tests instead of one of their own.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from contextlib import nullcontext
from functools import partial
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import bench.__main__ as all_of_them
from bench import (
    audio_start,
    contract,
    crowd,
    demo,
    flood,
    generation,
    internal,
    others,
    pages,
    scale_plots,
    share,
    soak,
    studio,
    web_processes,
    webhook,
    workers,
)
from bench import stack as newcomer
from models import database, in_database
from settings import settings
from tests.support.fakes import tones
from tests.support.stack import STARTING, Stack, free_port
from tools.install_browser import find_browser

ROOT = Path(__file__).parents[1]
TWO_LINES = "[Verse 1]\nRemember when we walked along the shore\nThe summer wind was dancing through your hair\n"
Printed = pytest.CaptureFixture[str]
Patch = pytest.MonkeyPatch


@pytest.fixture(autouse=True)
def the_browser_of_the_tests(monkeypatch: Patch) -> None:
    """Figures are measured in a browser that people use; that a part runs is seen in one that costs half."""
    if found := find_browser():
        monkeypatch.setenv("CHROMIUM", found)


def test_a_part_runs_as_it_is_typed() -> None:
    """In a process that knows nothing of this one: a setting that is read before its stores stand is the wrong one."""
    small = {"LIVE_ROUNDS": "3", "LIVE_PAGES": "3", "WAITING": "0.5", "CHROMIUM": os.environ.get("CHROMIUM", "")}
    small |= {"STUDIO_RENDERER": "tests.support.quick_studio", "STUDIO_GIVES_WAY": "false"}
    typed = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    done = subprocess.run(
        [sys.executable, "-m", "bench", "live"], cwd=ROOT, env=typed | small, capture_output=True, text=True, timeout=STARTING
    )
    assert done.returncode == 0, done.stderr
    for row in ("row committed -> cell changed, one page", "row committed -> cell changed, 3 pages open", "changes on 2 pages"):
        assert row in done.stdout


def test_the_studio_s_speed(capsys: Printed, monkeypatch: Patch) -> None:
    monkeypatch.setattr(studio, "speed", partial(studio.speed, studio.STYLES[:1], (1,), TWO_LINES))
    monkeypatch.setattr(sys, "argv", ["studio", "--speed"])
    studio.main()
    assert "LUFS" in capsys.readouterr().out


def test_generation_at_a_vendor_that_answers_at_once(
    migrated: None, capsys: Printed, tmp_path: Path, monkeypatch: Patch
) -> None:
    """And, at the same product, with more and more workers: here two."""
    for module in (generation, workers):
        monkeypatch.setattr(module, "stores", lambda: nullcontext((tmp_path, free_port())))
    monkeypatch.setattr(generation, "PROMISED", {"musicgpt": ""})
    monkeypatch.setattr(generation, "one_song", partial(generation.one_song, 12.0))
    monkeypatch.setattr(generation, "in_flight", partial(generation.in_flight, 2, 1))
    monkeypatch.setattr(workers, "COUNTS", (2,))
    monkeypatch.setattr(workers, "measure", partial(workers.measure, forms=1))
    sustained = generation.sustained

    def also_by_workers(stack: Stack, name: str) -> None:
        sustained(stack, name, 1)
        monkeypatch.setattr(workers, "product_at", lambda *_, **__: nullcontext(stack))
        workers.main()

    monkeypatch.setattr(generation, "sustained", also_by_workers)
    generation.main()
    in_database(database.execute_sql, "TRUNCATE compose_forms CASCADE")  # else the next stack works on them
    printed = capsys.readouterr().out
    for row in ("an MP3 of 12 s", "nine variations, instant musicgpt", "1 forms (9 variations)", "18 variations in flight"):
        assert row in printed
    assert "2 workers: their CPU per variation" in printed


class Borrowed:
    """The running product for a part that would start one of its own; it goes on afterwards."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.process = SimpleNamespace(pid=stack.process.pid, send_signal=lambda _: None, wait=lambda _: 0)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stack, name)

    def __enter__(self) -> Borrowed:
        return self

    def __exit__(self, *_: object) -> None: ...

    def start(self) -> None: ...

    start_soon = stop = start


async def no_seconds(stack: Stack) -> tuple[float, float]:
    """Instead of a scene in real time: tests/test_demo.py plays one."""
    return 0.0, 0.0


def less_of_a_newcomer(patch: Patch) -> None:
    patch.setattr(newcomer, "IDLE", 0.0)
    patch.setattr(newcomer, "order", partial(newcomer.order, songs=1))


def less_of_the_demo(patch: Patch) -> None:
    patch.setattr(demo, "VISITORS", 2)
    patch.setattr(demo, "HEAD_START", 0.0)
    patch.setattr(demo, "scene", lambda stack: no_second(stack))
    patch.setattr(demo, "tour", no_seconds)
    patch.setattr(demo, "order", lambda stack: (1.0, 2.0))  # as a newcomer's
    patch.setattr(demo, "visit", partial(demo.visit, step="listen"))


async def no_second(stack: Stack) -> float:
    return 0.0


def less_of_the_contract(patch: Patch) -> None:
    measure = contract.measure
    patch.setattr(contract, "measure", lambda stack, form, _: measure(stack, form, more=5, seconds=0.5))


def less_of_the_webhook(patch: Patch) -> None:
    patch.setattr(webhook, "SECRET", settings.webhook_secrets[0])
    patch.setattr(webhook, "measure", partial(webhook.measure, count=16))


def less_of_the_staff_pages(patch: Patch) -> None:
    measure = internal.measure
    patch.setattr(internal, "measure", lambda stack, _: measure(stack, forms=200, rounds=2))


def less_of_the_crowd(patch: Patch) -> None:
    patch.setattr(crowd, "STEPS", (1, 3))
    patch.setattr(crowd, "measure", partial(crowd.measure, steps=(1, 3), seconds=0.3))


def less_of_the_others(patch: Patch) -> None:
    patch.setenv("OTHERS", "/nowhere")
    patch.setattr(others, "STILL", 0)
    song = tones.song
    patch.setattr(tones, "song", lambda seconds, level: song(seconds / 20, level))
    patch.setattr(others, "measure", partial(others.measure, rounds=2, waiting=0.5))


def only(module: Any, **less: object) -> Callable[[Patch], None]:
    return lambda patch: patch.setattr(module, "measure", partial(module.measure, **less))


ON_THE_STACK: dict[str, tuple[Callable[[Patch], None], tuple[str, ...]]] = {
    "stack": (less_of_a_newcomer, ("start, empty data dir -> page answers", "submit -> all 3 ready", "start again")),
    "contract": (less_of_the_contract, ("PATCH form, p95",)),
    "webhook": (less_of_the_webhook, ("(16)",)),
    "share": (only(share, seconds=0.5), ("first visit, before audio",)),
    "audio_start": (only(audio_start, runs=1, seconds=12), ("tap on Open -> it sounds",)),
    "internal": (less_of_the_staff_pages, ("page health",)),
    "demo": (less_of_the_demo, ("visitors at the share page: half of 2",)),
    "web_processes": (only(web_processes, seconds=0.2), ("form read: one process; two",)),
    "flood": (only(flood, seconds=0.02), ("addresses: 1000", "0 x 5xx")),
    "crowd": (less_of_the_crowd, ("3 pages, 20 changes a second", "3 connected, 0 changes unheard")),
    "others": (less_of_the_others, ("commit -> in the page, p50, ms",)),
}


@pytest.mark.parametrize("name", ON_THE_STACK)
def test_a_part_runs_from_its_beginning_to_its_last_row(stack: Stack, name: str, capsys: Printed, monkeypatch: Patch) -> None:
    part, (make_less, rows) = import_module(f"bench.{name}"), ON_THE_STACK[name]
    make_less(monkeypatch)
    monkeypatch.setattr(part, "stack_on_stores", lambda **_: nullcontext(stack), raising=False)
    monkeypatch.setattr(part, "web_alone", lambda: nullcontext(stack.url), raising=False)
    if part in (newcomer, contract, demo):
        monkeypatch.setattr(part, "Stack", lambda *_, **__: Borrowed(stack))
    part.main()
    printed = capsys.readouterr().out
    assert [row for row in rows if row not in printed] == []


def test_the_memory_of_all_processes_is_summed_up(stack: Stack) -> None:
    assert 50 < newcomer.pss(stack) < 2000


def test_no_part_is_left_out() -> None:
    assert {"live", "studio", "generation", "workers", *ON_THE_STACK} == {*all_of_them.BENCHES}
    assert crowd.PAGES == 200


def test_the_page_figures_without_lighthouse(stack: Stack, capsys: Printed, monkeypatch: Patch) -> None:
    """It comes from npm; what it would find is given here."""
    figures = dict.fromkeys(("perf", "a11y", "best", "seo"), 100.0) | {"LCP": 1.0, "TBT": 0.0, "CLS": 0.0, "KiB": 50.0}
    monkeypatch.setattr(pages, "stack_on_stores", lambda: nullcontext(stack))
    monkeypatch.setattr(pages, "install", lambda scratch: scratch)
    looked_at: list[str] = []
    monkeypatch.setattr(pages, "look", lambda program, url, *, seo: looked_at.append(url) or figures)
    monkeypatch.setattr(sys, "argv", ["pages", "landing", "create", "lyrics", "--runs", "1"])
    pages.main()
    assert [stack.call("GET", url.removeprefix(stack.url)).status_code for url in looked_at] == [200] * 3
    assert "landing: transferred without audio" in capsys.readouterr().out


def test_a_soak(stack: Stack, capsys: Printed, tmp_path: Path, monkeypatch: Patch) -> None:
    monkeypatch.setattr(soak, "stack_on_stores", lambda **_: nullcontext(stack))
    monkeypatch.setattr(soak, "measure", partial(soak.measure, every=0.3))
    monkeypatch.setattr(soak, "wait_for", lambda look, *_: look())  # other parts left mails
    report = soak.report

    def nothing_grows(samples: soak.Samples, load: soak.Load) -> list[str]:
        assert report(samples, load) == []
        assert all(load.done[name] for name in ("order", "page", "read", "gift", "event"))
        return []

    monkeypatch.setattr(soak, "report", nothing_grows)
    soak.main(["0.01", "--out", str(tmp_path)])
    printed = capsys.readouterr().out
    for words in ("web           descriptors", "worker 2      pss", "connections   database", "invariants asked"):
        assert words in printed
    assert (tmp_path / "soak.csv").read_text().startswith("minutes,part,figure,value")
    assert (tmp_path / "stack.log").is_file()


def test_pages_that_grow_by_tens_stand_at_equal_distances(tmp_path: Path) -> None:
    scale_plots.save_crowd(tmp_path, [crowd.Step(10**tens, 5, 9, 12, 90, 11, 0)._asdict() for tens in range(4)])
    drawn = (tmp_path / "crowd.svg").read_text()
    places = [
        re.search(rf'<text x="([\d.]+)" y="\d+" text-anchor="middle">{words}</text>', drawn)
        for words in ("1", "10", "100", "1,000")
    ]
    assert [found and float(found[1]) for found in places] == pytest.approx([56, 274, 492, 710])


def test_several_parts_run_in_processes_of_their_own_and_one_that_breaks_off_stops_none(
    monkeypatch: Patch, tmp_path: Path
) -> None:
    """Settings are read once in a process: the stores of one part were missing in the next."""
    asked = []

    def run(command: list[str], **_: object) -> subprocess.CompletedProcess[bytes]:
        asked.append(command[1:])
        return subprocess.CompletedProcess(command, 1 if "live" in command else 0)

    monkeypatch.setattr(subprocess, "run", run)
    assert all_of_them.main(["stack", "live", "contract", "million"]) == 1
    assert asked == [["-m", "bench", name, "million"] for name in ("stack", "live", "contract")]


def test_a_part_reads_its_settings_after_its_stores_stand() -> None:
    """As its own process would: nothing that is imported with a part may read the environment before the stores are there.
    The studio needs none."""
    parts = (*(name for name in all_of_them.BENCHES if name != "studio"), "pages", "soak", "production")
    code = f"""
import importlib, sys
for name in {parts}:
    importlib.import_module("bench." + name)
    if "settings" in sys.modules:
        sys.exit(name)
"""
    asked = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=asked, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
