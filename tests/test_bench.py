"""Each part of `make bench`, at its smallest: it starts, measures and prints its rows. What it measures is not looked at."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

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
    live,
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
from tests.support.stack import Stack, free_port
from tools.install_browser import find_browser

ROOT = Path(__file__).parents[1]
TWO_LINES = "[Verse 1]\nRemember when we walked along the shore\nThe summer wind was dancing through your hair\n"
Printed = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def the_browser_of_the_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    """Figures are measured in a browser that people use; that a part runs is seen in one that costs half."""
    if found := find_browser():
        monkeypatch.setenv("CHROMIUM", found)


def test_the_studio_s_speed(capsys: Printed) -> None:
    studio.speed(studio.STYLES[:1], (1,), TWO_LINES)
    assert "LUFS" in capsys.readouterr().out


def test_generation_at_a_vendor_that_answers_at_once(migrated: None, capsys: Printed, tmp_path: Path) -> None:
    generation.one_song(12.0)
    with generation.product_at("musicgpt", tmp_path, free_port()) as running:
        generation.overhead(running, "musicgpt")
        assert workers.measure(running, 2, forms=1) > (0, 0)
    generation.in_flight(2, passes=1)
    in_database(database.execute_sql, "TRUNCATE compose_forms CASCADE")  # else the next stack works on them
    printed = capsys.readouterr().out
    for row in ("an MP3 of 12 s", "nine variations, instant musicgpt", "1 forms (9 variations)", "18 variations in flight"):
        assert row in printed


@pytest.fixture(scope="module")
def form_id(stack: Stack) -> str:
    """What a newcomer's order is measured on, and then what the others read and write."""
    made = newcomer.order(stack, songs=1)
    stack.await_status(made, "variations_ready")
    return made


def test_the_product_as_a_newcomer_meets_it(stack: Stack, form_id: str) -> None:
    assert newcomer.answers(stack)
    assert 50 < newcomer.pss(stack) < 2000


async def test_from_a_committed_row_to_an_open_page_with_others_open(stack: Stack, form_id: str, capsys: Printed) -> None:
    await live.measure(stack, form_id, rounds=3, pages=3, waiting=0.5)
    printed = capsys.readouterr().out
    assert "row committed -> cell changed, 3 pages open" in printed
    assert "changes on 2 pages" in printed


async def test_more_and_more_open_pages(stack: Stack, form_id: str, capsys: Printed) -> None:
    found = await crowd.measure(stack, crowd.alike(form_id, 3), steps=(1, 3), seconds=0.3)
    assert [(step.pages, step.unheard) for step in found] == [(1, 0), (3, 0)]
    assert "3 pages, 20 changes a second" in capsys.readouterr().out


def test_a_flood_of_pages_that_no_browser_comes_for(stack: Stack, capsys: Printed) -> None:
    assert flood.measure(stack, 1000, seconds=0.02) < 150
    assert "0 x 5xx" in capsys.readouterr().out


def test_two_web_processes(stack: Stack) -> None:
    assert min(web_processes.measure(stack, seconds=0.2).values()) > 0


def test_pages_that_grow_by_tens_stand_at_equal_distances(tmp_path: Path) -> None:
    scale_plots.save_crowd(tmp_path, [crowd.Step(10**tens, 5, 9, 12, 90, 11, 0)._asdict() for tens in range(4)])
    drawn = (tmp_path / "crowd.svg").read_text()
    places = [
        re.search(rf'<text x="([\d.]+)" y="\d+" text-anchor="middle">{words}</text>', drawn)
        for words in ("1", "10", "100", "1,000")
    ]
    assert [found and float(found[1]) for found in places] == pytest.approx([56, 274, 492, 710])


def test_the_contract_under_load(stack: Stack, form_id: str, capsys: Printed) -> None:
    rates = contract.measure(stack, form_id, more=5, seconds=0.5)
    assert min(rates.values()) > 0
    assert "PATCH form, p95" in capsys.readouterr().out


def test_the_webhook_under_load(stack: Stack, capsys: Printed) -> None:
    webhook.measure(stack.url, settings.webhook_secrets[0], count=16)
    assert "(16)" in capsys.readouterr().out


def test_the_share_page_under_load(stack: Stack, capsys: Printed) -> None:
    share.measure(stack, seconds=0.5)
    assert "first visit, before audio" in capsys.readouterr().out


async def test_a_gift_opened_on_a_phone(stack: Stack, capsys: Printed) -> None:
    await audio_start.measure(stack, runs=1, seconds=12)
    assert "tap on Open -> it sounds" in capsys.readouterr().out


def test_what_staff_look_at(stack: Stack, capsys: Printed) -> None:
    internal.measure(stack, forms=200, rounds=2)
    assert "page health" in capsys.readouterr().out


async def test_a_soak(stack: Stack, capsys: Printed, tmp_path: Path) -> None:
    samples, load = await soak.measure(stack, settings.webhook_secrets[0], minutes=0.01, every=0.3)
    assert soak.report(samples, load) == []
    assert all(load.done[name] for name in ("order", "page", "read", "gift", "event"))
    soak.broken()
    soak.write(samples, tmp_path, "a moment")
    printed = capsys.readouterr().out
    for words in ("web           descriptors", "worker 2      pss", "connections   database", "invariants asked"):
        assert words in printed
    assert (tmp_path / "soak.csv").read_text().startswith("minutes,part,figure,value")


def test_a_visitor_of_the_demo(stack: Stack) -> None:
    there: list[float] = []
    demo.visit(stack, there, "listen")
    assert len(there) == 1


def test_every_part_is_one_that_can_be_asked_for() -> None:
    for name in all_of_them.BENCHES:
        assert callable(import_module(f"bench.{name}").main)
    assert crowd.PAGES == 200


def test_several_parts_run_in_processes_of_their_own_and_one_that_breaks_off_stops_none(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
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
    """As its own process would: nothing that is imported with a part may read the environment before the stores are there."""
    parts = ("live", "generation", "share", "audio_start", "internal", "pages", "soak")
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
    assert asyncio.iscoroutinefunction(live.measure)
