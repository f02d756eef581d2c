"""The choices of the form: value -> (label, description). The values are the predecessor's, for the whole year."""

from i18n import N_

THEMES = {
    "birthday": (N_("Birthday"), N_("another year of you")),
    "anniversary": (N_("Anniversary"), N_("us, all this time")),
    "wedding": (N_("Wedding"), N_("the day itself")),
    "engagement": (N_("Engagement"), N_("she said yes, he said yes")),
    "valentines": (N_("Valentine's Day"), N_("simply love")),
    "mothers-day": (N_("Mother's Day"), N_("for everything she does")),
    "fathers-day": (N_("Father's Day"), N_("for everything he does")),
    "new-baby": (N_("New baby"), N_("a first song")),
    "graduation": (N_("Graduation"), N_("look what you did")),
    "retirement": (N_("Retirement"), N_("time that is yours")),
    "new-home": (N_("New home"), N_("keys and boxes")),
    "thank-you": (N_("Thank you"), N_("it mattered")),
    "thinking-of-you": (N_("Thinking of you"), N_("no reason needed")),
    "missing-you": (N_("Missing you"), N_("far, not gone")),
    "get-well": (N_("Get well"), N_("slowly is fine")),
    "good-luck": (N_("Good luck"), N_("go and show them")),
    "sorry": (N_("I'm sorry"), N_("the honest kind")),
    "in-memory": (N_("In memory"), N_("tender, for someone gone")),
    "just-because": (N_("Just because"), N_("the best reason")),
    "merry-christmas": (N_("Merry Christmas"), N_("traditional, festive, joyful")),
    "happy-holidays": (N_("Happy holidays"), N_("fun, happy, playful")),
    "christmas-love": (N_("Christmas love"), N_("romantic, devoted, sincere")),
    "mistletoe-kisses": (N_("Mistletoe kisses"), N_("flirty, fun, playful")),
    "christmas-wish": (N_("Christmas wish"), N_("loving, emotional, hopeful")),
    "happy-new-year": (N_("Happy New Year"), N_("celebratory, uplifting")),
    "new-years-wish": (N_("New Year's wish"), N_("sentimental, heartfelt")),
}
FESTIVE_THEMES = (
    "merry-christmas",
    "happy-holidays",
    "christmas-love",
    "mistletoe-kisses",
    "christmas-wish",
    "happy-new-year",
    "new-years-wish",
)
EMOTIONS = {
    "love": (N_("Love"), N_("family, friendship")),
    "romantic-love": (N_("Romantic love"), N_("partner, soulmate")),
    "gratitude": (N_("Gratitude"), N_("thank you for that")),
    "joy": (N_("Joy"), N_("dancing in the kitchen")),
    "hope": (N_("Hope"), N_("it will be good")),
    "nostalgia": (N_("Nostalgia"), N_("remember when")),
    "comfort": (N_("Comfort"), N_("warmth in tough times")),
    "pride": (N_("Pride"), N_("admiration, respect")),
}
STYLES = {
    "bright-uplifting": (N_("Bright pop"), N_("fun, energetic")),
    "soft-heartfelt": (N_("Soft ballad"), N_("slow, intimate, gentle")),
    "classic-timeless": (N_("Classic pop"), N_("timeless, warm")),
    "romantic-heartfelt": (N_("Romantic"), N_("deep, tender")),
    "warm-cosy": (N_("Acoustic"), N_("homely, guitar by the fire")),
    "folk-storytelling": (N_("Folk"), N_("a story and six strings")),
    "soulful": (N_("Soul"), N_("groove and feeling")),
    "country-road": (N_("Country"), N_("open road, open heart")),
    "smooth-jazz": (N_("Jazz"), N_("late evening swing")),
    "lullaby": (N_("Lullaby"), N_("music box, goodnight")),
    "orchestral-festive": (N_("Orchestral"), N_("majestic, elegant")),
}
VIBES = {
    "loving": (N_("Loving"), N_("all the feels")),
    "friendly-fun": (N_("Friendly and fun"), N_("light-hearted, upbeat")),
    "formal": (N_("Respectful"), N_("colleagues, acquaintances")),
}
VOICES = {
    "female": (N_("Female"), ""),
    "male": (N_("Male"), ""),
    "duet": (N_("Both, as a duet"), ""),
    "no-preference": (N_("You choose"), ""),
}
LYRICS_LEVELS = {
    "christmas-magic": (N_("Christmas magic"), N_("Santa, reindeer, trees")),
    "lightly-festive": (N_("Lightly festive"), N_("snow, twinkling lights")),
    "winter-wonderland": (N_("Winter wonderland"), N_("snowfall, cosy fires")),
    "non-festive": (N_("Not festive"), N_("no season in the words")),
}
SOUND_LEVELS = {
    "festive": (N_("Festive"), N_("sleigh bells, choir, orchestra")),
    "lightly-festive": (N_("Lightly festive"), N_("light bells, strings, piano")),
    "non-festive": (N_("Not festive"), N_("none of these")),
}
SONG_LANGUAGES = {  # those that can be offered; song_languages.py says which of them are
    "en": ("English", ""),
    "es": ("Español", ""),
    "fr": ("Français", ""),
    "de": ("Deutsch", ""),
    "it": ("Italiano", ""),
    "pt": ("Português", ""),
}
