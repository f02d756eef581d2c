"""French, word after word: which mute e is sung, which silent consonant is said before a vowel, where the stress of a group is.

Decided in docs/decisions/0080: a mute e has a note before a consonant, whatever sign stands between, and none before a vowel or
at the end of a line; a consonant is said before a vowel after the words that always do so (articles, pronouns, short
prepositions, numbers, adjectives before their noun), and never over a sign or into the name that the song is for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from integrations.music.studio.singing.french import MUTE, at_a_pause, sounds_fr, stressed_fr

_ASPIRATED = (
    "hach haie haine haï hall halte hamac hameau hamp hamster hanche hand hangar hant harc hard harem hareng hargn "
    "haricot harnais harpe hasard hât hâl haus haut havre héron héros hériss hêtr heurt hibou hideu hiérarch hip hiss "
    "hobb hoch hockey hold holland homard hongr hont hop hoquet hors hotte houe houl hous houx hubl huche huée huit hurl "
    "huss hutt oui onz"
)  # how words begin that keep apart from the one before
_VOWELS = "aàâäeéèêëiîïoôöuùûüœæ"
_WITH_Z = (
    "les des ces mes tes ses nos vos aux nous vous ils elles leurs dans sans chez très deux trois plus sous petits "
    "petites grands grandes belles beaux bons bonnes autres nouveaux nouvelles vieux joyeux joyeuses heureux heureuses "
    "quels quelles quelques plusieurs certains certaines premiers premières derniers dernières longs longues doux gros "
    "mauvais vingts toutes tendres jeunes jolis jolies mêmes seuls seules"
)
_WITH_T = "est sont ont quand grand petit tout cent vingt saint étaient"
_WITH_N = "un mon ton son on en aucun bien rien"
_BEFORE_VOWELS = {word: sound for sound, words in (("z", _WITH_Z), ("t", _WITH_T), ("n", _WITH_N)) for word in words.split()}
_VOWELLED = {  # said in another way before a vowel
    "bon": "b oh n", "plein": "p l eh n", "certain": "s eh r t eh n", "prochain": "p r oh sh eh n", "ancien": "an s j eh n",
    "premier": "p r ax m j eh r", "dernier": "d eh r n j eh r", "six": "s i z", "dix": "d i z",
}  # fmt: skip
_SHORTENED = {"six": "s i", "dix": "d i", "huit": "hw i"}  # before a consonant
_UNITS = "deux trois quatre cinq six sept huit neuf"
_AFTER_ALL = "les mes tes ses nos vos leurs ces ceux deux trois quatre jours"  # "tous les", but "tous sont"
_FUNCTION_WORDS = (
    "le la les l un une des du de d au aux à a ai as ait avons avez ont est es suis sommes êtes sont c ce cet cette ces "
    "mon ma mes ton ta tes son sa ses notre nos votre vos leur leurs je tu il elle on nous vous ils elles me te se y en "
    "ne et ou ni mais or car donc que qui dont où si comme quand dans par pour sans sous sur avec chez vers entre lui "
    "puis très trop plus bien tout tous toute toutes chaque quel quelle quels quelles quelque quelques même mêmes aucun "
    "aucune était étaient qu jusqu lorsque puisque"
)
_BEFORE_THEIR_NOUN = (
    "petit petite petits petites grand grande grands grandes bon bonne bons bonnes beau bel belle beaux belles joyeux "
    "joyeuse joyeuses vieux vieil vieille vieilles nouveau nouvel nouvelle nouveaux nouvelles premier première premiers "
    "premières dernier dernière dernières autre autres deux trois quatre cinq six sept huit neuf dix mille cent vingt "
    "saint sainte cher chère doux douce jolie joli jeune jeunes long longue"
)
_WEAK = frozenset(f"{_FUNCTION_WORDS} {_BEFORE_THEIR_NOUN}".split())
_APART = tuple(_ASPIRATED.split())


@dataclass(frozen=True)
class FrenchWord:
    """One spoken word of a line: its small letters; whether a sign follows it, a hyphen does, it is begun anew as names are."""

    text: str
    paused: bool = False
    hyphen: bool = False
    apart: bool = False


def in_a_row(words: Sequence[FrenchWord]) -> list[list[str]]:
    """The phones of the words of one line as they follow each other; stressed vowels are marked with 1."""
    out = []
    for i, word in enumerate(words):
        before, after = (words[i - 1].text if i else ""), (words[i + 1] if i + 1 < len(words) else None)
        phones = _ended(_form(word, before, after), after)
        bare = word.text.rsplit("'", 1)[-1]
        inner = after is not None and not word.paused
        weak = inner and not word.apart and bare in _WEAK
        out.append(phones if weak else stressed_fr(phones))
    return out


def begins_with_vowel(text: str) -> bool:
    """Whether a word lets the one before it lose its e, and say its last consonant."""
    if text.startswith(_APART):
        return False
    return text[:1] in (*_VOWELS, "h") or (text[:1] == "y" and (text[1:2] not in tuple(_VOWELS) or text == "yeux"))


def _form(word: FrenchWord, before: str, after: FrenchWord | None) -> list[str]:
    """A word without what its mute e becomes."""
    phones = sounds_fr(word.text)
    bare = word.text.rsplit("'", 1)[-1]
    head = phones[: len(phones) - len(sounds_fr(bare))] if bare != word.text else []
    if after is None or word.paused:
        return [*phones, "s"] if bare == "plus" and before == "de" else phones
    vowel = begins_with_vowel(after.text)
    if vowel and not after.apart:
        return head + _before_vowel(word, bare, after, phones[len(head) :])
    if bare == "vingt" and after.text in _UNITS.split():
        return [*phones, "t"]
    if bare == "tous" and after.text in _AFTER_ALL.split():
        return phones[:-1]
    return head + _SHORTENED[bare].split() if bare in _SHORTENED and not vowel else phones


def _before_vowel(word: FrenchWord, bare: str, after: FrenchWord, phones: list[str]) -> list[str]:
    if bare in _VOWELLED:
        return _VOWELLED[bare].split()
    if bare == "neuf" and after.text in ("ans", "heures"):
        return [*phones[:-1], "v"]
    said = _BEFORE_VOWELS.get(bare, "")
    if word.hyphen and after.text in ("il", "elle", "on", "ils", "elles") and bare[-1:] in ("t", "d"):
        said = "t"  # "dit-il", "prend-on"
    if after.text in ("y", "en") and bare in ("vas", "allons", "allez"):
        said = "z"
    phones = phones[:-1] if said and phones[-1:] == [MUTE] else phones
    return [*phones, said] if said else phones


def _ended(phones: list[str], after: FrenchWord | None) -> list[str]:
    """With its mute e where that is sung."""
    if phones[-1:] != [MUTE]:
        return phones
    if after is None:
        return at_a_pause(phones)
    return phones[:-1] if begins_with_vowel(after.text) else [*phones[:-1], "ax"]
