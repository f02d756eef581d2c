"""Spanish grammar: from "ella se ríe de sus chistes" to "te ríes de tus chistes"."""

from __future__ import annotations

import re
from collections.abc import Mapping, Set
from dataclasses import dataclass

from integrations.writer.grammar import EDGES, Grammar, Person, listed, word_lists
from integrations.writer.text import capital


@dataclass(frozen=True, slots=True)
class SpanishWords:
    determiners: Set[str]
    adverbs: Set[str]
    clitics: Set[str]
    verbs: Set[str]  # third-person forms that open a phrase without saying whose they are
    iar: Set[str]  # past forms of verbs in -iar
    irregular: Mapping[str, str]  # "es" -> "eres"
    possessives: Mapping[str, str]  # "su" -> "tu"


w = SpanishWords(**word_lists("es"))
_WITH = (
    (r"\bcon (?:ella|él)\b", "contigo"),
    (r"\b(para|a|de|por|sin|en) (?:ella|él)\b", r"\1 ti"),
)
_THE = tuple(f"{word} " for word in w.determiners)
_FOR = re.compile(r"^(?:(?:estoy agradecid[oa]|gracias|doy gracias|agradezco|te agradezco)(?: por)?|por)\s+", re.I)
_WHO = "\u0001"


def second(verb: str) -> str:
    """tú: mostly one s more; the simple past has its own ending."""
    low = verb.lower()
    if low in w.irregular:
        return w.irregular[low]
    if low in w.iar:
        return verb[:-1] + "aste"
    if low.endswith("ió"):
        return verb[:-2] + "iste"
    if low.endswith("ó"):
        return verb[:-1] + "aste"
    return verb + "s" if low[-1:] in "aeáéí" or low.endswith("rá") else verb


def lower_first(text: str) -> str:
    first = text.split(" ")[0].lower()
    known = first in w.adverbs | w.clitics | w.verbs | w.determiners or first in (
        "cuando",
        "hacer",
        "haber",
        "por",
        "en",
        "con",
    )
    return text[:1].lower() + text[1:] if known else text


class Spanish(Grammar):
    """What is said about "ella" or "él" is sung to "tú"; where that is unsure, it stays as it is."""

    def small(self, phrase: str) -> str:
        return lower_first(phrase)

    def turn(self, phrase: str, person: Person) -> str:
        wrong = {"f": r"\bél\b", "m": r"\bella\b"}.get(person.gender)
        if wrong and re.search(wrong, phrase, re.I):
            return phrase  # the customer speaks of somebody else
        for pattern, said in _WITH:
            phrase = re.sub(pattern, said, phrase, flags=re.I)
        for name in person.names:
            phrase = re.sub(
                rf"(?<!\w)(con )?{re.escape(name)}(?!\w)", lambda m: "contigo" if m[1] else _WHO, phrase, flags=re.I
            )
        if person.relation:
            phrase = re.sub(rf"^mi {re.escape(person.relation)} (?=\w+[aeóoá]\b|es\b)", f"{_WHO} ", phrase, flags=re.I)
        words = [w.possessives.get(x.lower(), x) for x in phrase.split(" ")]
        return self._verbs(words)

    @staticmethod
    def _verbs(words: list[str]) -> str:
        out: list[str] = []
        at = 0
        while at < len(words):
            named = words[at].lower() in ("ella", "él", _WHO)
            before = words[at - 1].lower() if at else ""
            relative = before in ("que", "cuando", "como", "donde") and words[at].lower() in w.clitics | w.adverbs
            if not (named or at == 0 or relative) or (named and before in ("de", "a", "para", "por", "sin", "en")):
                out.append("ti" if words[at] == _WHO else words[at])
                at += 1
                continue
            start = at + 1 if named else at
            verb = start
            while verb < len(words) and (words[verb].lower() in w.adverbs | w.clitics or words[verb].lower() == "no"):
                verb += 1
            lead = words[start:verb]
            at = Spanish._one_verb(words, lead, verb, named, out)
        return " ".join(out)

    @staticmethod
    def _one_verb(words: list[str], lead: list[str], verb: int, named: bool, out: list[str]) -> int:
        """Says one verb to 'tú' if it surely is one; gives back where to go on reading."""
        bare = re.match(r"\w+", words[verb]) if verb < len(words) else None
        third = bool(bare) and second(bare[0]) != bare[0] if bare else False
        clitic = any(x.lower() in w.clitics for x in lead)
        sure = (
            third
            and bare is not None
            and (named or clitic or bare[0].lower() in w.verbs or (bare[0].lower() in w.irregular) or bare[0].endswith("ó"))
        )
        if not sure or bare is None:
            out += ["tú"] if named else []
            out += lead or ([] if named else [words[verb]])
            return verb if named or lead else verb + 1
        out += ["te" if x.lower() == "se" else x for x in lead]
        out.append(second(bare[0]) + words[verb][bare.end() :])
        verb += 1
        if (
            verb + 1 < len(words)
            and words[verb] == "y"
            and (words[verb + 1].lower() in w.verbs or words[verb + 1].endswith("ó"))
        ):
            out += ["y", second(words[verb + 1])]
            verb += 2
        for i in range(verb - 1, len(words) - 1):
            if (words[i] in ("mientras", "cuando") or words[i].endswith(",")) and words[i + 1].lower() in w.verbs:
                words[i + 1] = second(words[i + 1])
        return verb

    def tell(self, topic: str, phrase: str, person: Person) -> str:
        phrase = phrase.strip(EDGES)
        low = lower_first(phrase)
        named = low.startswith(_THE)
        if topic == "message" and named:
            phrase = f"{'Siempre eres' if person.memorial else 'Eres'} {low}"
        elif topic == "quality" and named:
            phrase = f"Te digo lo que veo: {low}"
        elif topic == "grateful":
            low = lower_first(_FOR.sub("", phrase))
            noun = low.startswith(_THE) or re.match(r"^\w+(ar|er|ir)(me|nos)?\b|^estar|^ser", low)
            phrase = (
                f"Gracias por {low}"
                if noun
                else low
                if re.match(r"^(me|nos|te|siempre|porque)\b", low)
                else f"Gracias por esto: {low}"
            )
        elif topic == "memory" and (named or low.startswith(("cuando ", "aquel"))):
            phrase = f"Recuerdo {low}"
        elif topic == "place" and not re.match(r"^(en|por|junto|cerca|desde|nuestr)", low):
            phrase = f"En esta canción cabe {low}"
        return capital(phrase)

    def tell_many(self, topic: str, phrases: tuple[str, ...], person: Person) -> str:
        items = [lower_first(p) for p in phrases]
        last = "e" if re.match(r"h?[ií](?![eé])|y(?![aeiouáéíóú])", items[-1], re.I) else "y"
        together = listed(items, last)
        if topic == "nick":
            return f"Te digo {together}" if not person.memorial else f"Te sigo diciendo {together}"
        if topic == "place":
            return (
                f"De {items[0]} a {items[-1]}"
                if len(items) == 2 and not any(i.startswith("el ") for i in items)
                else f"Aquí caben {together}"
            )
        return f"Si me preguntan por ti, digo: {together}"
