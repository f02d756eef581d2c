"""Demo forms, scenes and the presenter."""
