"""`make licences`: writes docs/licence-list.md, every package that requirements.lock installs with the licence it declares."""

from __future__ import annotations

import re
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).parent.parent
LOCK, LICENCE_PAGE = ROOT / "requirements.lock", ROOT / "docs" / "licence-list.md"
DECLARED_IN_A_FILE = {"peewee": "MIT", "pyworld-prebuilt": "MIT"}  # of theirs, LICENSE, and nowhere else
COPYLEFT = re.compile(r"GPL|General Public|MPL|Mozilla Public|EUPL|CDDL", re.IGNORECASE)
_HEAD = """# Licences of the installed packages

What `requirements.lock` installs and the licence that each package declares, by `make licences`.
Installed beside Serenade, unmodified, as separate libraries. [licences.md](licences.md) says what the copyleft ones
among them mean, and what ships inside the repository.

| package | version | licence |
|---|---|---|
"""


def locked_versions(lock: Path = LOCK) -> dict[str, str]:
    """Name -> version of each package in a lock file."""
    return dict(re.findall(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", lock.read_text(), re.MULTILINE))


def licence_of(name: str) -> str:
    """What an installed package declares: its SPDX expression, its classifiers, or the first line of its own words.

    Raises PackageNotFoundError for one that is not installed, as those for other systems are not.
    """
    found = metadata.metadata(name)
    if name in DECLARED_IN_A_FILE:
        return DECLARED_IN_A_FILE[name]
    if said := found.get("License-Expression"):
        return str(said)
    classifiers = [one.rpartition(" :: ")[2] for one in found.get_all("Classifier") or [] if one.startswith("License ::")]
    named = [one for one in classifiers if one != "OSI Approved"]
    return " / ".join(named) or (found.get("License") or "not declared").strip().splitlines()[0][:60]


def licence_page() -> str:
    """The whole page."""
    rows = []
    for name, version in sorted(locked_versions().items()):
        try:
            rows.append(f"| {name} | {version} | {licence_of(name)} |")
        except metadata.PackageNotFoundError:
            rows.append(f"| {name} | {version} | for other systems |")
    return _HEAD + "\n".join(rows) + "\n"


if __name__ == "__main__":
    LICENCE_PAGE.write_text(licence_page())
