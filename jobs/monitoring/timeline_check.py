"""Replay: the timeline must lead to the status of every row. For `main.py doctor` and for the tests."""

from __future__ import annotations

from models import LIFECYCLES, CheckoutSession, ComposeForm, Email, Table, Variation, database

# Where a row's last event does not say its status, or has none although the row has left its first status.
SAID = """
SELECT t.id, t.status, said.to_status
FROM "{table}" t LEFT JOIN LATERAL (
    SELECT to_status FROM form_events e WHERE e.form_id = t.{form} AND e.noun = %s AND e.noun_id = t.id ORDER BY id DESC LIMIT 1
) said ON true
WHERE coalesce(said.to_status, %s) <> t.status {narrowed} ORDER BY t.id LIMIT 1000
"""
# Where an event does not begin where the one before it ended.
TORN = """
SELECT noun_id, from_status, before FROM (
    SELECT noun_id, noun, from_status, lag(to_status) OVER (PARTITION BY noun, noun_id ORDER BY id) AS before
    FROM form_events WHERE noun = %s {narrowed}
) steps WHERE before IS NOT NULL AND from_status IS DISTINCT FROM before ORDER BY noun_id LIMIT 1000
"""


def contradictions(form_id: str | None = None) -> list[str]:
    """Sentences, one for each row whose timeline and status disagree; of one form, or of all. Ids are shortened."""
    found = []
    tables: tuple[type[Table], ...] = (ComposeForm, Variation, CheckoutSession, Email)
    for table in tables:
        first = next(iter(LIFECYCLES[table.noun]))
        form = "id" if table is ComposeForm else "form_id"
        narrowed, narrow = ("AND {} = %s", [form_id]) if form_id else ("", [])
        said = SAID.format(table=table._meta.table_name, form=form, narrowed=narrowed.format(f"t.{form}"))
        for row_id, status, recorded in database.execute_sql(said, [table.noun, first, *narrow]).fetchall():
            if recorded is not None and table.status.python_value(status) == recorded:
                continue  # an older system's name of the same status
            found.append(f"{table.noun} {row_id[:24]} is {status}, its timeline says {recorded or first}")
        torn = TORN.format(narrowed=narrowed.format("form_id"))
        for row_id, began, before in database.execute_sql(torn, [table.noun, *narrow]).fetchall():
            found.append(f"{table.noun} {row_id[:24]} moved from {began}, but was {before}")
    return found
