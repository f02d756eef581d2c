"""The pages of an order: form, lyrics, variations, success."""
