"""Commands that the documents show: each is of a kind that is tried, and names what exists.

What is cheap is typed: tests/test_documented_commands.py. What nobody types here, and why: docs/decisions/0087.
"""

from __future__ import annotations

import argparse
import inspect
import re
import runpy
import subprocess
import sys
from itertools import takewhile

import pytest

import cli
from bench.__main__ import BENCHES
from embedded.attach import OPERATOR_COMMANDS
from settings import read_settings
from tests.support.documentation import (
    BEFORE,
    BLOCKS,
    IN_SENTENCES,
    PYTHON,
    SERENADE,
    SHOWN,
    TARGETS,
    shown,
    words_of,
)
from tests.support.stack import ROOT

ELSEWHERE = (  # what needs root, users and units of a whole machine, or gigabytes from a registry
    *("runuser ", "cd /srv/serenade; ", "systemctl ", "for port in ", "until curl ", "done"),
    *("python3 -m venv build ", "build/bin/pip ", "npm pack "),
)
TRIED = ("make ", PYTHON, SERENADE, "curl ", "set -a; . ./.env; set +a", "build/bin/python -m tools.")
A_SETTING = re.compile(r'([A-Z_]+)="([^"]*)"')
EVERY = (*SHOWN, *IN_SENTENCES)
MAKE = [line for line in EVERY if words_of(line)[0] == "make"]
MODULES = [line for line in EVERY if " ".join(words_of(line)).startswith(("python -m bench", "python -m tools"))]
PYTEST = [line for line in EVERY if "pytest" in words_of(line)[:3]]
OURS = [words_of(line.partition(" <")[0]) for line in (*shown(SERENADE), *shown("python main.py"))]
COMMANDS = [words[2:] if words[0] == "python" else words[1:] for words in OURS]


class ParsedError(Exception):
    """A command's own parser took its words; it goes no further."""


def test_every_line_of_a_block_is_of_a_kind_that_is_tried() -> None:
    bare = {line: re.sub(f"^{BEFORE}", "", line) for line in SHOWN if not A_SETTING.fullmatch(line)}
    assert [line for line, words in bare.items() if not words.startswith((*TRIED, *ELSEWHERE))] == []


@pytest.mark.parametrize("block", BLOCKS)
def test_a_shell_reads_the_block(block: str) -> None:
    done = subprocess.run(["sh", "-n"], input=block, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_file_of_settings_for_production_is_accepted_once_it_is_filled_in() -> None:
    found = dict(match.groups() for line in SHOWN if (match := A_SETTING.fullmatch(line)))
    assert read_settings({name: value.replace("…", "x" * 40) for name, value in found.items()}).env == "production"


@pytest.mark.parametrize("line", MAKE)
def test_make_knows_the_target(line: str) -> None:
    called = words_of(line)[1:]
    assert [word for word in called if "=" not in word and word not in TARGETS] == []
    assert subprocess.run(["make", "-n", *called], cwd=ROOT, capture_output=True).returncode == 0


@pytest.mark.parametrize("line", MODULES)
def test_a_command_of_ours_takes_these_words(line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its own parser, where it has one; else each word stands in its source, or is a number or a folder where it reads such."""
    module, *words = words_of(line)[2:]
    parts = list(takewhile(BENCHES.__contains__, words)) if module == "bench" else [module.partition(".")[2]]
    assert parts, "`python -m bench` takes names of parts first"
    words = words[len(parts) :] if module == "bench" else words
    for part in parts:
        source = source_of(f"{module.partition('.')[0]}/{part}.py")
        assert [name for name in re.findall(r"^([A-Z_]+)=", line) if f'"{name}"' not in source] == []
        if "argparse" in source and module.startswith("bench"):
            assert_parsed(f"bench.{part}", words, monkeypatch)
        else:
            assert [word for word in words if not is_read(word, source)] == []


def assert_parsed(module: str, words: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    parse_args = argparse.ArgumentParser.parse_args

    def parse(*given: object) -> None:
        parse_args(*given)  # type: ignore[call-overload]
        raise ParsedError

    monkeypatch.setattr(argparse.ArgumentParser, "parse_args", parse)
    monkeypatch.setattr(sys, "argv", [module, *words])
    with pytest.raises(ParsedError):
        runpy.run_path(str(ROOT / f"{module.replace('.', '/')}.py"), run_name="__main__")


def source_of(path: str) -> str:
    """Of a command, and of those of our parts that it takes its words from."""
    source = (ROOT / path).read_text()
    lenders = re.findall(r"^from bench\.(\w+) import", source, re.MULTILINE)
    return source + "".join((ROOT / f"bench/{name}.py").read_text() for name in lenders)


def is_read(word: str, source: str) -> bool:
    if re.fullmatch(r"\d+(-\d+)?", word):
        return "numbers_from" in source
    if word in ("FOLDER", "work") or "/" in word:
        return any(reading in source for reading in ("sys.argv[", "words[-1]", "type=Path"))
    return f'"{word}"' in source


def test_what_a_command_does_not_know_is_seen() -> None:
    source = source_of("bench/singing.py")
    known = {word: is_read(word, source) for word in ("--pace", "36-49", "fr", "FOLDER", "--paces", "xx")}
    assert [word for word, read in known.items() if not read] == ["--paces", "xx"]
    with pytest.MonkeyPatch.context() as patch, pytest.raises(SystemExit):
        assert_parsed("bench.chaos", ["200", "--seeds", "1"], patch)


@pytest.mark.parametrize("line", PYTEST)
def test_the_tests_that_are_named_exist(line: str) -> None:
    files = [word for word in words_of(line) if word.endswith(".py")]
    assert files
    assert [name for name in files if not (ROOT / name).is_file()] == []


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_main_knows_the_command(command: list[str]) -> None:
    name, *words = command
    assert name in cli.COMMANDS
    inspect.signature(cli.COMMANDS[name]).bind(*words)


def test_every_operator_command_is_shown() -> None:
    assert {line.split()[1] for line in shown(SERENADE)} - {"sing"} == OPERATOR_COMMANDS <= set(cli.COMMANDS)
