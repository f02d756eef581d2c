"""A song is offered in the languages that the configured writer writes and a configured provider sings."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from customer_texts import wrong_field_in_words, wrong_fields_in_words
from i18n import speaking
from integrations.music.adapters import ADAPTERS, adapter, singers_of
from integrations.writer import Brief
from integrations.writer.another import other_days
from integrations.writer.built_in_lyricist import Lyricist
from integrations.writer.chat_writer import ChatWriter
from jobs.forms.choices import SONG_LANGUAGES
from jobs.forms.drafts import no_answers
from jobs.forms.form_data import check_draft, check_field, check_form_data
from jobs.forms.song_languages import song_languages
from jobs.forms.wrong_fields import InvalidFormError
from jobs.generation import moderation
from jobs.generation.providers import provider_for
from tests.support.overrides import Override
from tests.support.stack import example_form_data

CHAT = "https://chat.example.com"
ALL = ["en", "es", "fr", "de", "it", "pt"]


@pytest.fixture(autouse=True)
def two_phrase_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """A new file is somebody's good work, and no reason to go red here."""
    monkeypatch.setattr(Lyricist, "languages", ("en", "es"))


@pytest.mark.parametrize(
    ("providers", "writer", "offered"),
    [
        (("studio",), "", ["en", "es"]),
        (("musicgpt",), "", ["en", "es"]),
        (("studio",), CHAT, ["en", "es", "fr", "it", "pt"]),
        (("musicgpt",), CHAT, ALL),
        (("mureka", "acestep"), CHAT, ALL),
        (("studio", "musicgpt"), CHAT, ALL),
    ],
)
def test_a_language_is_offered_that_is_written_and_sung(
    override_settings: Override, providers: tuple[str, ...], writer: str, offered: list[str]
) -> None:
    override_settings(music_providers=providers, writer_base_url=writer)
    assert list(song_languages()) == offered


@pytest.mark.parametrize(("providers", "writer"), [(("musicgpt",), CHAT), (("suno",), "")])
def test_a_demo_offers_what_the_demo_itself_writes_and_sings(
    override_settings: Override, providers: tuple[str, ...], writer: str
) -> None:
    override_settings(music_providers=providers, writer_base_url=writer)
    assert list(song_languages(demo=True)) == ["en", "es"]


def test_every_writer_and_every_adapter_says_its_languages() -> None:
    assert {name: adapter(name).languages for name in ADAPTERS} == dict.fromkeys(ADAPTERS, ()) | dict.fromkeys(
        ("studio", "demo"), ("en", "es", "fr", "it", "pt")
    )
    assert set(ChatWriter.languages) == set(SONG_LANGUAGES), "each is offered under a name"
    assert singers_of("de", ("studio", "suno", "mureka")) == ["suno", "mureka"]


def test_another_language_is_refused_by_name_and_changes_nothing(override_settings: Override) -> None:
    override_settings(music_providers=("studio",), writer_base_url=CHAT)
    data = example_form_data()
    data["songs"][0]["language"] = "de"
    said = "Please choose a language that we sing: English, Español, Français, Italiano, and Português."
    for refuse in (lambda: check_form_data(data, 1), lambda: check_draft(data)):
        with pytest.raises(InvalidFormError) as refused:
            refuse()
        assert wrong_fields_in_words(refused.value.fields) == {"songs.0.language": said}
    kept, wrong = check_field("songs.0.language", "klingon")
    assert wrong is not None
    assert (kept, wrong_field_in_words("songs.0.language", wrong)) == ("klingon", said)

    override_settings(music_providers=("musicgpt",), writer_base_url=CHAT)
    assert check_form_data(data, 1)["songs"][0]["language"] == "de"


@pytest.mark.parametrize(("writer", "begins_with"), [(CHAT, [{"language": "pt"}]), ("", [{}])])
def test_a_draft_begins_in_the_reader_s_language_where_it_is_offered(
    override_settings: Override, writer: str, begins_with: list[dict[str, str]]
) -> None:
    override_settings(music_providers=("musicgpt",), writer_base_url=writer)
    with speaking("pt"):
        assert no_answers(1)["songs"] == begins_with
    with speaking("en"):
        assert no_answers(1)["songs"] == [{}]


@pytest.mark.parametrize(
    ("providers", "paused", "language", "asked"),
    [
        (("studio", "mureka"), (), "en", "studio"),
        (("studio", "mureka"), (), "de", "mureka"),
        (("studio", "mureka"), ("mureka",), "de", None),
        (("studio",), (), "de", "studio"),  # it was offered when this form began: it goes on
    ],
)
def test_a_provider_that_sings_the_language_is_asked(
    override_settings: Override, providers: tuple[str, ...], paused: tuple[str, ...], language: str, asked: str | None
) -> None:
    override_settings(music_providers=providers)
    found = provider_for({}, paused, language=language)
    assert (found.name if found else None) == asked


def test_no_line_of_a_song_is_changed_into_another_language(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where only the chat API writes the language: no other line, and no plain words after a refusal."""
    assert other_days(Brief("Rosa", language="xx")) == []
    assert other_days(Brief("Rosa", language="es-MX"))
    data = example_form_data()
    monkeypatch.setattr(moderation.ComposeForm, "find", lambda _: SimpleNamespace(form_data=data))
    assert "Mia" in moderation.fallback_lyrics("form", 0)
    data["songs"][0]["language"] = "xx"
    assert moderation.fallback_lyrics("form", 0) == ""
