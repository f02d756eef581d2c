"""The marketing demo: scenes that play on the real pages, a director's bar, a tour, and a widget for other sites."""
