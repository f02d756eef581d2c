"""The gift after payment: its share links, the giver's actions, the recipient's replies, its opening time."""
