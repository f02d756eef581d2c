"""An unsupported machine or Python is told by name before anything is installed, and instead of an import error afterwards."""

from __future__ import annotations

import ast
import builtins
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from embedded import attach, platforms
from tests.support.stack import ROOT

LINUX: dict[str, Any] = {
    "system": "Linux",
    "machine": "x86_64",
    "libc": ("glibc", "2.36"),
    "python": (3, 12),
    "soabi": "x86_64-linux-gnu",
}


def on(monkeypatch: pytest.MonkeyPatch, **machine: Any) -> str:
    """What is said on such a machine."""
    found = {**LINUX, **machine}
    monkeypatch.setattr(platforms.platform, "system", lambda: found["system"])
    monkeypatch.setattr(platforms.platform, "machine", lambda: found["machine"])
    monkeypatch.setattr(platforms.platform, "libc_ver", lambda: found["libc"])
    monkeypatch.setattr(platforms.platform, "python_version", lambda: "{}.{}.0".format(*found["python"]))
    monkeypatch.setattr(platforms.platform, "python_implementation", lambda: found.get("kind", "CPython"))
    monkeypatch.setattr(platforms.sys, "version_info", (*found["python"], 0))
    monkeypatch.setattr(platforms.sys, "maxsize", found.get("maxsize", 2**63 - 1))
    variables = {"SOABI": found["soabi"], "HOST_GNU_TYPE": found["soabi"], "Py_GIL_DISABLED": found.get("free", 0)}
    monkeypatch.setattr(platforms.sysconfig, "get_config_var", variables.get)
    return platforms.why_unsupported()


@pytest.mark.parametrize("machine", [
    {},
    {"machine": "aarch64"},
    {"libc": ("glibc", "2.28"), "python": (3, 11)},
    {"python": (3, 14)},
    {"system": "Darwin", "machine": "arm64", "libc": ("", "")},
    {"system": "Darwin", "machine": "x86_64", "libc": ("", "")},
])  # fmt: skip
def test_a_supported_machine_is_left_in_peace(monkeypatch: pytest.MonkeyPatch, machine: dict[str, Any]) -> None:
    assert on(monkeypatch, **machine) == ""


@pytest.mark.parametrize(("machine", "said"), [
    ({"soabi": "x86_64-linux-musl", "libc": ("", "")}, "Alpine and other systems with musl are not supported"),
    ({"system": "Windows", "machine": "AMD64", "libc": ("", "")}, "Windows is not supported: install WSL 2"),
    ({"system": "FreeBSD"}, "FreeBSD is not supported"),
    ({"machine": "armv7l"}, "armv7l with this Python is not supported"),
    ({"machine": "riscv64"}, "riscv64 with this Python is not supported"),
    ({"maxsize": 2**31 - 1}, "x86_64 with this Python is not supported"),
    ({"libc": ("glibc", "2.17")}, "This system's glibc 2.17 is too old"),
    ({"python": (3, 9)}, "Serenade needs Python 3.11 or newer, this is 3.9.0"),
    ({"python": (3, 15)}, "This is Python 3.15.0, for which not every package is built yet"),
    ({"kind": "PyPy"}, "This is PyPy of a kind"),
    ({"free": 1}, "This is CPython of a kind"),
])  # fmt: skip
def test_any_other_is_told_by_name(monkeypatch: pytest.MonkeyPatch, machine: dict[str, Any], said: str) -> None:
    found = on(monkeypatch, **machine)
    assert (found.startswith(said), "\n" in found) == (True, False), found


def test_make_setup_can_ask_with_any_python_and_without_any_package() -> None:
    source = ROOT / "embedded/platforms.py"
    ast.parse(source.read_text(), feature_version=(3, 7))
    done = subprocess.run([sys.executable, "-S", "-I", str(source)], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", ""), "this machine is supported: the tests run on it"
    assert "$(PYTHON) embedded/platforms.py" in (ROOT / "Makefile").read_text()


def test_the_page_names_the_versions_that_the_program_takes() -> None:
    page = (ROOT / "docs/platforms.md").read_text()
    oldest, newest = (".".join(map(str, version)) for version in (platforms.OLDEST_PYTHON, platforms.NEWEST_PYTHON))
    assert f"Python {oldest} to {newest}" in page
    assert f'requires-python = ">={oldest}"' in (ROOT / "pyproject.toml").read_text()


@pytest.mark.parametrize(("error", "unsupported", "said"), [
    (ModuleNotFoundError("No module named 'rq'"), "", "A package is missing (No module named 'rq'): run `make setup`."),
    (ModuleNotFoundError("No module named 'fcntl'"), "Windows is not supported.", "Windows is not supported."),
    (ImportError("libsndfile.so.1: not found\nmore"), "", "A package cannot be loaded here (libsndfile.so.1: not found)"),
    (ImportError("GLIBC_2.28 not found"), "This system's glibc is too old.", "This system's glibc is too old."),
])  # fmt: skip
def test_an_import_error_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], error: ImportError, unsupported: str, said: str
) -> None:
    monkeypatch.setattr(platforms, "why_unsupported", lambda: unsupported)

    def fail() -> int:
        raise error

    assert attach.run_command(["web"], fail) == 2
    told = capsys.readouterr().err
    assert (told.startswith(f"Serenade cannot start:\n{said}"), "Traceback" in told) == (True, False), told


@pytest.mark.parametrize(("error", "said"), [
    (PermissionError(13, "Permission denied", "/srv/data"), "DATA_DIR cannot be used: Permission denied: /srv/data."),
    (OSError(28, "No space left on device", "/srv/data/secrets/x"), "DATA_DIR cannot be used: No space left on device"),
    (OSError(30, "Read-only file system", "/srv/data"), "DATA_DIR cannot be used: Read-only file system: /srv/data."),
])  # fmt: skip
@pytest.mark.parametrize("name", ["web", "doctor", "bounced"])
def test_a_data_dir_that_cannot_be_written_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], error: OSError, said: str, name: str
) -> None:
    real = builtins.__import__

    def importing(module: str, *more: Any) -> Any:
        if module == "settings":
            raise error
        return real(module, *more)

    monkeypatch.setattr(builtins, "__import__", importing)
    code = attach.run_command([name], lambda: 0)
    monkeypatch.undo()
    assert (code, said in capsys.readouterr().err) == (0 if name == "bounced" else 1, True)


def test_the_launcher_finds_its_folder_from_anywhere_and_stays_in_mine(tmp_path: Path) -> None:
    """The folder that a command is typed in is that of its DATA_DIR."""
    home, elsewhere = tmp_path / "a home", tmp_path / "elsewhere"
    (home / ".venv/bin").mkdir(parents=True)
    elsewhere.mkdir()
    shutil.copy(ROOT / "serenade", home)
    (home / "main.py").touch()
    (home / ".venv/bin/python").write_text('#!/bin/sh\necho "$(pwd)|$1|$2|$3"\n')
    (home / ".venv/bin/python").chmod(0o755)
    (elsewhere / "serenade").symlink_to(home / "serenade")
    for folder, typed, main in (
        (home, "./serenade", "./main.py"),
        (elsewhere, str(home / "serenade"), f"{home}/main.py"),
        (elsewhere, "./serenade", f"{home}/main.py"),
    ):
        done = subprocess.run([typed, "refund", "a b"], cwd=folder, capture_output=True, text=True)
        assert done.stdout == f"{folder}|{main}|refund|a b\n", done.stderr
