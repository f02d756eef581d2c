"""The choices of the form: value -> (label, hint). The values are the predecessor's, for the whole year."""

THEMES = {
    "birthday": ("Birthday", "another year of you"),
    "anniversary": ("Anniversary", "us, all this time"),
    "wedding": ("Wedding", "the day itself"),
    "engagement": ("Engagement", "she said yes, he said yes"),
    "valentines": ("Valentine's Day", "simply love"),
    "mothers-day": ("Mother's Day", "for everything she does"),
    "fathers-day": ("Father's Day", "for everything he does"),
    "new-baby": ("New baby", "a first song"),
    "graduation": ("Graduation", "look what you did"),
    "retirement": ("Retirement", "time that is yours"),
    "new-home": ("New home", "keys and boxes"),
    "thank-you": ("Thank you", "it mattered"),
    "thinking-of-you": ("Thinking of you", "no reason needed"),
    "missing-you": ("Missing you", "far, not gone"),
    "get-well": ("Get well", "slowly is fine"),
    "good-luck": ("Good luck", "go and show them"),
    "sorry": ("I'm sorry", "the honest kind"),
    "in-memory": ("In memory", "tender, for someone gone"),
    "just-because": ("Just because", "the best reason"),
    "merry-christmas": ("Merry Christmas", "traditional, festive, joyful"),
    "happy-holidays": ("Happy holidays", "fun, happy, playful"),
    "christmas-love": ("Christmas love", "romantic, devoted, sincere"),
    "mistletoe-kisses": ("Mistletoe kisses", "flirty, fun, playful"),
    "christmas-wish": ("Christmas wish", "loving, emotional, hopeful"),
    "happy-new-year": ("Happy New Year", "celebratory, uplifting"),
    "new-years-wish": ("New Year's wish", "sentimental, heartfelt"),
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
    "love": ("Love", "family, friendship"),
    "romantic-love": ("Romantic love", "partner, soulmate"),
    "gratitude": ("Gratitude", "thank you for that"),
    "joy": ("Joy", "dancing in the kitchen"),
    "hope": ("Hope", "it will be good"),
    "nostalgia": ("Nostalgia", "remember when"),
    "comfort": ("Comfort", "warmth in tough times"),
    "pride": ("Pride", "admiration, respect"),
}
STYLES = {
    "bright-uplifting": ("Bright pop", "fun, energetic"),
    "soft-heartfelt": ("Soft ballad", "slow, intimate, gentle"),
    "classic-timeless": ("Classic pop", "timeless, warm"),
    "romantic-heartfelt": ("Romantic", "deep, tender"),
    "warm-cosy": ("Acoustic", "homely, guitar by the fire"),
    "folk-storytelling": ("Folk", "a story and six strings"),
    "soulful": ("Soul", "groove and feeling"),
    "country-road": ("Country", "open road, open heart"),
    "smooth-jazz": ("Jazz", "late evening swing"),
    "lullaby": ("Lullaby", "music box, goodnight"),
    "orchestral-festive": ("Orchestral", "majestic, elegant"),
}
VIBES = {
    "loving": ("Loving", "all the feels"),
    "friendly-fun": ("Friendly and fun", "light-hearted, upbeat"),
    "formal": ("Respectful", "colleagues, acquaintances"),
}
VOICES = {"female": ("Female", ""), "male": ("Male", ""), "no-preference": ("You choose", "")}
LYRICS_LEVELS = {
    "christmas-magic": ("Christmas magic", "Santa, reindeer, trees"),
    "lightly-festive": ("Lightly festive", "snow, twinkling lights"),
    "winter-wonderland": ("Winter wonderland", "snowfall, cosy fires"),
    "non-festive": ("Not festive", "no season in the words"),
}
SOUND_LEVELS = {
    "festive": ("Festive", "sleigh bells, choir, orchestra"),
    "lightly-festive": ("Lightly festive", "light bells, strings, piano"),
    "non-festive": ("Not festive", "none of these"),
}
LANGUAGES = {"en": ("English", ""), "es": ("Español", "")}
