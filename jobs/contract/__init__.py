"""PATCH by customers and by a trusted server."""
