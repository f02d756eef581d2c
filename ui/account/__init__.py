"""Login and library."""
