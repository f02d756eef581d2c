"""What else the documents name is so: settings, links, files, tests and invariants exist."""

from __future__ import annotations

import re
from dataclasses import fields

from provider_settings import Vendor
from tests.support.documentation import DOCUMENTS, TEXT
from tests.support.stack import ROOT


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
    links = [path.parent / link for path in DOCUMENTS for link in re.findall(r"\]\(([^)#]+)[^)]*\)", path.read_text())]
    assert [str(link) for link in links if "https:" not in str(link) and not link.exists()] == []


def test_every_test_and_file_that_the_documents_name_exists() -> None:
    missing = [
        f"{module}::{name}"
        for module, name in re.findall(r"`(\w+)::(test_\w{3,})`", TEXT)
        if f"def {name}(" not in (ROOT / f"tests/test_{module}.py").read_text()
    ]
    assert missing == []
    named = set(re.findall(r"`([a-z_]+(?:/[\w-]+)*/[\w-]+\.(?:py|html|toml|txt))`", TEXT))
    assert sorted(name for name in named if "/nl." not in name and not (ROOT / name).is_file()) == []


def test_every_invariant_is_explained_in_the_words_of_the_doctor() -> None:
    from jobs.monitoring.invariants import INVARIANTS

    page = (ROOT / "docs/reliability.md").read_text()
    assert [one.name for one in INVARIANTS if not re.search(rf"{one.name} \| {re.escape(one.promise)}", page)] == []
