"""The scenes: invented people and answers about them, in English and in Spanish. No customer's text is in here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from i18n import N_

SENDER_EMAIL = "demo@example.com"  # a domain reserved for examples: nobody receives it
LONGEST_NAME = 40


@dataclass(frozen=True)
class SceneWords:
    """The answers of a scene in one language. The autopilot types `memory` and `note` visibly."""

    name: str
    sender: str
    relationship: str
    qualities: str
    memory: str
    phrase: str
    note: str


@dataclass(frozen=True)
class DemoScene:
    """One scene of the demo."""

    slug: str
    title: str
    blurb: str
    theme: str
    emotions: tuple[str, ...]
    style: str
    vibe: str
    words: dict[str, SceneWords]

    def answers(self, lang: str) -> SceneWords:
        """The answers in this language; in English where there are none."""
        return self.words.get(lang, self.words["en"])

    def spoken(self, lang: str) -> str:
        """The language of its answers where this one is asked for."""
        return lang if lang in self.words else "en"

    def form_data(self, lang: str, name: str) -> dict[str, Any]:
        """A complete form, as a customer would have filled it in."""
        answers = self.answers(lang)
        song = {
            "recipientName": name or answers.name,
            "relationship": answers.relationship,
            "theme": self.theme,
            "emotions": list(self.emotions),
            "qualities": answers.qualities,
            "favoriteMemory": answers.memory,
            "shortPhrase": answers.phrase,
            "style": self.style,
            "vibe": self.vibe,
            "language": lang,
        }
        return {"senderName": answers.sender, "senderEmail": SENDER_EMAIL, "senderMessage": answers.note, "songs": [song]}

    def typed(self, lang: str, name: str) -> dict[str, str]:
        """The texts that the autopilot types, by field path."""
        answers = self.answers(lang)
        return {
            "songs.0.recipientName": name or answers.name,
            "songs.0.favoriteMemory": answers.memory,
            "senderMessage": answers.note,
        }


SCENES = {
    scene.slug: scene
    for scene in (
        DemoScene(
            "birthday",
            N_("A birthday"),
            N_("Dad has forgotten the present, not the child."),
            "birthday",
            ("love", "pride"),
            "bright-uplifting",
            "loving",
            {
                "en": SceneWords(
                    "Mia", "Dad", "daughter", "kind, brave, stubborn",
                    "the night we missed the last train and walked home singing",
                    "you and me and the long way home", "Eight years of you. Play it loud.",
                ),
                "es": SceneWords(
                    "Mía", "Papá", "hija", "amable, valiente, testaruda",
                    "la noche que perdimos el último tren y volvimos a casa cantando",
                    "tú y yo por el camino largo", "Ocho años contigo. Ponla bien alta.",
                ),
            },
        ),
        DemoScene(
            "anniversary",
            N_("An anniversary"),
            N_("Thirty years, one dance floor."),
            "anniversary",
            ("romantic-love", "gratitude"),
            "romantic-heartfelt",
            "loving",
            {
                "en": SceneWords(
                    "Elena", "Martin", "wife", "patient, funny, always early",
                    "our first dance, when the band had already packed up",
                    "still the first dance", "Thirty years, and I still cannot dance. Thank you for leading.",
                ),
                "es": SceneWords(
                    "Elena", "Martín", "esposa", "paciente, divertida, siempre puntual",
                    "nuestro primer baile, cuando la orquesta ya se había ido",
                    "todavía el primer baile", "Treinta años y sigo sin saber bailar. Gracias por llevarme.",
                ),
            },
        ),
        DemoScene(
            "thank-you",
            N_("A thank-you"),
            N_("The whole class, to the teacher who stayed after the bell."),
            "thank-you",
            ("gratitude", "joy"),
            "folk-storytelling",
            "friendly-fun",
            {
                "en": SceneWords(
                    "Mrs. Okafor", "Class 4b", "teacher", "calm, curious, fair",
                    "the afternoon the volcano experiment went through the ceiling",
                    "one more question", "From all twenty-three of us. The ceiling is fixed.",
                ),
                "es": SceneWords(
                    "Señora Ortega", "La clase de 4.º B", "maestra", "tranquila, curiosa, justa",
                    "la tarde en que el volcán del experimento llegó al techo",
                    "una pregunta más", "De los veintitrés. El techo ya está arreglado.",
                ),
            },
        ),
        DemoScene(
            "lullaby",
            N_("A lullaby"),
            N_("For somebody who arrived on Tuesday."),
            "new-baby",
            ("love", "hope"),
            "lullaby",
            "loving",
            {
                "en": SceneWords(
                    "Noah", "Grandma Rosa", "grandson", "tiny, loud, perfect",
                    "the first morning, when the whole hospital was asleep but you",
                    "sleep, little drummer", "Welcome. I have a lot to show you.",
                ),
                "es": SceneWords(
                    "Leo", "La abuela Rosa", "nieto", "pequeño, ruidoso, perfecto",
                    "la primera mañana, cuando dormía todo el hospital menos tú",
                    "duerme, tamborcito", "Bienvenido. Tengo mucho que enseñarte.",
                ),
            },
        ),
    )
}  # fmt: skip
