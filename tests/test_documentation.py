"""What else the documents name is so: settings, links, files, tests, alerts and invariants exist."""

from __future__ import annotations

import os
import re
from dataclasses import fields
from pathlib import Path

from provider_settings import Vendor
from tests.support.documentation import DECISIONS, DOCUMENTS, TEXT
from tests.support.stack import ROOT

CHECKS = [ROOT / f"jobs/monitoring/{name}.py" for name in ("machine_checks", "configuration_checks")]
FILE = r"`((?:[a-z_.]+/)*(?:[\w-]+/)*[\w-]+\.(?:py|js|html|toml|txt|po|yaml|sh|lock))`"
NOT_IN_THE_REPOSITORY = {
    **dict.fromkeys(("terms.txt", "privacy.txt", "contact.txt", "writer.txt"), "an operator's own words"),
    **dict.fromkeys(("terms.es.txt", "terms.nl.txt", "privacy.nl.txt", "contact.nl.txt"), "the same in another language"),
    **dict.fromkeys(("nl.toml", "nl.po"), "the language that docs/translating.md adds"),
    "keep.html": "a download",
    "robots.txt": "an address",
}


def test_every_setting_is_documented_and_every_documented_one_exists() -> None:
    source = "".join((ROOT / f"{name}.py").read_text() for name in ("settings", "settings_checks", "mail_settings", "packages"))
    reading = r'(?:environ\.get|text|integer|switch|url_with_password\(environment,)[( ]\s*"([A-Z_]+)"'
    read = set(re.findall(reading, source)) - {"STUDIO_RENDERER"}  # tests only
    table = (ROOT / "docs/settings.md").read_text()
    columns = "".join(line.split("|")[1] for line in table.splitlines() if line.startswith("| `"))
    named = set(re.findall(r"`([A-Z][A-Z_]+)`", columns))
    example = set(re.findall(r"^# ([A-Z][A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    of_providers = {name for name in example if name.startswith(("MUSICGPT_", "MUREKA_", "SUNO_"))}
    assert read - named == set(), "docs/settings.md"
    assert named - read == set(), "settings.py"
    assert example - of_providers == named, ".env.example"
    wanted = {f"_{field.name}".upper() for field in fields(Vendor)} - {"_KEY_NEEDED"}
    assert wanted == set(re.findall(r"`(_[A-Z_]+)`", columns))


def test_every_link_between_documents_leads_somewhere() -> None:
    link = r"\]\(([^)#]+)[^)]*\)|<img src=\"([^\"]+)\""
    links = [path.parent / "".join(found) for path in [*DOCUMENTS, *DECISIONS] for found in re.findall(link, path.read_text())]
    assert [str(link) for link in links if "https:" not in str(link) and not link.exists()] == []


def test_every_decision_has_its_line_in_the_index() -> None:
    index = (ROOT / "docs/decisions/README.md").read_text()
    listed = re.findall(r"^\| \[(\d{4})\]\((\d{4}-[\w-]+\.md)\) \| \S", index, re.MULTILINE)
    assert [name for _, name in listed] == [path.name for path in DECISIONS if path.name != "README.md"]
    assert [name for number, name in listed if not name.startswith(number)] == []


def test_every_test_that_the_documents_name_exists() -> None:
    missing = [
        f"{module}::{name}"
        for module, name in re.findall(r"`(\w+)::(test_\w{3,})`", TEXT)
        if f"def {name}(" not in (ROOT / f"tests/test_{module}.py").read_text()
    ]
    assert missing == []


def test_every_file_that_the_documents_name_exists_also_one_named_without_its_folder() -> None:
    there = endings_of_paths()
    named = {name for path in [*DOCUMENTS, *DECISIONS] for name in re.findall(FILE, path.read_text())}
    assert sorted(name for name in named - there if Path(name).name not in NOT_IN_THE_REPOSITORY) == []
    assert sorted(name for name in NOT_IN_THE_REPOSITORY if name in there) == [], "it is there now"


def endings_of_paths() -> set[str]:
    """`jobs/mail/sending.py`, `mail/sending.py` and `sending.py`, and so on for each file of ours."""
    found: set[str] = set()
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [name for name in folders if not name.startswith(".") and name not in ("data", "node_modules")]
        for name in names:
            parts = (Path(folder) / name).relative_to(ROOT).parts
            found.update("/".join(parts[at:]) for at in range(len(parts)))
    return found


def test_every_check_of_the_doctor_and_every_alert_says_what_to_do() -> None:
    page = (ROOT / "docs/operations.md").read_text()
    checks = [*re.findall(r'^ +"([a-z ]+)": _', "".join(path.read_text() for path in CHECKS), re.MULTILINE), "lyrics"]
    rows = "".join(line.split("|")[1] for line in page.splitlines() if line.startswith("| "))
    assert [name for name in checks if f"`{name}`" not in rows] == [], "the table of checks"
    shown = {name for name in checks if re.search(rf"^(ok|broken|warning)? +{name} ", page, re.MULTILINE)}
    assert [name for name in checks if name not in shown] == [], "the sample"
    source = "".join(path.read_text() for path in (ROOT / "jobs").rglob("*.py"))
    alerts = re.findall(r'raise_alert[(,]\s*f?"([a-z_]+)', source)
    alerts += re.findall(r'Difference\("(\w+)".*healed=(?!True)', source)  # what reconciliation could not heal
    assert sorted(name for name in alerts if f"`{name}" not in rows) == []
    newest = max(path.stem for path in (ROOT / "migrations").glob("0*.py"))
    assert f"schema {newest}" in page, "the sample is of this version"


def test_every_invariant_is_explained_in_the_words_of_the_doctor() -> None:
    from jobs.monitoring.invariants import INVARIANTS

    page = (ROOT / "docs/reliability.md").read_text()
    assert [one.name for one in INVARIANTS if not re.search(rf"{one.name} \| {re.escape(one.promise)}", page)] == []


def test_a_row_of_the_fault_table_has_a_number_of_its_own() -> None:
    page = (ROOT / "docs/reliability.md").read_text()
    rows = re.findall(r'^\| <a id="row-(\d+)"></a>(\d+) \|', page, re.MULTILINE)
    assert [row for row in rows if row[0] != row[1]] == []
    assert sorted({row for row in rows if rows.count(row) > 1}) == []


def test_the_map_names_every_folder_and_every_module_at_the_root() -> None:
    page = (ROOT / "CONTRIBUTING.md").read_text()
    there = [path.name for path in ROOT.glob("*.py")]
    there += [f"{name}/" for name in {path.parent.name for path in ROOT.glob("[a-z]*/*.py")} | {"deploy", "docs", "locale"}]
    there += [path.name for path in (ROOT / "jobs").iterdir() if (path / "__init__.py").exists()]
    assert sorted(name for name in there if f"`{name}`" not in page) == []


def test_an_e_mail_is_spelled_as_dictionaries_do() -> None:
    prose = {
        path.name: re.sub(r"```.*?```|`[^`]*`", "", path.read_text(), flags=re.DOTALL) for path in [*DOCUMENTS, *DECISIONS]
    }
    found = r"[^\n]{,30}(?<![-\w/])[Ee]mails?\b(?!-validator)[^\n]{,20}"
    assert {name: re.findall(found, text) for name, text in prose.items() if re.search(found, text)} == {}
