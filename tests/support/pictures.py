"""Where tests put what they saw, for people to look at: SHOTS in the environment, or a folder that goes with the run."""

from __future__ import annotations

import os
from pathlib import Path

SHOTS = Path(os.environ.get("SHOTS") or Path(os.environ["DATA_DIR"]).parent / "shots")
