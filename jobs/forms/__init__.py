"""The form as the giver fills it in: drafts, the shape of the form data, the choices that a form offers."""
