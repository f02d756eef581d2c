"""Accounts: login by e-mail link."""
