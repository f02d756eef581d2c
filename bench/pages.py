"""`make bench-pages`: every page under a local Lighthouse (mobile), and two songs switched at the same moment.

Lighthouse comes from npm into a scratch folder and goes with it; the product itself never needs it. Figures of a busy
machine mean little: the load is printed with them.
"""

from __future__ import annotations

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
RUNS = int(os.environ.get("RUNS", "5"))
CATEGORIES = {"performance": "perf", "accessibility": "a11y", "best-practices": "best", "seo": "seo"}
AUDITS = {"largest-contentful-paint": "LCP s", "total-blocking-time": "TBT ms", "cumulative-layout-shift": "CLS"}
PLAIN = "perf >= 99, a11y 100, best 100, seo 100, <= 60 KiB"
BUILT = "perf >= 90, a11y 100, LCP <= 2.5, TBT <= 200, CLS <= 0.02"


def main() -> None:
    """Print the table."""
    scratch = Path(tempfile.mkdtemp(prefix="serenade-pages-"))
    scratch.chmod(0o755)
    house = House(scratch / "house", free_port(), DATABASE_URL=None, REDIS_URL=None)
    try:
        lighthouse = install(scratch)
        house.start()
        pages = addresses(house)
        say(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores, median of {RUNS}, {LIGHTHOUSE}, mobile")
        say(f"{'page':12} perf a11y best  seo  LCP s  TBT ms    CLS  KiB (without audio)   target")
        for name, (path, target) in pages.items():
            show(name, [look(lighthouse, house.url + path) for _ in range(RUNS)], target)
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


def addresses(house: House) -> dict[str, tuple[str, str]]:
    """One of each page: a draft, words, nine players, a gift, and the plain ones."""
    nine, paid = house.create(songs=3), house.create()
    for form_id in (paid, nine):
        house.generate(form_id)
    house.await_status(paid, "variations_ready")
    opened = house.call("POST", "/api/stripe/checkout", json={"formId": paid, "selectedVariations": {"0": 1}}).json()
    house.call("POST", opened["url"].removeprefix(house.url) + "/pay", data={"outcome": "paid"}, allow_redirects=False)
    gift = wait_for(lambda: house.form(paid)["shareUrls"].get("0"), "the gift")
    words = house.create()
    house.await_status(words, "prompts_generated")
    house.await_status(nine, "variations_ready", seconds=600)
    return {
        "landing": ("/", PLAIN),
        "legal": ("/terms", PLAIN),
        "share": (gift.removeprefix(house.url), PLAIN.replace(", seo 100", "")),
        "create": ("/compose/create", BUILT + ", <= 330 KiB"),
        "lyrics": (f"/compose/lyrics?formId={words}", BUILT),
        "variations": (f"/compose/variations?formId={nine}", BUILT),
    }


def look(lighthouse: Path, url: str) -> dict[str, float]:
    """One run: scores, the three vitals, and what was transferred."""
    flags = "--headless=new --no-sandbox --disable-gpu"
    command = [str(lighthouse), url, "--quiet", "--output=json", "--output-path=stdout", f"--chrome-flags={flags}"]
    environment = {**os.environ, "CHROME_PATH": str(find_browser())}
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=True)
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
