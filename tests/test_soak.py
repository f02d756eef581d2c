"""What `make soak` concludes from its samples, and the charts it draws."""

from __future__ import annotations

import random
import time
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from fastapi import FastAPI
from nicegui import app as nicegui_app
from nicegui.app.app import prune_tab_storage
from nicegui.observables import ObservableDict

from bench import plots, soak

SVG = "{http://www.w3.org/2000/svg}"
NOISE = random.Random(1)


def samples(value_of: object, count: int = 240) -> list[tuple[float, float]]:
    """One every five seconds: (minutes, value)."""
    assert callable(value_of)
    return [(number / 12, value_of(number / 12)) for number in range(count)]


@pytest.mark.parametrize(
    ("figure", "value_of", "said"),
    [
        ("pss", lambda minutes: 100.0, "flat"),
        ("pss", lambda minutes: 100 + 0.2 * minutes, "flat"),  # 2 MB in ten minutes: within what is allowed
        ("pss", lambda minutes: 100 + 1.0 * minutes, "GROWS"),
        ("pss", lambda minutes: 100 - 1.0 * minutes, "flat"),
        ("pss", lambda minutes: 60 + 40 * min(minutes / 5, 1), "flat"),  # warming up belongs to the first half
        ("pss", lambda minutes: 60 + NOISE.uniform(0, 30), "flat"),
        ("descriptors", lambda minutes: 50.0 + minutes // 3, "GROWS"),
        ("descriptors", lambda minutes: 50.0 + (minutes > 15), "flat"),
        ("database", lambda minutes: 10.0 + minutes // 2, "GROWS"),
    ],
)
def test_what_rises_steadily_grows_and_nothing_else(figure: str, value_of: object, said: str) -> None:
    assert soak.verdict(figure, samples(value_of)) == said


def test_the_line_goes_through_the_second_half_alone() -> None:
    found = soak.trend(samples(lambda minutes: 5.0 if minutes < 10 else 5 + 3 * (minutes - 10)))
    assert found.per_hour == pytest.approx(180)
    assert found.rise == pytest.approx(3 * 119 / 12)
    assert found.steady == pytest.approx(1)
    assert soak.trend([]) == soak.trend([(0.0, 1.0)]) == (0, 0, 0)


def test_a_run_that_is_too_short_says_so() -> None:
    assert soak.verdict("pss", samples(lambda minutes: 100 * minutes, 20)) == "too short"


def test_a_chart_names_every_line_at_its_end_and_no_two_names_touch() -> None:
    lines = {f"worker <{number}>": samples(lambda minutes, number=number: 50 + number / 10) for number in range(9)}
    drawn = plots.line_charts("Memory & more", [plots.Panel("MB", lines), plots.Panel("none yet", {})], "minutes")
    root = ElementTree.fromstring(drawn)
    named = {one.text: float(one.get("y", "")) for one in root.iter(f"{SVG}text") if (one.text or "").startswith("worker")}
    assert len(named) == len(list(root.iter(f"{SVG}path"))) == 9
    places = sorted(named.values())
    assert min(after - before for before, after in pairwise(places)) >= plots.LINE
    assert len(drawn) < 60_000


def test_many_points_become_the_means_of_neighbours() -> None:
    assert plots.thin([(float(x), 10.0 * x) for x in range(6)], 3) == [(0.5, 5), (2.5, 25), (4.5, 45)]
    assert plots.thin([]) == []
    assert len(plots.thin([(float(x), 1.0) for x in range(1000)])) <= plots.MOST_POINTS


@pytest.mark.parametrize(
    ("most", "marks"),
    [
        (0.7, [0, 0.2, 0.4, 0.6, 0.8]),
        (150, [0, 50, 100, 150]),
        (20, [0, 5, 10, 15, 20]),
        (0, [0, 0.25]),
        (9, [0, 2.5, 5, 7.5, 10]),
    ],
)
def test_the_marks_of_an_axis_are_round_and_reach_the_highest_value(most: float, marks: list[float]) -> None:
    assert plots.ticks(most) == pytest.approx(marks)


async def test_a_browser_tab_is_forgotten_a_day_after_it_did_anything(
    application: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a web process keeps something of everybody who came within thirty days."""
    tabs = {name: ObservableDict() for name in ("yesterday's", "this morning's")}
    tabs["yesterday's"].last_modified = time.time() - 25 * 60 * 60
    tabs["this morning's"].last_modified = time.time() - 12 * 60 * 60
    monkeypatch.setattr(nicegui_app.storage, "_tabs", tabs)
    await prune_tab_storage()
    assert list(tabs) == ["this morning's"]
