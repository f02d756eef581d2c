"""Pages for everybody: landing, legal texts, samples, error pages."""
