"""The demo: its forms, scenes, presets, director's bar and name samples."""
