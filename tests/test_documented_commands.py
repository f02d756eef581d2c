"""Commands that the documents show, run as typed: `make run`, what operators type, what sings.

They run in a folder of their own, in "a second terminal" that knows nothing of the running Serenade: no URL, no port.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psycopg2
import pytest
import requests

from bench.stack import family
from tests.support.documentation import PYTHON, SERENADE, shown
from tests.support.stack import ROOT, Stack, free_port, wait_for

TERMINAL = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}


def turn(line: str) -> tuple[bool, bool, str]:
    """`forget` last, since it removes the order; a part is given back before all that is left: together they once met an order
    that had nothing left."""
    return "forget" in line, line.endswith("refund FORM_ID"), line


ALONE = shown(f"{SERENADE}sing")  # needs no stores
RESTORE = shown(f"{SERENADE}restore")  # refused beside a shop that has orders; tests/test_backup.py restores
OPERATORS = sorted({*shown(SERENADE)} - {*ALONE}, key=turn)


@pytest.mark.parametrize("line", shown(f"{PYTHON}-c"))
def test_a_line_of_python_runs(line: str) -> None:
    assert subprocess.run([sys.executable, *shlex.split(line)[1:]], cwd=ROOT, capture_output=True).returncode == 0


@pytest.mark.parametrize("line", ALONE)
def test_a_song_is_sung_as_typed(line: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "main.py", *shlex.split(line)[1:]], cwd=tmp_path, env=TERMINAL, capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")
    named = re.findall(r"\S+\.(?:mp3|mid|lrc)", line) or [path.name for path in tmp_path.glob("*.mp3")]
    assert named
    assert all((tmp_path / name).stat().st_size > 100 for name in named)


class Own(Stack):
    """`make run` typed in a folder of its own, with the embedded stores in ./data."""

    def start_soon(self) -> None:
        self.log = self.data_dir.parent / "stack.log"
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                ["make", "run"],
                cwd=self.data_dir.parent,
                env={name: value for name, value in self.environment.items() if not name.startswith(("MAKE", "MFLAGS"))},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def stop(self) -> None:
        """Ctrl-C, as a terminal sends it: to make and to all that it started."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGINT)
            self.process.wait(60)

    def typed(self, line: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """What a shell in the same folder answers. Of the settings it knows only those that are named here."""
        folder = self.data_dir.parent
        return subprocess.run(
            line,
            shell=True,
            cwd=folder,
            env={**TERMINAL, **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=90,
        )

    def addresses(self) -> dict[str, str]:
        return dict(json.loads((self.data_dir / "stores.json").read_text())["environment"])


def copy_clone(folder: Path) -> None:
    """What a clone has, and the packages that `make run` would install for half a minute."""
    for name in ("main.py", "serenade", "requirements.lock"):
        (folder / name).symlink_to(ROOT / name)
    shutil.copy(ROOT / "Makefile", folder)
    venv = folder / ".venv"
    venv.mkdir()
    for path in Path(sys.prefix).iterdir():
        if not path.name.startswith("installed"):
            (venv / path.name).symlink_to(path)
    (venv / "installed").touch()


@pytest.fixture(scope="module")
def own() -> Iterator[Own]:
    folder = Path(tempfile.mkdtemp(prefix="serenade-terminal-", dir="/tmp"))
    folder.chmod(0o755)  # as root, PostgreSQL's own user must reach its data below it
    copy_clone(folder)
    unset = dict.fromkeys(("DATABASE_URL", "REDIS_URL", "DATA_DIR", "SANDBOX_CALL_LOG", "STAFF_EMAILS"))
    with Own(folder / "data", free_port(), WORKERS="1", DEMO="false", **unset) as stack:
        yield stack
    if (folder / "data/pg.place").exists():
        shutil.rmtree((folder / "data/pg.place").read_text(), ignore_errors=True)
    shutil.rmtree(folder)


@pytest.mark.parametrize("line", shown("make run"))
def test_the_first_command_of_the_readme_starts_everything_and_says_where(own: Own, line: str) -> None:
    """`own` is what it started."""
    assert line == "make run"
    assert f"http://localhost:{own.port}" in own.read_log()
    assert "Serenade" in own.call("GET", "/").text
    assert (own.data_dir / "stores.json").is_file()


@pytest.mark.parametrize("line", [*shown("make setup"), *shown("make doctor")])
def test_beside_it_make_runs_as_typed(own: Own, line: str) -> None:
    done = own.typed(line)
    assert (done.returncode, "Traceback" in done.stderr) == (0, False), done.stderr


def test_settings_are_read_from_a_file_as_typed(own: Own) -> None:
    (line,) = shown("set -a;")
    (own.data_dir.parent / ".env").write_text((ROOT / ".env.example").read_text() + '\nBRAND_NAME="Two Words"\n')
    done = own.typed(f"{line}; {PYTHON}-c 'import os; print(os.environ[\"BRAND_NAME\"])'")
    assert (done.returncode, done.stdout, done.stderr) == (0, "Two Words\n", "")


@pytest.fixture(scope="module")
def order(own: Own) -> str:
    """A delivered order, made and paid over HTTP."""
    form_id = own.create()
    own.generate(form_id)
    own.await_status(form_id, "variations_ready")
    chosen = {"formId": form_id, "selectedVariations": {"0": 2}}
    page = own.call("POST", "/api/stripe/checkout", json=chosen).json()["url"].removeprefix(own.url)
    own.call("POST", f"{page}/pay", data={"outcome": "paid"}, allow_redirects=False)
    own.await_status(form_id, "delivered")
    (own.data_dir.parent / "REPORT.eml").write_text("Subject: hi\n\nhello")
    return form_id


@pytest.mark.parametrize("line", OPERATORS)
def test_an_operator_command_runs_as_typed(own: Own, order: str, line: str) -> None:
    filled = line.replace("FORM_ID", order).replace("EMAIL", "dad@example.com").replace("NUMBER", "2")
    done = own.typed(filled)
    assert (done.returncode, "Traceback" in done.stderr) == (2 if line in RESTORE else 0, False), done.stderr
    if "FILE.zip" in line:
        assert (own.data_dir.parent / "FILE.zip").stat().st_size > 200


@pytest.mark.parametrize("line", shown("curl "))
def test_what_curl_asks_for_is_answered(own: Own, line: str) -> None:
    words = iter(shlex.split(line.replace("http://localhost:8080", own.url).replace("FORM_ID", own.create()))[1:])
    method, headers, body, url = "GET", {}, None, ""
    for word in words:
        if word == "-X":
            method = next(words)
        elif word == "-H":
            headers = dict([next(words).split(": ")])
        elif word == "-d":
            body = next(words)
        else:
            url = word
    assert requests.request(method, url, headers=headers, data=body, timeout=30).status_code < 400


@pytest.mark.parametrize(("name", "said"), [
    ("empty", "has no tables of Serenade yet: run `./serenade migrate`"),
    ("older", "is older than this program"),
    ("newer", "was migrated by a newer Serenade (9999_later)"),
    ("absent", "There is no database absent"),
])  # fmt: skip
def test_a_database_of_another_version_is_named(own: Own, name: str, said: str) -> None:
    steps = sorted(path.stem for path in (ROOT / "migrations").glob("0*.py"))
    applied = {"older": steps[:-1], "newer": [*steps, "9999_later"]}.get(name, [])
    url = own.addresses()["DATABASE_URL"]
    if name != "absent":
        ask(url, f"CREATE DATABASE {name}")
    url = url.replace("/postgres?", f"/{name}?")
    if applied:
        values = ", ".join(f"('{step}')" for step in applied)
        ask(url, f"CREATE TABLE schema_migration (name text); INSERT INTO schema_migration VALUES {values}")
    assert_one_sentence(own.typed(f"{SERENADE}doctor", DATABASE_URL=url), said)


def test_a_wrong_password_and_a_wrong_address_are_named_and_never_shown(own: Own) -> None:
    url = own.addresses()["DATABASE_URL"]
    ask(url, "CREATE ROLE walled LOGIN PASSWORD 'right'")
    rules = Path(str(ask(url, "SHOW hba_file")))
    rules.write_text("local all walled scram-sha-256\n" + rules.read_text())
    ask(url, "SELECT pg_reload_conf()")
    wrong = url.replace("postgres@", "walled:Ses-ame@")
    wait_for(lambda: is_refused(wrong), "the rule to be read")
    for url, said in (
        (wrong, "refuses the user or the password of DATABASE_URL"),
        (f"postgresql://walled:Ses-ame@127.0.0.1:{free_port()}/songs", "does not answer (DATABASE_URL): Connection refused"),
    ):
        for name in ("doctor", "migrate", "export a@b.example x.zip"):
            assert_one_sentence(own.typed(f"{SERENADE}{name}", DATABASE_URL=url), said)
        done = own.typed(f"echo | {SERENADE}bounced", DATABASE_URL=url)
        assert (done.returncode, done.stderr.count("\n")) == (0, 1), "a mail server must never bounce a bounce"


@pytest.mark.parametrize("name", ["DATABASE_URL", "REDIS_URL", "SMTP_URL"])
def test_a_password_that_is_not_encoded_is_told_before_anything_is_done(own: Own, name: str) -> None:
    url = {"DATABASE_URL": "postgresql://walled:Ses#ame@127.0.0.1/songs", "REDIS_URL": "redis://:Ses#ame@127.0.0.1"}.get(
        name, "smtp://a:Ses#ame@127.0.0.1"
    )
    done = own.typed(f"{PYTHON}main.py doctor", **{name: url})
    assert (done.returncode, "Traceback" in done.stderr, "Ses" in done.stderr, "ame@" in done.stderr) == (
        1,
        False,
        False,
        False,
    )
    assert f"{name} has a character" in done.stderr
    assert "percent-encoded" in done.stderr
    assert own.typed(f"echo | {PYTHON}main.py bounced", **{name: url}).returncode == 0, "a bounce is never bounced"


def test_what_goes_wrong_in_the_middle_is_a_sentence_too(own: Own) -> None:
    done = own.typed(f"{SERENADE}export a@b.example /nowhere/x.zip")
    assert_one_sentence(done, "export: No such file or directory: /nowhere/x.zip.")
    assert "FileNotFoundError" in (own.data_dir / "logs/commands.log").read_text()


def test_the_doctor_says_what_the_running_one_was_given_and_this_terminal_was_not(own: Own) -> None:
    done = own.typed(f"{SERENADE}doctor --json")
    told = json.loads(done.stdout)
    assert (done.returncode, told["broken"]) == (0, 0), done.stdout
    assert {one["name"] for one in told["configuration"]} >= {"database", "redis", "clocks", "public url", "storage", "mail"}
    assert [one["verdict"] for one in told["configuration"] if one["name"] == "public url"] == ["ok"], "HOST and PORT are known"
    assert "was given" in done.stderr
    assert "SERVICE_TOKEN" in done.stderr
    assert str(own.environment["SERVICE_TOKEN"]) not in done.stderr + done.stdout


def test_settings_that_are_missing_are_listed_without_a_traceback(own: Own) -> None:
    for name in ("doctor", "web", "run"):
        done = own.typed(f"{SERENADE}{name}", ENV="production")
        assert (done.returncode, "Traceback" in done.stderr) == (1, False)
        assert "SECRET_KEY is missing" in done.stderr
    assert own.typed(f"echo | {SERENADE}bounced", ENV="production").returncode == 0, "a mail server must never bounce a bounce"


def test_where_nothing_was_ever_started_nothing_is_made(own: Own, tmp_path: Path) -> None:
    done = own.typed(f"{SERENADE}doctor", DATA_DIR=str(tmp_path))
    assert_one_sentence(done, f"There is no database in {tmp_path}")
    assert not (tmp_path / "pg").exists()


def lives(pid: int) -> bool:
    with suppress(OSError):
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    return False


def test_ctrl_c_stops_everything_and_nothing_is_left_behind(own: Own) -> None:
    """This and the next are the last: they stop what the others use."""
    beside = family(own.process.pid)
    assert len(beside) > 5
    own.stop()
    wait_for(lambda: not any(map(lives, beside)), "everything to be gone")


def test_where_nothing_runs_the_stores_are_started_for_the_command_and_a_start_is_waited_for(own: Own) -> None:
    done = own.typed(f"{SERENADE}doctor & {SERENADE}doctor; wait")
    assert done.stdout.count(" I1 ") == 2, "one after the other: both get stores"
    assert "Nothing runs on" in done.stderr
    assert "Traceback" not in done.stderr
    assert_one_sentence(own.typed(f"{SERENADE}reconcile").stderr.partition("\n")[2], "The payment sandbox is a part of")
    own.start_soon()
    done = own.typed(f"{SERENADE}doctor")
    assert done.returncode == 0, f"`make run` was still starting: {done.stdout}{done.stderr}"


def ask(url: str, sql: str) -> object:
    link = psycopg2.connect(url)
    link.autocommit = True
    with link.cursor() as cursor:
        cursor.execute(sql)
        row = cursor.fetchone() if cursor.description else None
    link.close()
    return row and row[0]


def is_refused(url: str) -> bool:
    try:
        psycopg2.connect(url).close()
    except psycopg2.OperationalError as error:
        return "password" in str(error)
    return False


def assert_one_sentence(done: subprocess.CompletedProcess[str] | str, said: str) -> None:
    stderr = done if isinstance(done, str) else done.stderr
    assert isinstance(done, str) or done.returncode == 2, stderr
    assert (stderr.count("\n"), "ame@" in stderr or "Ses" in stderr) == (1, False), stderr
    assert said in stderr
