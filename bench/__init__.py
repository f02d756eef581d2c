"""Figures, printed side by side with what was promised. Nothing here asserts: speed is looked at, not tested."""
