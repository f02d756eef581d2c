"""The pages of a gift: what its recipient opens, and the panel of its giver."""
