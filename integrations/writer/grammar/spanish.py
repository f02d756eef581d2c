"""Spanish grammar: from "ella se ríe de sus chistes" to "te ríes de tus chistes"."""

from __future__ import annotations

import re
from collections.abc import Mapping, Set
from dataclasses import dataclass

from integrations.writer.grammar.plain import EDGES, Grammar, Person, listed, word_lists
from integrations.writer.text import capital


@dataclass(frozen=True, slots=True)
class SpanishWords:
    determiners: Set[str]
    adverbs: Set[str]
    clitics: Set[str]
    verbs: Set[str]  # third-person forms that open a phrase without saying whose they are
    no_verbs: Set[str]  # nouns that end as the past of a verb does: "alegría"
    things: Set[str]  # what somebody has, and nobody is
    people: Set[str]  # who somebody can be: "una leyenda"
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
_ABOUT = ("quirk", "quality")  # answers that are about the recipient, whatever their verbs say
_AND = ("y", "e", "o", "ni", "pero", "también")


def second(verb: str) -> str:
    """tú: mostly one s more; the simple past has its own ending. What is no third person stays."""
    low = verb.lower()
    if low == "he":
        return verb  # the singer's own: "nunca le he dado las gracias"
    if low in w.irregular:
        return w.irregular[low]
    if low.endswith(("aste", "iste")):
        return verb
    if low in w.iar:
        return verb[:-1] + "aste"
    if low.endswith("ió"):
        return verb[:-2] + "iste"
    if low.endswith("ó"):
        return verb[:-1] + "aste"
    return verb + "s" if low[-1:] in "aeá" or low.endswith("rá") else verb


def _to_you(him: re.Match[str]) -> str:
    return "Te " if him[1].isupper() else "te "


