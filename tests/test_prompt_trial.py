"""Trying another wording: kept briefs are written twice, the contract stays, and no order is read or touched."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from integrations.writer.chat_prompt import CONTRACT, WORDING
from jobs.generation.providers import adopted_wording
from jobs.staff.actions import ActionRefusedError, act
from jobs.staff.prompt_trial import chosen_presets, compare_wordings
from models import ComposeForm, Preset, StaffAction, in_database
from tests.support.fakes.chat import GOOD, FakeChat
from tests.support.overrides import Override
from tests.support.shop import database_of_its_own
from tests.support.stack import example_form_data
from tests.support.staff import session_of

SHANTY = "Write it as a sea shanty."


@pytest.fixture(scope="module", autouse=True)
def own_database(migrated: None) -> Iterator[None]:
    with database_of_its_own("wording"):
        yield


@pytest.fixture(scope="module")
def kept(own_database: None) -> list[Preset]:
    rows = [
        {"id": f"preset_{name}", "name": name, "form_data": example_form_data(), "columns": [], "made_by": "x"}
        for name in "abcde"
    ]
    in_database(Preset.insert_many(rows).execute)
    return in_database(chosen_presets, ["preset_b", "preset_a"])


def sing(body: dict[str, Any]) -> tuple[int, str]:
    """A model that follows its instruction."""
    name = example_form_data()["songs"][0]["recipientName"]
    shanty = SHANTY in body["messages"][0]["content"]
    song = json.loads(json.dumps(GOOD).replace("Mia", name)) | {"title": "Heave ho" if shanty else "Last train"}
    song["lyrics"] = "\n".join(f"{name}, {word}, line {n}" for n, word in enumerate([*facts(), *["la"] * 9]))
    return 200, json.dumps(song)


def facts() -> list[str]:
    song = example_form_data()["songs"][0]
    return [str(song.get(name) or "") for name in ("favoriteMemory", "qualities", "storySummary", "overallMessage")]


def set_up(override_settings: Override, tmp_path: Path, url: str) -> None:
    override_settings(writer_base_url=url, writer_model="a-model", operator_texts=tmp_path)


def test_a_chat_model_writes_each_brief_with_both_wordings_and_the_contract_behind_them(
    kept: list[Preset], override_settings: Override, tmp_path: Path
) -> None:
    with FakeChat(sing) as fake:
        set_up(override_settings, tmp_path, fake.url)
        pairs = compare_wordings(SHANTY, kept)
    assert [(one.name, one.before.title, one.after.title, one.fallback) for one in pairs] == [
        ("a", "Last train", "Heave ho", (False, False)),
        ("b", "Last train", "Heave ho", (False, False)),
    ]
    said = [body["messages"][0]["content"] for body in fake.asked]
    assert sorted(said) == sorted([f"{WORDING}\n\n{CONTRACT}", f"{SHANTY}\n\n{CONTRACT}"] * 2)


def test_a_wording_whose_answers_do_not_pass_is_shown_as_the_lyricist_s(
    kept: list[Preset], override_settings: Override, tmp_path: Path
) -> None:
    def say(body: dict[str, Any]) -> tuple[int, str]:
        return (200, "Ahoy!") if SHANTY in body["messages"][0]["content"] else sing(body)

    with FakeChat(say) as fake:
        set_up(override_settings, tmp_path, fake.url)
        assert [one.fallback for one in compare_wordings(SHANTY, kept)] == [(False, True)] * 2


def test_the_lyricist_reads_no_wording(kept: list[Preset]) -> None:
    assert all(one.before == one.after and one.fallback == (False, False) for one in compare_wordings(SHANTY, kept))


def test_the_operator_s_own_wording_is_what_orders_are_written_with(override_settings: Override, tmp_path: Path) -> None:
    set_up(override_settings, tmp_path, "")
    assert adopted_wording() == WORDING
    (tmp_path / "writer.txt").write_text(f"\ufeff{SHANTY}\n", encoding="utf-8")
    assert adopted_wording() == SHANTY
    for useless in (b"  \n", b"\xff\xfe\x00"):
        (tmp_path / "writer.txt").write_bytes(useless)
        assert adopted_wording() == WORDING


def test_every_trial_is_on_record_and_makes_no_form(kept: list[Preset]) -> None:
    session = session_of("support")
    ids = [one.id for one in kept]
    asked: dict[str, Any] = {"briefs": ids, "wording": SHANTY}
    assert act(session, "try_wording", press=secrets.token_hex(8), **asked) == "Another instruction is tried with a, b."
    for wrong in ({"briefs": []}, {"briefs": ["form_1"]}, {"briefs": [f"preset_{n}" for n in "abcde"]}, {"wording": " "}):
        with pytest.raises(ActionRefusedError):
            act(session, "try_wording", press=secrets.token_hex(8), **asked | wrong)
    assert in_database(ComposeForm.select().count) == 0
    assert in_database(StaffAction.select().where(StaffAction.action == "try_wording").count) == 5


def test_the_page_marks_what_only_one_side_sings_and_who_wrote_it() -> None:
    from integrations.writer import Writing
    from jobs.staff.prompt_trial import WordingPair
    from ui.internal.prompt_trial import sides
    from ui.internal.staff_frame import draw

    def song(title: str, line: str) -> Writing:
        return Writing(title, f"[Verse 1]\nthe same\n{line}", "a prompt", "pop", ("a", "b", "c"), ("", "", ""))

    pair = WordingPair("Sister", song("Old", "an old <line>"), song("New", "a new line"), (False, True))
    page = draw("prompt_trial.html", pairs=[(pair, sides(pair))])
    assert ("<mark>an old &lt;line&gt;</mark>" in page, "<mark>a new line</mark>" in page) == (True, True)
    assert (page.count("<mark>"), page.count("the built-in lyricist wrote this"), "no difference" in page) == (2, 1, False)
    same = replace(pair, after=pair.before, fallback=(False, False))
    page = draw("prompt_trial.html", pairs=[(same, sides(same))])
    assert (page.count("<article>"), page.count("<mark>"), "no difference" in page) == (1, 0, True)
