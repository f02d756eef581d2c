"""What is installed: one version of everything, by the hashes of its files, under a licence that the documents name."""

from __future__ import annotations

import re
from importlib import metadata
from pathlib import Path

import pytest

from tools.licence_list import COPYLEFT, LICENCE_PAGE, licence_of, locked_versions

ROOT = Path(__file__).parent.parent
LICENCES = (ROOT / "docs" / "licences.md").read_text()


def entries(lock: str) -> list[str]:
    return re.split(r"\n(?=\S)", (ROOT / lock).read_text().strip())


@pytest.mark.parametrize("chosen", ["requirements", "requirements-dev"])
def test_what_we_chose_is_locked_at_that_version(chosen: str) -> None:
    pins = re.findall(r"^([A-Za-z0-9._-]+)(?:\[\w+\])?==(\S+)", (ROOT / f"{chosen}.txt").read_text(), re.MULTILINE)
    versions = locked_versions(ROOT / f"{chosen}.lock")
    assert pins
    assert {name: versions.get(name) for name, _ in pins} == dict(pins), "run `make lock`"


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_every_locked_package_has_the_hashes_of_its_files(lock: str) -> None:
    assert [entry.split()[0] for entry in entries(lock) if "--hash=sha256:" not in entry] == []


def test_tests_run_on_what_is_shipped() -> None:
    shipped, tested = locked_versions(), locked_versions(ROOT / "requirements-dev.lock")
    assert {name: tested.get(name) for name in shipped} == shipped


def test_the_list_of_licences_is_true_of_what_is_installed() -> None:
    listed = dict(re.findall(r"^\| (\S+) \| (?:\S+) \| (.+) \|$", LICENCE_PAGE.read_text(), re.MULTILINE))
    here = {name for name in locked_versions() if listed.get(name) != "for other systems"}
    assert {name: listed.get(name) for name in here} == {name: licence_of(name) for name in here}, "run `make licences`"
    assert {name: metadata.version(name) for name in here} == {name: locked_versions()[name] for name in here}


def test_a_copyleft_licence_is_never_a_surprise() -> None:
    here = _installed()
    found = [name for name in locked_versions() if name in here and COPYLEFT.search(licence_of(name))]
    assert "psycopg2-binary" in found
    assert [name for name in found if f"`{name}`" not in LICENCES] == []


def _installed() -> set[str]:
    return {re.sub(r"[-_.]+", "-", one.metadata["Name"]).lower() for one in metadata.distributions()}


def test_the_image_installs_by_hash() -> None:
    assert "--require-hashes -r requirements.lock" in (ROOT / "Dockerfile").read_text()
