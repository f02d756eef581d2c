"""Whoever wrote the lyrics is counted and shown, and staff hear of a chat model that never writes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from api.metrics import OrderCollector
from integrations.writer.dialect import SharedNotes
from jobs.generation.authors import author_text, last_written, who_wrote
from jobs.generation.prompts import write_prompts
from jobs.generation.providers import writer, writer_with
from jobs.staff.dashboard import read_dashboard
from models import Alert, ComposeForm, in_database, new_form_id
from tests.support.fakes.chat import GOOD, FakeChat
from tests.support.overrides import Override
from tests.support.shop import database_of_its_own
from tests.support.stack import example_form_data
from ui.internal.order import ReportedSong
from ui.internal.staff_frame import draw

MODEL, LYRICIST = {"by": "model"}, {"by": "lyricist", "why": "it does not answer (Timeout)"}


@pytest.fixture(scope="module", autouse=True)
def own_database(migrated: None) -> Iterator[None]:
    with database_of_its_own("authors"):
        yield


@pytest.fixture(autouse=True)
def nothing_before(own_database: None) -> None:
    writer.cache_clear()
    in_database(Alert.delete().execute)
    in_database(ComposeForm.delete().execute)


def alerts() -> list[tuple[str, str]]:
    return [(row.kind, row.about) for row in in_database(lambda: list(Alert.select().order_by(Alert.id)))]


def written(*authors: dict[str, str]) -> None:
    for author in authors:
        new_form(status="prompts_generated", lyric_authors=[author])


def new_form(**columns: Any) -> str:
    row = {"id": new_form_id(), "package_type": "solo-serenade", "song_count": 1, "form_data": example_form_data()} | columns
    in_database(lambda: ComposeForm.create(**row))
    return str(row["id"])


def compose() -> Any:
    form_id = new_form(status="composing")
    in_database(write_prompts, form_id)
    return in_database(ComposeForm.find, form_id)


def test_the_row_says_who_wrote_and_a_mistyped_model_is_told_once_by_name(override_settings: Override) -> None:
    said_no = {"error": {"message": "The model `a-modle` does not exist", "code": "model_not_found"}}
    with FakeChat(lambda body: (404, said_no)) as fake:
        override_settings(writer_base_url=fake.url, writer_model="a-modle")
        rows = [compose(), compose()]
    why = "it has no model of the name a-modle"
    assert [row.lyric_authors for row in rows] == [[{"by": "lyricist", "why": why}]] * 2
    assert all(row.generated_lyrics[0] for row in rows)
    assert alerts() == [("writer_setting", f"WRITER_MODEL: {why}")]
    assert len(fake.asked) == 2, "one call for each song, and no more"


def test_a_song_of_the_model_is_the_model_s(override_settings: Override) -> None:
    name = "Mia"

    def say(body: dict[str, Any]) -> tuple[int, Any]:
        return 200, json.dumps(
            GOOD | {"lyrics": GOOD["lyrics"] + "\n" + json.loads(body["messages"][1]["content"][8:-9])["qualities"]}
        )

    with FakeChat(say) as fake:
        override_settings(writer_base_url=fake.url, writer_model="m")
        row = compose()
    assert (row.lyric_authors, row.generated_titles) == ([{"by": "model"}], [f"Last Train for {name}"])
    assert alerts() == []


def test_a_model_that_wrote_none_of_the_last_ten_is_told_once_and_again_after_it_wrote(override_settings: Override) -> None:
    with FakeChat(lambda body: (503, {"error": "busy"})) as fake:
        override_settings(writer_base_url=fake.url, writer_model="m")
        written(*[LYRICIST] * 8)
        compose()
        assert alerts() == [], "nine are not ten"
        compose()
        compose()
        assert [kind for kind, _ in alerts()] == ["writer_silent"]
        written(MODEL, *[LYRICIST] * 9)
        compose()
        assert [kind for kind, _ in alerts()] == ["writer_silent"] * 2


def test_three_songs_of_one_hamper_with_one_story_are_told_apart(override_settings: Override) -> None:
    override_settings(writer_base_url="", writer_model="")
    songs = example_form_data()["songs"] * 3
    form_id = new_form(
        status="composing", package_type="holiday-hamper", song_count=3, form_data={**example_form_data(3), "songs": songs}
    )
    in_database(write_prompts, form_id)
    row = in_database(ComposeForm.find, form_id)
    choruses = [lyrics.split("[Chorus]\n")[1].split("\n")[0] for lyrics in row.generated_lyrics]
    assert (len(set(row.generated_titles)), len(set(choruses)), len(row.lyric_authors)) == (3, 3, 3)


def test_without_a_model_nobody_is_alarmed(override_settings: Override) -> None:
    override_settings(writer_base_url="", writer_model="")
    written(*[LYRICIST] * 10)
    assert compose().lyric_authors == [{"by": "lyricist", "why": "no chat model is set"}]
    assert alerts() == []


def test_metrics_the_health_page_and_the_doctor_say_who_wrote() -> None:
    written(MODEL, *[LYRICIST] * 2, {"by": "lyricist", "why": "its answers do not pass: no JSON object"})
    assert [song.by for song in in_database(last_written)] == ["lyricist"] * 3 + ["model"]
    gauge = next(one for one in in_database(lambda: list(OrderCollector().from_rows())) if one.name == "serenade_last_lyrics")
    assert {sample.labels["by"]: sample.value for sample in gauge.samples} == {"model": 1, "lyricist": 3}
    page = draw("dashboard.html", **in_database(read_dashboard, 24), hours=24)
    assert "The chat model wrote 1 of the last 4 songs." in page
    assert "2 by the built-in lyricist, because it does not answer (Timeout)." in page
    assert in_database(who_wrote) == (
        "the chat model wrote 1 of the last 4 songs; the built-in lyricist wrote the newest of the others,"
        " because its answers do not pass: no JSON object"
    )


@pytest.mark.parametrize(
    ("author", "words"),
    [
        (MODEL, "chat model"),
        (LYRICIST, "built-in lyricist, because it does not answer (Timeout)"),
        (None, ""),
        ("older", ""),
    ],
)
def test_the_order_page_says_it_in_words(author: Any, words: str) -> None:
    assert author_text(author) == words
    view = SimpleNamespace(index=0, title="A title", recipient_name="Mia")
    songs = [ReportedSong(view, "a prompt", author_text(author), [])]  # type: ignore[arg-type]
    form = SimpleNamespace(status="prompts_generated")
    page = draw("order_recordings.html", songs=songs, may=set(), acts={}, bonuses=[], form=form, several=False)
    assert page.count(f"Lyrics by the {words}.") == bool(words)
    assert page.count("Lyrics by") == bool(words)


def test_what_a_model_refuses_is_remembered_by_every_process(override_settings: Override) -> None:
    def say(body: dict[str, Any]) -> tuple[int, Any]:
        return (400, {"error": {"message": "no", "param": "temperature"}}) if "temperature" in body else (503, {})

    with FakeChat(say) as fake:
        override_settings(writer_base_url=fake.url, writer_model="m")
        compose()
        writer_with("x")
        assert SharedNotes().read(f"{fake.url} m") == {"temperature"}
