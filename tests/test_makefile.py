"""The Makefile: its targets can be typed in a fresh clone, and what they run is there."""

from __future__ import annotations

import re
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

from tests.support.documentation import MAKEFILE, TARGETS
from tests.support.stack import ROOT

WITH_PACKAGES = re.compile(r"\.venv/bin/(?!pip )(\w+)(?: (\S+))?")
NEEDS_NOTHING = ("tools/install_browser.py", "tools/install_servers.py")  # they belong to the installation


def test_in_a_fresh_clone_every_target_installs_first_what_it_runs(tmp_path: Path) -> None:
    """`make lint` found no ruff there: only `make check` had asked for it."""
    for name in ("Makefile", "requirements.lock", "requirements-dev.lock", "requirements-audit.txt"):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / "bench").mkdir()
    shutil.copy(ROOT / "bench/requirements-others.txt", tmp_path / "bench")
    assert {name: missing for name in TARGETS if (missing := run_too_early(name, tmp_path))} == {}


def run_too_early(target: str, clone: Path) -> list[str]:
    """Lines of this target that would run in an environment without what they need."""
    asked = subprocess.run(["make", "-n", target], cwd=clone, capture_output=True, text=True, check=True).stdout
    installed, early = set[str](), []
    for line in asked.splitlines():
        used = WITH_PACKAGES.search(line)
        if ".venv/bin/pip install" in line:
            installed.add("dev" if "requirements-dev.lock" in line else "runtime")
        elif used and used[2] not in NEEDS_NOTHING:
            needed = "dev" if used[1] in ("ruff", "mypy", "pytest") else "runtime"
            if needed not in installed:
                early.append(line)
    return early


def test_what_make_would_run_exists() -> None:
    modules = re.findall(r"python -m ([\w.]+)", MAKEFILE.replace("-m venv", ""))
    assert [name for name in modules if find_spec(name) is None] == []
    assert [name for name in re.findall(r"python (\S+\.py)", MAKEFILE) if not (ROOT / name).is_file()] == []


def test_make_test_is_the_quick_step_and_then_the_other() -> None:
    """Resolved, not run: the suite would run inside itself. Between them the two steps leave no test out."""
    asked = subprocess.run(["make", "-n", "test"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    steps = re.findall(r'\.venv/bin/pytest\b.* -m ("not system"|system)$', asked, re.MULTILINE)
    assert steps == ['"not system"', "system"]
