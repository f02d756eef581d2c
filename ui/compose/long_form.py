"""The questions about one song that nobody has to answer: other names, the story in small pieces, and how it should sound.

They are drawn a screen at a time, once the first ones stand: all together would keep a phone busy for longer than people wait.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from nicegui.element import Element

from i18n import _
from jobs.forms.choices import EMOTIONS, LYRICS_LEVELS, SOUND_LEVELS, STYLES, VIBES, VOICES
from ui.components.elements import box, drawn_apart, text
from ui.compose.fields import Field, several_field, yes_field
from ui.compose.questions import MORE, NICKNAMES, SAID, STORY, WORDS, Question
from ui.compose.song_form import Options, SongForm, translated_options
from ui.compose.strength import Strength
from ui.site.style_samples import style_samples


def draw_long_form(song: SongForm, languages: Options) -> Iterator[None]:
    """Each `next` draws one screen more into the song's panel. `languages`: those that the song can be in."""
    _names(song)
    yield
    with song.rest, drawn_apart("section", "card stack", data_more="") as story:
        text("h2", _("Your story, in small pieces"))
        text("p", _("Nothing here is required, and every piece makes the song more theirs."), "muted")
        song.strength = Strength(song.answers)
        pairs = box("div", "pairs")
    for question in STORY:
        with pairs, song.step(question.name, _(question.label)):
            song.text(question)
        yield
    with story, song.step("feelings", _("What should they feel?")):
        _emotions(song)
    yield
    _more(song, story)
    yield
    with song.rest, drawn_apart("section", "card stack", data_more="") as sound:
        text("h2", _("How should it sound?"))
        with song.step("style", _("Style")):
            song.choice("style", _("Style"), translated_options(STYLES), samples=style_samples())
    yield
    _sound(song, sound, languages)


def _names(song: SongForm) -> None:
    with song.pronunciation:
        _hear(song, song.text(SAID))
    with song.names, song.step("nicknames", _(NICKNAMES[0].label)):
        for question in NICKNAMES:
            song.text(question)


def _hear(song: SongForm, pronunciation: Field) -> None:
    """Our singer sings the name as it will be in the song; where nobody sings its language, the browser says it."""
    name = f"f-songs-{song.index}-recipientName"
    with pronunciation.box, box("div", "hearname", data_hear=pronunciation.id, data_or=name):
        text("button", _("Hear it"), "btn quiet small", type="button")
        text("p", _("This browser has no voice to say it with. Write it as it sounds; our singer reads the same."), "hint")


def _emotions(song: SongForm) -> None:
    chosen = song.answers.get("emotions") or []
    chosen = [chosen] if isinstance(chosen, str) else chosen
    label, hint = _("What should they feel?"), _("one or two")
    song.add(
        several_field(song.path("emotions"), label, chosen, translated_options(EMOTIONS), song.on_change, most=2, hint=hint)
    )


def _more(song: SongForm, story: Element) -> None:
    more, words = _("More about them"), _("Words to keep, words to avoid")
    with story:
        with song.step("more", more), _fold(song, more, MORE), box("div", "pairs"):
            for question in MORE:
                song.text(question)
        with song.step("words", words), _fold(song, words, WORDS):
            with box("div", "pairs"):
                for question in WORDS:
                    song.text(question)
            for name, label in (("childFriendly", _("It is for a child")), ("faithBased", _("Faith may be part of it"))):
                song.add(yes_field(song.path(name), label, bool(song.answers.get(name)), song.on_change))


def _fold(song: SongForm, title: str, questions: Iterable[Question]) -> Element:
    """A section that is folded until something in it is answered; on a phone its screen opens it."""
    fold = box("details", "fold")
    fold.props["open"] = any(song.answers.get(question.name) for question in questions)
    with fold:
        text("summary", title)
    return fold


def _sound(song: SongForm, sound: Element, languages: Options) -> None:
    with sound:
        with song.step("mood", _("Mood")):
            song.choice("vibe", _("Mood"), translated_options(VIBES))
        with song.step("voice", _("Voice and language")):
            song.choice("voiceType", _("Voice"), translated_options(VOICES), compact=True)
            song.choice("language", _("Language of the song"), languages, compact=True)
        with song.step("festive", _("How festive?")) as song.festive:
            song.choice("festiveLyricsLevel", _("How festive are the words?"), translated_options(LYRICS_LEVELS))
            song.choice("festiveSoundLevel", _("How festive is the sound?"), translated_options(SOUND_LEVELS))
        song.show_festive(str(song.answers.get("theme") or ""))
