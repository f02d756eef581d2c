"""The questions of the form in their order: label, hint, limit, and examples that a customer may take over and change."""

from __future__ import annotations

from typing import NamedTuple


class Question(NamedTuple):
    """One text answer. `lines` is the height of its box."""

    name: str
    label: str
    hint: str = ""
    most: int = 100
    lines: int = 1
    examples: tuple[str, ...] = ()


NAME = Question("recipientName", "Who is it for?", "their first name is enough")
SAID = Question("pronunciation", "How is the name said?", "only if one might get it wrong: Peeter for Peter")
RELATION = Question(
    "relationship", "What are they to you?", "Mum, husband, best friend, the neighbour who waters the plants", 50
)
NICKNAMES = (
    Question("recipientNickname", "What do you call them?", "Dad, Lizzie, Captain", 50),
    Question("recipientNickname2", "Another name you use", "", 50),
)
STORY = (
    Question(
        "overallMessage", "Who are they to you, in a sentence?", "my best friend, the love of my life", 300, 2,
        ("the one I call first, whatever happens", "my home, wherever we live", "the bravest person I know"),
    ),
    Question(
        "storySummary", "Your story, briefly", "how you met, what you went through, where you are now", 500, 3,
        (
            "We met in a queue for coffee, moved three times in five years, and now we have a garden.",
            "You raised two of us alone, worked nights, and never missed a school play.",
            "Ten years of sharing a desk, one move to the other end of the country, and still a call every Sunday.",
        ),
    ),
    Question(
        "favoriteMemory", "A memory you always tell", "the night you lost a shoe at the concert", 300, 2,
        (
            "the night we missed the last train and walked home singing",
            "the birthday cake that slid off the roof of the car",
            "how you taught me to swim and were more afraid than I was",
        ),
    ),
    Question(
        "qualities", "What do you admire in them?", "one to three things", 300, 2,
        ("patient, funny, always on my side", "never gives up, never shows off", "listens before speaking"),
    ),
)  # fmt: skip
MORE = (
    Question(
        "characteristics", "Their loveable quirks", "always late, sings in the car, crazy curly hair", 300, 2,
        ("always late, and always with flowers", "talks to every dog in the street", "cries at adverts"),
    ),
    Question(
        "activitiesTogether", "What do you do together?", "movie nights, Sunday pancakes", 300, 2,
        ("Sunday pancakes and the crossword", "long walks with no plan", "dancing in the kitchen"),
    ),
    Question(
        "gratefulFor", "What are you grateful for?", "one or two things", 300, 2,
        ("that you stayed when it was hard", "every lift to the station at five in the morning"),
    ),
    Question(
        "locationDetails", "Places that matter", "the kitchen in Leeds, the lake", 300, 2,
        ("the little kitchen in Leeds", "the bench by the lake", "the back seat of the old blue car"),
    ),
)  # fmt: skip
WORDS = (
    Question(
        "shortPhrase", "The core message", "if the song said only one thing", 200, 2,
        ("I would choose you again", "You did more than you know", "You are never too far away"),
    ),
    Question("mustInclude", "A line it must contain", "word for word; one line each", 300, 2, ("See you at the blue door",)),
    Question("neverMention", "Never mention", "names or things to leave out, separated by commas", 300, 2),
)  # fmt: skip
SENDER = (
    ("name", Question("senderName", "Your name", "as it should stand on the gift"), "text", "name"),
    ("email", Question("senderEmail", "Your e-mail", "we send the link here, and what concerns your songs"), "email", "email"),
)
NOTE = Question(
    "senderMessage", "A personal note", "shown on the gift page, above the song", 200, 3,
    ("Turn it up loud. You earned every line of it.", "I could not say it, so I had it sung."),
)  # fmt: skip
