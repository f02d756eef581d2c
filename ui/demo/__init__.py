"""The marketing demo: scenes on the real pages, a director's bar, a tour, and a widget for other sites."""
