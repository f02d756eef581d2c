"""The tables and their lifecycles. All other code imports them from `models`, never from here."""
