"""Login, library, unsubscribing."""
