"""What is left of a form: its row, its tasks, their files."""

from __future__ import annotations

from datetime import timedelta

from integrations.storage import storage
from models import ComposeForm, Variation, in_database, now

PAST = now() - timedelta(days=1)
NOTHING = {"songs": [{}]}  # how a form reads in which nothing was filled in


def row_of(form_id: str) -> ComposeForm:
    return in_database(ComposeForm.find, form_id)


def tasks_of(form_id: str) -> list[str]:
    return in_database(lambda: [row.id for row in Variation.select().where(Variation.form == form_id)])


def files_of(tasks: list[str]) -> list[str]:
    kept = {folder for folder, _ in storage().folders()}
    return [task for task in tasks if task in kept]
