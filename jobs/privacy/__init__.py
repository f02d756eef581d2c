"""Retention, export and deletion of personal data."""
