"""The gift after payment: its link, what giver and recipient do with it, when it opens."""
