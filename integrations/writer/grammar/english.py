"""English grammar: from "she always laughs at her own jokes" to "you always laugh at your own jokes"."""

from __future__ import annotations

import re

from integrations.writer.grammar.english_frames import frame_list, frame_many, framed_phrase
from integrations.writer.grammar.english_shapes import base_form, is_past_verb, is_third_person, lower_first
from integrations.writer.grammar.english_words import ENGLISH_WORDS as w
from integrations.writer.grammar.plain import Grammar, Person

_SHE = {"she", "her", "hers", "herself"}
_HE = {"he", "him", "his", "himself"}
_WE = r"\b(?:i|we|us|our|together|each other|met|married|proposed)\b"  # what was told may be what the singer did
_VERBS = "|".join(sorted(w.verbs_s - w.nounish))


def _based(word: str) -> str:
    """The same, of a verb with a comma or the like behind it."""
    return re.sub(r"^[\w']+", lambda m: base_form(m[0]), word)


class English(Grammar):
    """What is said about a "she" or a "he" is sung to "you"; where that is unsure, it stays as it is."""

    def small(self, phrase: str) -> str:
        return lower_first(phrase)

    def relation(self, words: str) -> tuple[str, str]:
        """The last word that says one: "my friend's mum" is a mum."""
        return self._first(re.findall(r"[\w'-]+", words.lower())[::-1])

    def turn(self, phrase: str, person: Person, topic: str = "") -> str:
        if topic == "phrase":
            return phrase  # it is said as it stands
        words = self._named(phrase, person).split(" ")
        low = {re.sub(r"('s|'d|'ll)?\W*$", "", x.lower()) for x in words}
        third = (_SHE if low & _SHE else set()) | (_HE if low & _HE else set())
        if low & _SHE and low & _HE:
            third = {"f": _SHE, "m": _HE}.get(person.gender, set())
        elif (low & _SHE and person.gender == "m") or (low & _HE and person.gender == "f"):
            third = set()
        if words[0].lower().startswith("they") and not third and (person.kind in ("team", "partner", "other", "friend")):
            third = {"they", "them", "their"}
        return self._headless(self._second_person(words, third | {"\u0001"}), topic, person.kind)

    @staticmethod
    def _named(phrase: str, person: Person) -> str:
        """The recipient's own name becomes a pronoun that only we use."""
        rel = re.escape(person.relation)
        if rel:
            phrase = re.sub(rf"^(my|our) {rel} (?=\w+(s|ed|'s)\b|never\b)", "\u0001 ", phrase, flags=re.I)
        for name in person.names:
            who = rf"(?<!\w){re.escape(name)}"
            phrase = re.sub(
                rf"{who}'s (?=always|never|so |very |the |a |my |been |got |\w+ing\b)", "\u0001's ", phrase, flags=re.I
            )
            phrase = re.sub(rf"{who}'s(?!\w)", "your", phrase, flags=re.I)
            phrase = re.sub(rf"{who}(?!\w)", "\u0001", phrase, flags=re.I)
        return phrase

    def _second_person(self, words: list[str], third: set[str]) -> str:
        out: list[str] = []
        at = 0
        while at < len(words):
            head = re.match(r"^([^\w\u0001]*)([\w\u0001]+)('\w+)?(\W*)$", words[at])
            pronoun = (head[2] if head else "").lower()
            if head is None or (pronoun not in third):
                out.append(words[at])
                at += 1
                continue
            out.append(head[1] + self._pronoun(pronoun, head[3] or "", self._noun_follows(words, at), bool(head[4])) + head[4])
            at += 1
            subject = pronoun in ("she", "he", "\u0001") and not head[3]
            if subject and not (pronoun == "\u0001" and len(out) > 1 and out[-2].lower() in w.prepositions):
                at = self._verb(words, at, out)
        return " ".join(out)

    @staticmethod
    def _noun_follows(words: list[str], at: int) -> str:
        """The word after a pronoun, or '' where it cannot belong to it ("made her laugh")."""
        after = words[at + 1].lower().strip(",.") if at + 1 < len(words) else ""
        before = words[at - 1].lower() if at else ""
        verb = after in w.also_verbs and before in w.seeing
        return "" if verb or (words[at].lower() == "her" and after in w.not_noun_after_her) else after

    @staticmethod
    def _pronoun(pronoun: str, tail: str, after: str, closed: bool) -> str:
        if tail in ("'s", "'S"):
            return "you've" if after in w.participles else "you're"
        if tail:
            return "you" + tail
        if pronoun in ("herself", "himself"):
            return "yourself"
        if pronoun == "hers":
            return "yours"
        if pronoun in ("his", "their"):
            return "your" if after and not closed else "yours"
        if pronoun == "her":
            return "your" if after and not closed else "you"
        return "you"

    @staticmethod
    def _verb(words: list[str], at: int, out: list[str]) -> int:
        """The verb after a turned subject, and those that hang on it by 'and'."""
        while at < len(words) and (words[at].lower() in w.adverbs or words[at].lower().endswith("ly")):
            out.append(words[at])
            at += 1
        if at >= len(words):
            return at
        out.append(_based(words[at]))
        at += 1
        close = True
        while at + 1 < len(words) and re.fullmatch(r"and|but|or", words[at].lower()):
            verb = words[at + 1].lower().strip(",")
            if verb not in w.verbs_s or (verb in w.nounish and not close):
                break
            out += [words[at], _based(words[at + 1])]
            at += 2
        row = False  # a verb after the first one was found: what follows is a row of verbs
        for i in range(at - 1, len(words) - 1):
            joint = i
            i += words[i + 1].lower() in w.adverbs and i + 2 < len(words)
            verb, after = words[i + 1].lower().strip(","), words[i + 2].lower() if i + 2 < len(words) else ""
            joined = words[joint].lower() in ("and", "but", "or") or words[joint].endswith(",")
            comma = words[joint].endswith(",")
            listed = (comma and after not in {"", "and", "or", *w.prepositions}) or (row and bool(after))  # "works nights"
            known = verb in w.verbs_s and (verb not in w.nounish or listed or after in w.objects)
            if joined and (known or (is_third_person(verb) and after in w.objects)):
                words[i + 1] = _based(words[i + 1])
                row = True
        return at

    def _headless(self, phrase: str, topic: str, kind: str) -> str:
        """'always leaves your keys' has lost its subject: give it back where that is certain."""
        words = phrase.split(" ")
        at = 0
        while at < len(words) - 1 and words[at].lower() in w.adverbs:
            at += 1
        verb = words[at].lower().strip(",")
        sure = verb not in w.nounish or topic == "quirk" or " your " in f" {phrase} "
        if len(words) > at + 1 and ((verb in w.verbs_s and (at or sure)) or (at and is_third_person(verb))):
            out = words[:at]
            self._verb(words, at, out)
            rest = words[len(out) :]
            return "you " + lower_first(" ".join([*out, *rest]))
        if topic == "quirk" and at == 0 and is_third_person(verb) and re.search(rf"(?:,| and) (?:{_VERBS})\b", phrase, re.I):
            self._verb(words, 0, out := [])
            return "you " + lower_first(" ".join([*out, *words[len(out) :]]))
        if topic == "story" and kind != "partner" and is_past_verb(verb) and not re.search(_WE, phrase, re.I):
            self._verb(words, 0, out := [])
            return "you " + lower_first(" ".join([*out, *words[len(out) :]]))
        if verb in w.past and at == 0 and len(words) > 1:
            low = f" {phrase.lower()} "
            me, you = re.search(r" (my|myself) ", low), re.search(r" (your|yourself) ", low)
            if re.search(r" (me|us)\b", low) and not me and not you:
                return "you " + lower_first(phrase)
            if me and not you:
                return "I " + lower_first(phrase)
            if you and not me:
                return "you " + lower_first(phrase)
        return phrase

    def tell(self, topic: str, phrase: str, person: Person) -> str:
        return framed_phrase(topic, phrase, person)

    def tell_list(self, topic: str, phrases: tuple[str, ...], person: Person) -> list[str]:
        return frame_list(topic, phrases, person)

    def tell_many(self, topic: str, phrases: tuple[str, ...], person: Person) -> str:
        return frame_many(topic, phrases, person)
