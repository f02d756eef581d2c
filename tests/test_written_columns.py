"""What the check of tests/test_architecture.py for a written status sees, refuses and lets pass."""

from __future__ import annotations

import ast

import pytest

from tests.support.written_columns import LIFECYCLE_COLUMNS, written_columns


@pytest.mark.parametrize(
    "code",
    [
        "Variation.update(step='waiting').where(1).execute()",
        "Email.update({Email.status: 'sent'})",
        "Email.update({'status': 'sent'})",
        "def f():\n  changes = {'attempts': 1}\n  changes['status'] = 'sent'\n  Email.update(**changes).execute()",
        "def f():\n  changes = dict(a=1)\n  changes |= {'step': None}\n  Email.update(**changes).execute()",
        "Email.update(**{'attempts': 1, 'status': 'sent'})",
        'SQL = "UPDATE variations SET lease_until = now(), step = %s WHERE id = %s"',
        "SQL = f\"update {table} set status = 'sent'\"",
        "SQL = \"WITH x AS (UPDATE emails SET status = 'sent' WHERE id = 1 RETURNING id) SELECT 1\"",
        "SQL = \"UPDATE emails SET (error, status) = (NULL, 'sent') WHERE id = 1\"",
        "SQL = \"UPDATE emails SET error = (SELECT 1 FROM x WHERE a = 1), status = 'sent'\"",
        "SQL = \"UPDATE emails SET error = 'x, FROM y', status = 'sent'\"",
        "SQL = 'UPDATE emails SET error = NULL, ' + \"status = 'sent'\"",
        "SQL = 'UPDATE emails ' + f'SET {x} = 1, ' + 'status = 2' + ' WHERE id = %s'",
        "SQL = 'INSERT INTO emails (id) VALUES (1) ON CONFLICT (id) DO UPDATE SET status = excluded.status'",
        "Email.insert(id=1).on_conflict(conflict_target=[Email.id], update={Email.status: 'sent'})",
        "Email.insert(id=1).on_conflict(conflict_target=[Email.id], preserve=[Email.status])",
        "Email.bulk_update(rows, fields=[Email.status])",
        "Email.bulk_update(rows, ['status'])",
        "Email.set_by_id(1, {'status': 'sent'})",
        "async def f():\n  changes = {'status': 'sent'}\n  Email.update(**changes).execute()",
        "CHANGES = {'status': 'sent'}\ndef f():\n  Email.update(**CHANGES).execute()",
        "def f():\n  changes = {}\n  changes.setdefault('status', 'sent')\n  Email.update(**changes).execute()",
        "def f():\n  changes = {}\n  changes[Email.status] = 'sent'\n  Email.update(changes).execute()",
        "def _f(**changes):\n  Email.update(**changes).execute()\n_f(status='sent')",
        "def f():\n  changes = {'status': 'sent'}\n  def g():\n    Email.update(**changes).execute()",
    ],
)
def test_the_check_sees_each_way_to_write_one(code: str) -> None:
    assert {column for _, column in written_columns(ast.parse(code))} & LIFECYCLE_COLUMNS


@pytest.mark.parametrize(
    "code",
    [
        "def f(**changes):\n  Email.update(**changes)",
        "def _f(**changes):\n  Email.update(**changes)\ndef g(more):\n  _f(**more)",
        "def _f(**changes):\n  Email.update(**changes)\nin_database(_f, status='sent')",
        "def f(changes):\n  Email.update(changes)",
        "def f(changes):\n  changes = {'error': None, **changes}\n  Email.update(changes)",
        "def f():\n  changes = {name: 'sent' for name in NAMES}\n  Email.update(**changes)",
        "def f():\n  for changes in MANY:\n    Email.update(**changes)",
        "def f():\n  changes = {}\n  changes[name] = 'sent'\n  Email.update(**changes)",
        "from x import CHANGES\nEmail.update(**CHANGES)",
        "Email.update(changes_of(row))",
        "Email.update({column: 'sent'})",
        "Email.insert(id=1).on_conflict(**how)",
        "Email.bulk_update(rows, columns)",
        "SQL = f\"UPDATE emails SET {column} = 'sent'\"",
        "SQL = 'UPDATE emails SET ' + ', '.join(columns)",
        "SQL = \"UPDATE emails SET %s = 'sent'\" % column",
    ],
)
def test_the_check_says_what_it_cannot_read(code: str) -> None:
    assert [column for _, column in written_columns(ast.parse(code)) if column.startswith("?")]


@pytest.mark.parametrize(
    "code",
    [
        "Variation.update(lease_until=None).where(Variation.status == 'queued', Variation.step.is_null())",
        "SQL = \"UPDATE emails SET error = NULL WHERE status = 'queued'\"",
        "SQL = \"SELECT 1 FROM variations WHERE status = 'queued' FOR UPDATE SKIP LOCKED\"",
        "SQL = \"UPDATE emails SET error = (SELECT e FROM x WHERE status = 'queued') WHERE id = 1 AND status = 'queued'\"",
        'SQL = f"UPDATE {table} SET error = NULL WHERE status = {status}"',
        "def f():\n  'The guarded UPDATE lets one win; the status is set = once.'",
    ],
)
def test_the_check_lets_pass_what_only_reads_one(code: str) -> None:
    found = {column for _, column in written_columns(ast.parse(code))}
    assert not {column for column in found if column in LIFECYCLE_COLUMNS or column.startswith("?")}
