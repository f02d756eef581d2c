"""The nouns and their lifecycles. Everybody imports them from `models`, never from here."""