def is_third_person(word: str) -> bool:
    """Whether it surely is a verb that says what somebody does or did."""
    low = word.lower()
    past = low.endswith(("ó", "aba", "ía")) and not low.endswith("ería") and len(low) > 3 and low not in w.no_verbs
    return second(word) != word and (low in w.verbs or low in w.irregular or past)


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

    def relation(self, words: str) -> tuple[str, str]:
        """Who shares a flat or a class is no colleague."""
        kind, gender = super().relation(words)
        shared = kind == "colleague" and re.search(r"\bde (?:piso|cuarto|casa|clase|colegio|viaje)\b", words, re.I)
        return ("friend" if shared else kind), gender

    def turn(self, phrase: str, person: Person, topic: str = "") -> str:
        if topic == "phrase":
            return phrase  # it is said as it stands
        if topic == "message" and re.match(r"(?:lo|la|el|un|una|mi) (?:\w+ )*?que ", phrase, re.I):
            return phrase  # "la persona que me enseñó a vivir": after "eres" it stays so
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
        phrase = re.sub(r"^(?:le|la|lo) (?=\w+[éí]\b)", "te ", phrase, flags=re.I)  # "le pedí la mano"
        phrase = re.sub(r"\b(l)(?:e|a|o) (?=he \w+(?:[aií]do|cho|sto|rto)\b)", _to_you, phrase, flags=re.I)
        if re.search(r"\bte he ", phrase, re.I):
            phrase = re.sub(r"\bcomo (?:se )?merece\b", "como mereces", phrase)
        words = [w.possessives.get(x.lower(), x) for x in phrase.split(" ")]
        theirs = topic in _ABOUT or (topic == "story" and not re.search(r"\b(?:yo|mi|mis|conmigo)\b", phrase, re.I))
        turned = self._following(self._verbs(words, theirs).split(" "), words, theirs)
        about = theirs or topic == "grateful" or turned != words
        return re.sub(r"\b(\w*[aeií]r)se\b", r"\1te", " ".join(turned)) if about else " ".join(turned)

    @staticmethod
    def _following(turned: list[str], words: list[str], theirs: bool) -> list[str]:
        """Every further verb of somebody whose first one was turned: "criaste sola a cuatro hijos y vendías tamales"."""
        told, told_more = turned != words, False
        for at in range(1, len(turned)):
            joint = turned[at - 1].lower()
            verb = at
            while verb < len(turned) - 1 and (turned[verb].lower() in w.adverbs | w.clitics or turned[verb].lower() == "no"):
                verb += 1
            lead = [x.lower() for x in turned[at:verb]]
            to_me = bool({"me", "nos"} & set(lead))  # who gives something to the singer is the one who is sung to
            if not (joint in _AND or joint.endswith((",", ";"))) or not (told or theirs or to_me):
                continue
            bare = re.match(r"\w+", turned[verb])
            after = turned[verb + 1].lower() if verb + 1 < len(turned) else ""
            dropped = len(lead) > 1 and "se" in lead  # "se me cayó": nobody did it
            if bare and not dropped and (is_third_person(bare[0]) or _has_object(bare[0], after)):
                turned[at:verb] = ["te" if x == "se" else y for x, y in zip(lead, turned[at:verb], strict=True)]
                turned[verb] = second(bare[0]) + turned[verb][bare.end() :]
                told_more = True
        first = turned[0]
        plain = first.lower() not in w.no_verbs | w.determiners | w.adverbs | w.clitics
        if theirs and told_more and turned[0] == words[0] and plain and len(first) > 3 and first[-1] in "ae":
            turned[0] = second(first)  # a row of verbs: the first one is one too
        return turned

    @staticmethod
    def _verbs(words: list[str], theirs: bool) -> str:
        out: list[str] = []
        at = 0
        while at < len(words):
            named = words[at].lower() in ("ella", "él", _WHO)
            before = words[at - 1].lower() if at else ""
            relative = before in ("que", "cuando", "como", "donde") and words[at].lower() in w.clitics | w.adverbs
            first = at == 0 or (at == 1 and before in ("porque", "cuando", "que"))
            if at == 0 and words[0].lower() in ("porque", "cuando", "que") and len(words) > 1:
                first = False
            if not (named or first or relative) or (named and before in ("de", "a", "para", "por", "sin", "en")):
                out.append("ti" if words[at] == _WHO else words[at])
                at += 1
                continue
            start = at + 1 if named else at
            verb = start
            while verb < len(words) and (words[verb].lower() in w.adverbs | w.clitics or words[verb].lower() == "no"):
                verb += 1
            lead = words[start:verb]
            at = Spanish._one_verb(words, lead, verb, named, theirs, out)
        return " ".join(out)

    @staticmethod
    def _one_verb(words: list[str], lead: list[str], verb: int, named: bool, theirs: bool, out: list[str]) -> int:
        """Says one verb to 'tú' if it surely is one; gives back where to go on reading."""
        bare = re.match(r"\w+", words[verb]) if verb < len(words) else None
        third = bare is not None and second(bare[0]) != bare[0]
        clitic = any(x.lower() in w.clitics for x in lead)
        # "trabajaba" may also be what I did; with a pronoun before it, or of an answer about them, it is theirs
        if (
            out
            and out[-1].lower() == "cuando"
            and not lead
            and verb + 1 < len(words)
            and words[verb + 1].lower() in w.determiners
        ):
            bare = None  # "cuando nació mi hijo": somebody else did it, or it was done to something
        theirs = theirs or (clitic and bool({"me", "nos", "se"} & {x.lower() for x in lead}))
        if bare is not None and bare[0].lower().endswith(("aba", "ía")):
            sure = named or (theirs and is_third_person(bare[0]))
        else:
            sure = bare is not None and third and (named or clitic or is_third_person(bare[0]))
        if not sure or bare is None:
            out += ["tú"] if named else []
            out += lead or ([] if named else [words[verb]])
            return verb if named or lead else verb + 1
        out += ["te" if x.lower() == "se" else x for x in lead]
        out.append(second(bare[0]) + words[verb][bare.end() :])
        return verb + 1

    def tell_list(self, topic: str, phrases: tuple[str, ...], person: Person) -> list[str]:
        if topic != "quality":
            return [self.tell_many(topic, phrases, person)]
        clauses = [p for p in phrases if p.split(" ")[0].lower() in w.clitics | w.adverbs or _is_second(p.split(" ")[0])]
        things = [p for p in phrases if p not in clauses and w.things & set(p.lower().split(" "))]
        others = tuple(p for p in phrases if p not in clauses and p not in things)
        if not others or not things:
            return [*([self.tell_many(topic, (*others, *things), person)] if others or things else []), *map(capital, clauses)]
        seen = f"Te digo lo que veo: {listed([lower_first(p) for p in things], 'y')}"
        return [self.tell_many(topic, others, person), seen, *map(capital, clauses)]

    def tell(self, topic: str, phrase: str, person: Person) -> str:
        phrase = phrase.strip(EDGES)
        low = lower_first(phrase)
        named = low.startswith(_THE)
        if topic == "message" and (named or low.startswith("lo ")):
            phrase = f"{'Siempre eres' if person.memorial else 'Eres'} {low}"
        elif topic == "quality" and named:
            phrase = f"Te digo lo que veo: {low}"
        elif topic == "grateful":
            low = lower_first(_FOR.sub("", phrase))
            if low.startswith("que "):
                return f"Gracias por{low}"  # "porque llamas cada domingo"
            noun = low.startswith(_THE) or re.match(
                r"^(?:no |nunca )?\w+(ar|er|ir)(me|te|nos|lo|la|los|las)?\b|^estar|^ser", low
            )
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
        somebody = all(_is_somebody(p) for p in phrases)
        things = any(w.things & set(p.lower().split(" ")) for p in phrases)
        if topic == "quality" and not person.memorial and not things and (somebody or len(together) > 30):
            return f"Eres {together}"  # a longer opening would tear the list apart
        return f"Si me preguntan por ti, digo: {together}"


def _has_object(word: str, after: str) -> bool:
    """An unknown word with a thing behind it, where a verb is expected: "quema la salsa"."""
    low = word.lower()
    return len(low) > 3 and low[-1] in "ae" and after in w.determiners and low not in w.no_verbs and second(word) != word


def _is_second(word: str) -> bool:
    """Whether it says what you do: "levantas"."""
    low = word.lower()
    return low[:-1] in w.verbs or low in w.irregular.values() or low.endswith(("aste", "iste", "abas"))


def _is_somebody(phrase: str) -> bool:
    """Whether this noun phrase is a person: "mi mejor amiga"; no "risa contagiosa"."""
    words = re.split(r" (?:de|del|con|que) ", phrase.lower())[0].split(" ")
    person = words[-1] in w.people or words[-1].endswith(("dor", "dora", "tor", "tora", "ista", "ero", "era"))
    return len(words) > 1 and words[0] in w.determiners and person
