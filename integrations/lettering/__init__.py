"""Letters: our fonts, and what of a text they can draw."""
