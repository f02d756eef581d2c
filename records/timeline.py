"""The timeline, alerts for staff, and how far recurring work got."""

from __future__ import annotations

from peewee import BigAutoField, CharField, DateTimeField, TextField

from records.database import now
from records.fields import Table


class FormEvent(Table):
    """The timeline: who moved what, when, why. Append-only."""

    id = BigAutoField()
    form_id = TextField()
    noun = CharField(20)
    noun_id = TextField()
    from_status = TextField(null=True)
    to_status = TextField(null=True)
    moved_by = TextField()
    why = TextField(default="")
    at = DateTimeField(default=now)

    class Meta:
        table_name = "form_events"


class Alert(Table):
    """Something staff must know. One row for each (kind, about), however often it is noticed."""

    id = BigAutoField()
    kind = CharField(40)
    about = TextField()
    form_id = TextField(null=True)  # type: ignore[assignment] # no foreign key: an alert outlives what it is about
    detail = TextField(default="")
    raised_at = DateTimeField(default=now)
    next_try_at = DateTimeField(default=now)
    sent_at = DateTimeField(null=True)

    class Meta:
        table_name = "alerts"


class Mark(Table):
    """How far, or when last, a recurring piece of work got."""

    name = TextField(primary_key=True)
    at = DateTimeField()

    class Meta:
        table_name = "marks"
