"""Other ways to lead in to the same fact: what the customer told stays word for word, only its opening changes.

The languages do not share an opening, so one table holds them all.
"""

from __future__ import annotations

LEADS: dict[str, tuple[str, ...]] = {
    "I still remember when ": ("I will never forget when ", "I often think of when ", "Do you remember when "),
    "I still remember ": ("I will never forget ", "I so often think of ", "Tell me you remember "),
    "You are ": ("Everyone knows you are ", "I love it that you are ", "Ask anyone: you are "),
    "You're the ": ("You have always been the ", "You will always be the "),
    "Thank you for ": ("I am so grateful for ", "A thousand times, thank you for ", "I never forget it: thank you for "),
    "I call you ": ("And to me you are ", "The name I have for you is "),
    "This song has ": ("There is room here for ", "And in every line there is "),
    "If they ask me, I say: ": ("Ask me who you are, I say: ", "This is what I tell them all: "),
    "Recuerdo ": ("Nunca olvido ", "Todavía recuerdo ", "Cuántas veces recuerdo "),
    "Eres ": ("Todos saben que eres ", "Me encanta que eres ", "Lo digo siempre: eres "),
    "Gracias por ": ("Mil veces gracias por ", "Nunca te dije gracias por "),
    "Te digo ": ("Para mí eres ", "Yo siempre te digo "),
    "En esta canción cabe ": ("Y en cada verso cabe ", "Aquí también cabe "),
    "Si me preguntan por ti, digo: ": ("Cuando me preguntan, digo: ",),
}


def other_leads(line: str) -> list[str]:
    """The same fact with each of its other openings."""
    for first, others in LEADS.items():
        for lead in (first, *others):
            if line.startswith(lead):
                return [other + line[len(lead) :] for other in (first, *others) if other != lead]
    return []
