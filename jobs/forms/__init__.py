"""What the giver tells us: drafts, the shape of the answers, the choices that a form offers."""
