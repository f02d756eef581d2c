"""Singing: lyrics become phones, phones and notes become a voice. Only render children import what needs numpy."""
