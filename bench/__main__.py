"""`make bench` (or `python -m bench house`): every bench, or the named ones."""

from __future__ import annotations

import importlib
import sys

BENCHES = (
    "studio",
    "singing",
    "stack",
    "live",
    "contract",
    "webhook",
    "generation",
    "share",
    "audio_start",
    "internal",
    "demo",
)

if __name__ == "__main__":
    for name in [name for name in sys.argv[1:] if name in BENCHES] or BENCHES:
        print(f"\n== {name}: python -m bench {name}")
        importlib.import_module(f"bench.{name}").main()
