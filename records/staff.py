"""Staff: what they did, and the briefs they keep."""

from __future__ import annotations

from peewee import BigAutoField, CharField, DateTimeField, JSONField, TextField

from records.database import now
from records.fields import Table


class StaffAction(Table):
    """What a member of staff did, and why. Append-only; `press` makes a double click one action."""

    id = BigAutoField()
    press = TextField(unique=True)
    at = DateTimeField(default=now)
    staff = TextField()
    role = CharField(20)
    action = CharField(40)
    form_id = TextField(null=True)  # type: ignore[assignment] # no foreign key: it outlives what it is about
    about = TextField(default="")  # which variation, mail, song
    reason = TextField(default="")  # free text, removed when the form is purged
    outcome = TextField(null=True)  # None while under way

    class Meta:
        table_name = "staff_actions"


class Preset(Table):
    """A brief with its providers and styles, kept for marketing."""

    id = TextField(primary_key=True)
    name = TextField(unique=True)
    form_data = JSONField()
    columns = JSONField()  # [{"provider": ..., "style": ...}, ...]
    made_by = TextField()
    at = DateTimeField(default=now)

    class Meta:
        table_name = "presets"


class Incident(Table):
    """Trouble as staff tell the public of it, on /status. It is over once `ended_at` is set."""

    id = BigAutoField()
    text = TextField()
    staff = TextField()
    began_at = DateTimeField(default=now)
    ended_at = DateTimeField(null=True)

    class Meta:
        table_name = "incidents"
