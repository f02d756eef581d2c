"""`make bench-pages`: every page under a local Lighthouse (mobile), and two songs switched at the same moment.

`PAGES="share landing" RUNS=3 make bench-pages` (or `python -m bench.pages share landing --runs 3`) looks at these pages alone.
Lighthouse comes from npm into a scratch folder and goes with it; the product itself never needs it. Figures of a busy
machine mean little: the load is printed with them.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import Any

from bench.switching import measure_switches
from tests.house import House, free_port, wait_for
from tests.install_browser import find_browser

LIGHTHOUSE = "lighthouse@12.8.2"
CATEGORIES = {"performance": "perf", "accessibility": "a11y", "best-practices": "best", "seo": "seo"}
AUDITS = {"largest-contentful-paint": "LCP s", "total-blocking-time": "TBT ms", "cumulative-layout-shift": "CLS"}
PLAIN = "perf >= 99, a11y 100, best 100, seo 100, <= 60 KiB"
BUILT = "perf >= 90, a11y 100, LCP <= 2.5, TBT <= 200, CLS <= 0.02"

PAGES = {
    "landing": ("/", PLAIN),
    "legal": ("/terms", PLAIN),
    "share": ("/s/", PLAIN.replace(", seo 100", "")),
    "create": ("/compose/create", BUILT + ", <= 330 KiB"),
    "lyrics": ("/compose/lyrics", BUILT),
    "variations": ("/compose/variations", BUILT),
}


def main() -> None:
    """Print the table."""
    asked = argparse.ArgumentParser(prog="python -m bench.pages")
    asked.add_argument("pages", nargs="*", help=f"of {', '.join(PAGES)}; without: all, and what is no Lighthouse")
    asked.add_argument("--runs", type=int, default=int(os.environ.get("RUNS") or "5"))
    wanted = asked.parse_args()
    if unknown := set(wanted.pages) - set(PAGES):
        asked.error(f"no such page: {', '.join(unknown)}")
    scratch = Path(tempfile.mkdtemp(prefix="serenade-pages-"))
    scratch.chmod(0o755)
    house = House(scratch / "house", free_port(), DATABASE_URL=None, REDIS_URL=None)
    try:
        lighthouse = install(scratch)
        house.start()
        pages = addresses(house, wanted.pages or list(PAGES))
        say(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores, median of {wanted.runs}, {LIGHTHOUSE}, mobile")
        say(f"{'page':12} perf a11y best  seo  LCP s  TBT ms    CLS  KiB (without audio)   target")
        for name, (path, target) in pages.items():
            show(name, [look(lighthouse, house.url + path) for _ in range(wanted.runs)], target)
        if not wanted.pages:
            for line in measure_switches(house, pages["variations"][0]):
                say(line)
    finally:
        house.stop()
        shutil.rmtree(scratch, ignore_errors=True)


def install(scratch: Path) -> Path:
    """Lighthouse in a folder of its own; its program."""
    npm = shutil.which("npm")
    if npm is None:
        sys.exit("bench-pages needs npm for Lighthouse.")
    silent = ["--no-audit", "--no-fund", "--loglevel=error"]
    subprocess.run([npm, "install", "--prefix", str(scratch), *silent, LIGHTHOUSE], check=True)
    return scratch / "node_modules" / ".bin" / "lighthouse"


def addresses(house: House, wanted: list[str]) -> dict[str, tuple[str, str]]:
    """Those pages: a draft, words, nine players, a gift, and the plain ones. Songs are made only for pages that show them."""
    found = {name: PAGES[name] for name in wanted}
    if "share" in found:
        found["share"] = (gift(house), PAGES["share"][1])
    if "lyrics" in found:
        words = house.create()
        house.await_status(words, "prompts_generated")
        found["lyrics"] = (f"/compose/lyrics?formId={words}", BUILT)
    if "variations" in found:
        nine = house.create(songs=3)
        house.generate(nine)
        house.await_status(nine, "variations_ready", seconds=600)
        found["variations"] = (f"/compose/variations?formId={nine}", BUILT)
    return found


def gift(house: House) -> str:
    """The path of a song that was made and paid for."""
    paid = house.create()
    house.generate(paid)
    house.await_status(paid, "variations_ready", seconds=120)
    opened = house.call("POST", "/api/stripe/checkout", json={"formId": paid, "selectedVariations": {"0": 1}}).json()
    house.call("POST", opened["url"].removeprefix(house.url) + "/pay", data={"outcome": "paid"}, allow_redirects=False)
    return str(wait_for(lambda: house.form(paid)["shareUrls"].get("0"), "the gift")).removeprefix(house.url)


def look(lighthouse: Path, url: str) -> dict[str, float]:
    """One run: scores, the three vitals, and what was transferred."""
    flags = "--headless=new --no-sandbox --disable-gpu"
    command = [str(lighthouse), url, "--quiet", "--output=json", "--output-path=stdout", f"--chrome-flags={flags}"]
    environment = {**os.environ, "CHROME_PATH": str(find_browser())}
    for left in (3, 2, 1, 0):  # it loses the trace of a page now and then (NO_NAVSTART), and asks to be run again
        ran = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=not left)
        if not ran.returncode:
            break
        sys.stderr.write(f"  Lighthouse gave up and is asked again: {ran.stderr.strip()[-100:]}\n")
    report: dict[str, Any] = json.loads(ran.stdout)
    found = {short: 100 * (report["categories"][name]["score"] or 0) for name, short in CATEGORIES.items()}
    found |= {short: float(report["audits"][name]["numericValue"]) for name, short in AUDITS.items()}
    found["LCP s"] /= 1000
    requests = report["audits"]["network-requests"]["details"]["items"]
    found["KiB"] = sum(one.get("transferSize", 0) for one in requests if one.get("resourceType") != "Media") / 1024
    for name in ("accessibility", "best-practices", "seo"):
        for audit in report["categories"][name]["auditRefs"]:
            score = report["audits"][audit["id"]]["score"]
            if score is not None and score < 1 and audit["weight"]:
                sys.stderr.write(f"  {name}: {audit['id']} on {url.partition('?')[0]}\n")
    return found


def show(name: str, runs: list[dict[str, float]], target: str) -> None:
    """One row."""
    m = {key: median(run[key] for run in runs) for key in runs[0]}
    scores = " ".join(f"{m[key]:4.0f}" for key in CATEGORIES.values())
    vitals = f"{m['LCP s']:6.2f} {m['TBT ms']:7.0f} {m['CLS']:6.3f}"
    spread = f"({min(run['perf'] for run in runs):.0f}-{max(run['perf'] for run in runs):.0f})"
    say(f"{name:12} {scores} {vitals} {m['KiB']:5.0f} {spread:14}   {target}")


def say(line: str) -> None:
    """One line, at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
