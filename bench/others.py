"""One grid of nine cells in Serenade, Streamlit and Gradio: from a committed row to the page, and the bytes that it takes.

`make bench-others` installs the two, into an environment of their own, and runs this; OTHERS=FOLDER names another environment.
Without one, ours is measured alone. Neither of the two is made for what is measured here: docs/benchmarks.md says what they are
made for, and how their pages follow a row.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import NamedTuple

from playwright.sync_api import Browser, Page, sync_playwright

from bench.other_pages import PRODUCTS, SECONDS, WAYS, served, versions
from bench.received import Received
from bench.scale_plots import save_others
from bench.shared_stores import stack_on_stores
from tests.support.stack import wait_for
from tools.install_browser import find_browser

ROUNDS, WAITING = 40, 30.0  # changes; seconds in which nothing changes
STILL = 2  # seconds with next to nothing until a page counts as opened
NEXT_TO_NOTHING = 20_000  # bytes in a second: what timers ask for anyway
FLAGS = ["--no-sandbox", "--disable-gpu", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1"]
WATCH = """(percent) => {
  const told = new RegExp(`(^|[^0-9])${percent} %`);
  const roots = [document.body, ...[...document.querySelectorAll('*')].map((one) => one.shadowRoot).filter(Boolean)];
  const there = () => roots.some((root) => told.test(root.textContent));
  if (there()) throw new Error(`${percent} % stands there already`);
  window.seen = new Promise((found, failed) => {
    const observer = new MutationObserver(() => {
      const at = performance.timeOrigin + performance.now();
      if (there()) { observer.disconnect(); found(at); }
    });
    for (const root of roots) observer.observe(root, {subtree: true, childList: true, characterData: true});
    setTimeout(() => failed(new Error(`${percent} % was not shown within a minute`)), 60000);
  });
}"""
IS_DRAWN = """() => {
  const roots = [document, ...[...document.querySelectorAll('*')].map((one) => one.shadowRoot).filter(Boolean)];
  const players = roots.reduce((sum, root) => sum + root.querySelectorAll('audio').length, 0);
  return players >= 8 && roots.some((root) => /[0-9] %/.test((root.body || root).textContent));
}"""
WORDS = "[Verse 1]\nRemember when we walked along the shore\nThe summer wind was dancing through your hair\n" * 8


class Figures(NamedTuple):
    """Of one page. Bytes where nothing else is said."""

    opened: int  # first visit, without recordings
    audio: int
    requests: int
    waited: int  # while nothing changes
    asked: int  # requests, and messages over a WebSocket, that it sends meanwhile
    took: list[float]  # milliseconds from each commit to the page
    received: list[int]  # from each change to the next


def main() -> None:
    """Print the table; with `plots` as a further word, draw docs/others.svg."""
    folder = Path(os.environ.get("OTHERS") or ".venv-others")
    found = versions(folder)
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores; a timer looks every {SECONDS:g} s")
    print(compared(folder, found), flush=True)
    with stack_on_stores() as stack, tempfile.TemporaryDirectory() as scratch, ExitStack() as pages:
        form_id, task = a_grid()
        grid = {"GRID_FORM": form_id, "GRID_AUDIO": str(stack.data_dir / "audio")}
        started = {
            f"{product.title()}, {way}": pages.enter_context(served(folder, product, way, Path(scratch), grid))
            for product in found
            for way in WAYS
        }
        for name, page in started.items():
            wait_for(page.is_up, f"the page of {name}", 120)
        urls = {"Serenade": f"{stack.url}/compose/variations?formId={form_id}"}
        figures = measure(
            urls | {name: page.url for name, page in started.items()}, lambda percent: change(form_id, task, percent)
        )
    print("\n".join(lines(figures)))
    if "plots" in sys.argv:
        save_others(Path("docs"), {name: (one.took, one.received) for name, one in figures.items()})


def compared(folder: Path, found: Mapping[str, str]) -> str:
    """What is measured beside ours, and how to get what is not."""
    missing = [name.title() for name in PRODUCTS if name not in found]
    there = [f"{name.title()} {version}" for name, version in found.items()]
    said = f"{' and '.join(missing)} left out: not in {folder}, where `make bench-others` installs them (660 MB)"
    return "; ".join([*there, *([said] if missing else [])])


def a_grid() -> tuple[str, str]:
    """A form of three songs: eight versions can be heard, the first is being made; the form and that version."""
    from datetime import timedelta

    from integrations.storage import storage
    from models import now
    from tests.support.fakes.tones import song
    from tests.support.forms import a_form, a_variation

    later = now() + timedelta(hours=1)
    written = {"generated_lyrics": [WORDS] * 3, "generated_titles": ["Along the Shore", "Summer Wind", "Through Your Hair"]}
    form_id = a_form(3, status="variations_generating", submitted_at=now(), **written)
    made = {"status": "generating", "step": "waiting", "provider": "studio", "next_poll_at": later, "deadline_at": later}
    task = a_variation(form_id, progress=0, submitted_at=now(), lyrics=WORDS, preview_key=None, master_key=None, **made)
    for place in range(1, 9):
        key = f"bench/preview-{place}.mp3"
        storage().put(key, song(45.0 + place / 10, 0.5))
        heard = {"status": "ready", "preview_key": key, "duration_ms": 90_000, "preview_ms": 45_000, "lyrics": WORDS}
        a_variation(form_id, place // 3, place % 3 + 1, peaks={"preview": [50, 80, 30, 60] * 30}, **heard)
    return form_id, task


def change(form_id: str, task: str, percent: int) -> float:
    """Commit one version's progress; when that was (ms since 1970). Our page hears of it through Redis, as from any job, the
    others through PostgreSQL, if they listen."""
    from models import Variation, database, now
    from pubsub import publish

    with database.connection_context():
        with database.atomic():
            Variation.update(progress=percent, updated_at=now()).where(Variation.id == task).execute()
            database.execute_sql("NOTIFY grid")
        committed = time.time() * 1000
        publish(form_id)
    return committed


def measure(
    urls: Mapping[str, str], commit: Callable[[int], float], rounds: int = ROUNDS, waiting: float = WAITING
) -> dict[str, Figures]:
    """The figures of each page. All wait at the same time; then one after another, alone, follows the changes."""
    found = {}
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=find_browser(whole=True), args=FLAGS)
        opened = {name: opened_page(chromium, url) for name, url in urls.items()}
        first = {name: (one.everything - one.audio, one.audio, one.requests) for name, (_, one) in opened.items()}
        waited = wait_together(list(opened.values()), waiting)
        for number, (name, url) in enumerate(urls.items()):
            page, received = opened_page(chromium, url)
            start = 1 + number % 2 * 50  # never what the row says already
            pause = SECONDS if "timer" in name else SECONDS / 4
            followed = changes(page, received, range(start, start + rounds), pause, commit)
            found[name] = Figures(*first[name], *waited[number], *followed)
            page.context.close()
        chromium.close()
    return found


def opened_page(chromium: Browser, url: str) -> tuple[Page, Received]:
    """A page in a browser that was never there, once it shows the grid and next to nothing comes any more."""
    page, received = chromium.new_context().new_page(), Received()
    received.listen(page.context.new_cdp_session(page))
    page.goto(url, timeout=120_000)
    page.wait_for_function(IS_DRAWN, timeout=120_000)
    quiet = 0
    while quiet < STILL:
        before = received.everything
        page.wait_for_timeout(1000)
        quiet = quiet + 1 if received.everything - before < NEXT_TO_NOTHING else 0
    return page, received


def wait_together(opened: list[tuple[Page, Received]], seconds: float) -> list[tuple[int, int]]:
    """(bytes received, requests and messages sent) of each page while nothing changes; then they are closed."""
    before = [(one.everything, one.requests + one.sent) for _, one in opened]
    opened[0][0].wait_for_timeout(1000 * seconds)
    after = [(one.everything, one.requests + one.sent) for _, one in opened]
    for page, _ in opened:
        page.context.close()
    return [(bytes_now - bytes_then, now - then) for (bytes_then, then), (bytes_now, now) in zip(before, after, strict=True)]


def changes(
    page: Page, received: Received, percents: range, pause: float, commit: Callable[[int], float]
) -> tuple[list[float], list[int]]:
    """Milliseconds from each commit to the page; bytes from each to the next. After a change was seen, the next comes within
    `pause` seconds: at every moment of a timer's round alike, as the golden ratio spreads them."""
    took, marks = list[float](), list[int]()
    for number, percent in enumerate(percents):
        page.wait_for_timeout(1000 * pause * (number * 0.618034 % 1))
        page.evaluate(WATCH, percent)
        marks.append(received.everything)
        committed = commit(percent)
        took.append(float(page.evaluate("() => window.seen")) - committed)
    page.wait_for_timeout(500)
    marks.append(received.everything)
    return took, [later - earlier for earlier, later in pairwise(marks)]


def lines(figures: Mapping[str, Figures]) -> list[str]:
    """The table, a column for each page."""
    minutes = WAITING / 60
    rows: dict[str, Callable[[Figures], float]] = {
        "commit -> in the page, p50, ms": lambda one: median(one.took),
        "  p95": lambda one: sorted(one.took)[int(len(one.took) * 0.95)],
        "  longest": lambda one: max(one.took),
        "received from a change to the next, bytes": lambda one: sum(one.received) / len(one.received),
        "waiting, a minute: received, bytes": lambda one: one.waited / minutes,
        "  requests and messages sent": lambda one: one.asked / minutes,
        "first visit without recordings, KB": lambda one: one.opened / 1024,
        "  of recordings, KB": lambda one: one.audio / 1024,
        "  requests": lambda one: one.requests,
    }
    width = max(map(len, figures)) + 2
    heading = " " * 44 + "".join(f"{name:>{width}}" for name in figures)
    return [
        heading,
        *(f"{what:44}" + "".join(f"{of(one):{width},.0f}" for one in figures.values()) for what, of in rows.items()),
    ]


if __name__ == "__main__":
    main()
