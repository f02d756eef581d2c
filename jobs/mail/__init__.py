"""E-mails: their texts, their sending, reminders, bounces."""
