"""The questions of the form in their order: label, hint, limit, and examples that a customer may take over and change."""

from __future__ import annotations

from typing import NamedTuple

from i18n import N_
from jobs.forms.form_data import MOST_TOLD


class Question(NamedTuple):
    """One text answer. `lines` is the height of its box."""

    name: str
    label: str
    hint: str = ""
    most: int = 100
    lines: int = 1
    examples: tuple[str, ...] = ()


TOLD = Question(
    "story",
    N_("Tell us about them, as you would tell a friend"),
    N_("who they are to you, what they are like, something that happened, and what the song is for"),
    MOST_TOLD,
    6,
)
NAME = Question("recipientName", N_("Who is it for?"), N_("their first name is enough"))
SAID = Question("pronunciation", N_("How is the name said?"), N_("only if one might get it wrong: Peeter for Peter"))
RELATION = Question(
    "relationship", N_("What are they to you?"), N_("Mum, husband, best friend, the neighbour who waters the plants"), 50
)
NICKNAMES = (
    Question("recipientNickname", N_("What do you call them?"), N_("Dad, Lizzie, Captain"), 50),
    Question("recipientNickname2", N_("Another name you use"), "", 50),
)
STORY = (
    Question(
        "overallMessage", N_("Who are they to you, in a sentence?"), N_("my best friend, the love of my life"), 300, 2,
        (N_("the one I call first, whatever happens"), N_("my home, wherever we live"), N_("the bravest person I know")),
    ),
    Question(
        "storySummary", N_("Your story, briefly"), N_("how you met, what you went through, where you are now"), 500, 3,
        (
            N_("We met in a queue for coffee, moved three times in five years, and now we have a garden."),
            N_("You raised two of us alone, worked nights, and never missed a school play."),
            N_("Ten years of sharing a desk, one move to the other end of the country, and still a call every Sunday."),
        ),
    ),
    Question(
        "favoriteMemory", N_("A memory you always tell"), N_("the night you lost a shoe at the concert"), 300, 2,
        (
            N_("the night we missed the last train and walked home singing"),
            N_("the birthday cake that slid off the roof of the car"),
            N_("how you taught me to swim and were more afraid than I was"),
        ),
    ),
    Question(
        "qualities", N_("What do you admire in them?"), N_("one to three things"), 300, 2,
        (N_("patient, funny, always on my side"), N_("never gives up, never shows off"), N_("listens before speaking")),
    ),
)  # fmt: skip
MORE = (
    Question(
        "characteristics", N_("Their loveable quirks"), N_("always late, sings in the car, crazy curly hair"), 300, 2,
        (N_("always late, and always with flowers"), N_("talks to every dog in the street"), N_("cries at adverts")),
    ),
    Question(
        "activitiesTogether", N_("What do you do together?"), N_("movie nights, Sunday pancakes"), 300, 2,
        (N_("Sunday pancakes and the crossword"), N_("long walks with no plan"), N_("dancing in the kitchen")),
    ),
    Question(
        "gratefulFor", N_("What are you grateful for?"), N_("one or two things"), 300, 2,
        (N_("that you stayed when it was hard"), N_("every lift to the station at five in the morning")),
    ),
    Question(
        "locationDetails", N_("Places that matter"), N_("the kitchen in Leeds, the lake"), 300, 2,
        (N_("the little kitchen in Leeds"), N_("the bench by the lake"), N_("the back seat of the old blue car")),
    ),
)  # fmt: skip
WORDS = (
    Question(
        "shortPhrase", N_("The core message"), N_("if the song said only one thing"), 200, 2,
        (N_("I would choose you again"), N_("You did more than you know"), N_("You are never too far away")),
    ),
    Question(
        "mustInclude", N_("A line it must contain"), N_("word for word; one line each"), 300, 2,
        (N_("See you at the blue door"),),
    ),
    Question("neverMention", N_("Never mention"), N_("names or things to leave out, separated by commas"), 300, 2),
)  # fmt: skip
SENDER = (
    ("name", Question("senderName", N_("Your name"), N_("as it should stand on the gift")), "text", "name"),
    (
        "email",
        Question("senderEmail", N_("Your e-mail"), N_("we send the link here, and what concerns your songs")),
        "email",
        "email",
    ),
)
NOTE = Question(
    "senderMessage", N_("A personal note"), N_("shown on the gift page, above the song"), 200, 3,
    (N_("Turn it up loud. You earned every line of it."), N_("I could not say it, so I had it sung.")),
)  # fmt: skip
