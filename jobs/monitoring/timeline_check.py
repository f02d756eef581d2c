"""Replay: the timeline must lead to the status of every row. For `./serenade doctor` and for the tests."""

from __future__ import annotations

from models import LIFECYCLES, STEP, CheckoutSession, ComposeForm, Email, ExtraPurchase, Table, Variation, database

# Where a row's last event does not say its status, or has none although the row has left its first status.
_SAID = """
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
# The lines that say where our own work on an attempt is. One that moves the variation itself elsewhere ends its step.
SAYS_STEP = """(noun = 'variation_step'
    OR (noun = 'variation' AND to_status <> 'generating' AND from_status IS DISTINCT FROM to_status))"""
STEP_SAID = """
SELECT v.id, v.step, said.step FROM variations v LEFT JOIN LATERAL (
    SELECT CASE noun WHEN 'variation_step' THEN to_status END AS step FROM form_events e
    WHERE e.form_id = v.form_id AND e.noun_id = v.id AND {says} ORDER BY id DESC LIMIT 1
) said ON true WHERE said.step IS DISTINCT FROM v.step {narrowed} ORDER BY v.id LIMIT 1000
"""
STEP_TORN = """
SELECT noun_id, from_status, before FROM (
    SELECT noun_id, noun, from_status,
        lag(CASE noun WHEN 'variation_step' THEN to_status END) OVER (PARTITION BY noun_id ORDER BY id) AS before
    FROM form_events WHERE {says} {narrowed}
) moves WHERE noun = 'variation_step' AND from_status IS DISTINCT FROM before ORDER BY noun_id LIMIT 1000
"""


def contradictions(form_id: str | None = None) -> list[str]:
    """Sentences, one for each row whose timeline and status disagree; of one form, or of all. Ids are shortened."""
    found = []
    tables: tuple[type[Table], ...] = (ComposeForm, Variation, CheckoutSession, ExtraPurchase, Email)
    for table in tables:
        first = next(iter(LIFECYCLES[table.noun]))
        form = "id" if table is ComposeForm else "form_id"
        narrowed, narrow = ("AND {} = %s", [form_id]) if form_id else ("", [])
        said = _SAID.format(table=table._meta.table_name, form=form, narrowed=narrowed.format(f"t.{form}"))
        for row_id, status, recorded in database.execute_sql(said, [table.noun, first, *narrow]).fetchall():
            if recorded is not None and table.status.python_value(status) == recorded:
                continue  # an older system's name of the same status
            found.append(f"{table.noun} {row_id[:24]} is {status}, its timeline says {recorded or first}")
        torn = TORN.format(narrowed=narrowed.format("form_id"))
        for row_id, began, before in database.execute_sql(torn, [table.noun, *narrow]).fetchall():
            found.append(f"{table.noun} {row_id[:24]} moved from {began}, but was {before}")
    return found + _steps(form_id)


def _steps(form_id: str | None) -> list[str]:
    found, narrow = [], [form_id] if form_id else []
    said = STEP_SAID.format(says=SAYS_STEP, narrowed="AND v.form_id = %s" if form_id else "")
    for row_id, step, recorded in database.execute_sql(said, narrow).fetchall():
        found.append(f"{STEP} of {row_id[:24]} is {step}, its timeline says {recorded}")
    torn = STEP_TORN.format(says=SAYS_STEP, narrowed="AND form_id = %s" if form_id else "")
    for row_id, began, before in database.execute_sql(torn, narrow).fetchall():
        found.append(f"{STEP} of {row_id[:24]} moved from {began}, but was {before}")
    return found
