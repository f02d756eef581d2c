"""`make bench` (or `python -m bench stack live`): every bench, or the named ones. Further arguments are passed on."""

from __future__ import annotations

import importlib
import subprocess
import sys

BENCHES = (
    "studio",
    "stack",
    "live",
    "contract",
    "webhook",
    "generation",
    "share",
    "audio_start",
    "internal",
    "demo",
    "workers",
    "web_processes",
    "flood",
    "crowd",
    "others",
)


def main(arguments: list[str]) -> int:
    """Several run one after another, each in a process of its own: settings and stores of one are none of the next.

    A bench that breaks off does not keep the others from their figures; the worst exit code is returned.
    """
    named = [name for name in arguments if name in BENCHES]
    if len(named) == 1:
        importlib.import_module(f"bench.{named[0]}").main()
        return 0
    more = [word for word in arguments if word not in BENCHES]
    worst = 0
    for name in named or BENCHES:
        print(f"\n== {name}: python -m bench {name}", flush=True)
        worst = max(worst, abs(subprocess.run([sys.executable, "-m", "bench", name, *more], check=False).returncode))
    return worst


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
