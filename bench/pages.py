"""`make bench-pages`: the page figures in docs/benchmarks.md. Every page under a local Lighthouse (mobile), two songs switched
at the same moment, and 200 open pages that follow their rows.

`PAGES="share landing" RUNS=3 make bench-pages` (or `python -m bench.pages share landing --runs 3`) looks at these pages alone;
"switch" and "live" are the parts without Lighthouse. Lighthouse comes from npm into a scratch folder and is removed with it;
the product itself never needs it. Figures of a busy machine mean little: the load is printed with them.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import Any

from bench import table
from bench.shared_stores import stack_on_stores
from bench.table import Row, show
from tests.support.stack import Stack, wait_for
from tools.install_browser import find_browser

LIGHTHOUSE = "lighthouse@12.8.2"
CATEGORIES = {"performance": "perf", "accessibility": "a11y", "best-practices": "best", "seo": "seo"}
AUDITS = {"largest-contentful-paint": "LCP", "total-blocking-time": "TBT", "cumulative-layout-shift": "CLS"}
PAGES = {
    "landing": "/",
    "legal": "/terms",
    "share": "/s/",
    "create": "/compose/create",
    "lyrics": "/compose/lyrics",
    "variations": "/compose/variations",
}
PLAIN = ("landing", "legal", "share")
FOUND = ("landing", "legal")  # by search engines; the others are noindex on purpose
OTHERS = ("switch", "live")


def main() -> None:
    """Print the table."""
    asked = argparse.ArgumentParser(prog="python -m bench.pages")
    asked.add_argument("pages", nargs="*", help=f"of {', '.join((*PAGES, *OTHERS))}; without: all")
    asked.add_argument("--runs", type=int, default=int(os.environ.get("RUNS") or "5"))
    wanted = asked.parse_args()
    if unknown := set(wanted.pages) - {*PAGES, *OTHERS}:
        asked.error(f"no such page: {', '.join(unknown)}")
    with tempfile.TemporaryDirectory() as scratch, stack_on_stores() as stack:
        measure(stack, Path(scratch), wanted.pages or [*PAGES, *OTHERS], wanted.runs)


def measure(stack: Stack, scratch: Path, wanted: list[str], runs: int) -> None:
    """Everything that is wanted, row by row."""
    sys.stdout.write(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores; {LIGHTHOUSE}, mobile, median of {runs}\n")
    paths = addresses(stack, wanted)
    show(table.HEADING)
    if lit := [name for name in wanted if name in PAGES]:
        lighthouse = install(scratch)
        for name in lit:
            for row in rows_of(name, [look(lighthouse, stack.url + paths[name], seo=name in FOUND) for _ in range(runs)]):
                show(row)
    if "switch" in wanted:
        from bench.switching import measure_switches

        for row in measure_switches(stack, paths["variations"]):
            show(row)
    if "live" in wanted:
        from bench import live

        asyncio.run(live.measure(stack, live.a_form(stack)))


def install(scratch: Path) -> Path:
    """Lighthouse in a folder of its own; its program."""
    npm = shutil.which("npm")
    if npm is None:
        sys.exit("bench-pages needs npm for Lighthouse.")
    silent = ["--no-audit", "--no-fund", "--loglevel=error"]
    subprocess.run([npm, "install", "--prefix", str(scratch), *silent, LIGHTHOUSE], stdout=subprocess.DEVNULL, check=True)
    return scratch / "node_modules" / ".bin" / "lighthouse"


def addresses(stack: Stack, wanted: list[str]) -> dict[str, str]:
    """The pages: a draft, lyrics, nine players, a gift, and the plain ones. Songs are made only for pages that show them."""
    found = dict(PAGES)
    if "share" in wanted:
        found["share"] = gift(stack)
    if "lyrics" in wanted:
        words = stack.create()
        stack.await_status(words, "prompts_generated")
        found["lyrics"] += f"?formId={words}"
    if {"variations", "switch"} & set(wanted):
        nine = stack.create(songs=3)
        stack.generate(nine)
        stack.await_status(nine, "variations_ready", seconds=600)
        found["variations"] += f"?formId={nine}"
    return found


def gift(stack: Stack) -> str:
    """The path of a song that was made and paid for."""
    paid = stack.create()
    stack.generate(paid)
    stack.await_status(paid, "variations_ready", seconds=120)
    opened = stack.call("POST", "/api/stripe/checkout", json={"formId": paid, "selectedVariations": {"0": 1}}).json()
    stack.call("POST", opened["url"].removeprefix(stack.url) + "/pay", data={"outcome": "paid"}, allow_redirects=False)
    return str(wait_for(lambda: stack.form(paid)["shareUrls"].get("0"), "the gift")).removeprefix(stack.url)


def look(lighthouse: Path, url: str, *, seo: bool) -> dict[str, float]:
    """One run: scores, the three vitals, and what was transferred. Says which audits failed."""
    flags = "--headless=new --no-sandbox --disable-gpu"
    command = [str(lighthouse), url, "--quiet", "--output=json", "--output-path=stdout", f"--chrome-flags={flags}"]
    environment = {**os.environ, "CHROME_PATH": str(find_browser(whole=True))}
    for left in (3, 2, 1, 0):  # it loses the trace of a page now and then (NO_NAVSTART), and asks to be run again
        ran = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=not left)
        if not ran.returncode:
            break
        sys.stderr.write(f"  Lighthouse gave up and is asked again: {ran.stderr.strip()[-100:]}\n")
    report: dict[str, Any] = json.loads(ran.stdout)
    found = {short: 100 * (report["categories"][name]["score"] or 0) for name, short in CATEGORIES.items()}
    found |= {short: float(report["audits"][name]["numericValue"]) for name, short in AUDITS.items()}
    found["LCP"] /= 1000
    requests = report["audits"]["network-requests"]["details"]["items"]
    found["KiB"] = sum(one.get("transferSize", 0) for one in requests if one.get("resourceType") != "Media") / 1024
    for name in ("accessibility", "best-practices", *(["seo"] if seo else [])):
        for audit in report["categories"][name]["auditRefs"]:
            score = report["audits"][audit["id"]]["score"]
            if score is not None and score < 1 and audit["weight"]:
                sys.stderr.write(f"  {name}: {audit['id']} on {url.partition('?')[0]}\n")
    return found


def rows_of(name: str, runs: list[dict[str, float]]) -> list[Row]:
    """One page: medians."""
    m = {key: median(run[key] for run in runs) for key in runs[0]}
    spread = f"{m['perf']:.0f} ({min(run['perf'] for run in runs):.0f}-{max(run['perf'] for run in runs):.0f})"
    if name in PLAIN:
        rest = ["a11y", "best", "seo"] if name in FOUND else ["a11y", "best"]
        scores = ", ".join(f"{m[key]:.0f}" for key in rest)
        called = "accessibility, best practices" + (", SEO" if "seo" in rest else "")
        return [
            Row(f"{name}: performance", spread, ">= 99", m["perf"] >= 99),
            Row(f"{name}: {called}", scores, "100 each", all(m[key] == 100 for key in rest)),
            Row(f"{name}: transferred without audio", f"{m['KiB']:.0f} KiB", "<= 60 KiB", m["KiB"] <= 60, table.PLAIN),
        ]
    rows = [
        Row(f"{name}: performance", spread, ">= 90", m["perf"] >= 90, table.PERFORMANCE),
        Row(f"{name}: accessibility", f"{m['a11y']:.0f}", "100", m["a11y"] == 100),
        Row(f"{name}: largest contentful paint", f"{m['LCP']:.2f} s", "<= 2.5 s", m["LCP"] <= 2.5, table.PAINT),
        Row(f"{name}: total blocking time", f"{m['TBT']:.0f} ms", "<= 200 ms", m["TBT"] <= 200, table.BLOCKING),
        Row(f"{name}: layout shift", f"{m['CLS']:.3f}", "<= 0.02", m["CLS"] <= 0.02),
    ]
    if name == "create":
        rows.append(Row("create: first load, transferred", f"{m['KiB']:.0f} KiB", "<= 330 KiB", m["KiB"] <= 330, table.CREATE))
    return rows


if __name__ == "__main__":
    main()
