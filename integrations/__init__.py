"""The outside worlds, named by role. They speak plain values and never know a row."""
