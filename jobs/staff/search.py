"""Finding: any order by whatever a customer, Stripe, a provider or a log line has said; pages by keyset, never by count."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from jobs.generation.providers import ADAPTERS
from models import OLD_WORDS, database, now

PAGE = 50
AGES = {"day": timedelta(days=1), "week": timedelta(days=7), "month": timedelta(days=30)}
COLUMNS = """f.id, f.created_at, f.status, f.package_type, f.guest_email, f.attention, f.amount_paid, f.paid_at,
    f.form_data ->> 'senderName', coalesce(jsonb_path_query_array(f.form_data, '$.songs[*].recipientName'),
    '[]'::jsonb), f.form_data ->> 'recipientName', f.purpose"""
BRANCH = f"(SELECT id, created_at FROM compose_forms f WHERE {{where}} ORDER BY created_at DESC, id DESC LIMIT {PAGE + 1})"  # noqa: S608
# First which rows, then what is in them: unpacking the answers of everything that fits would cost ten times the search.
WHOLE = f"""SELECT {COLUMNS} FROM (SELECT * FROM ({{branches}}) every ORDER BY created_at DESC, id DESC LIMIT {PAGE + 1}) k
    JOIN compose_forms f ON f.id = k.id ORDER BY f.created_at DESC, f.id DESC"""  # noqa: S608
Cursor = tuple[datetime, str]


@dataclass(frozen=True)
class Found:
    """One line of the table."""

    form_id: str
    created_at: datetime
    status: str
    package_type: str
    email: str
    attention: str
    amount_paid: int | None
    paid_at: datetime | None
    sender: str
    recipients: str
    purpose: str | None


@dataclass(frozen=True)
class Page:
    """So many orders, and where the next page begins (None: there is none). `by` says how they were found."""

    rows: list[Found]
    after: Cursor | None
    by: str


def find(asked: str = "", *, status: str = "", age: str = "", attention: bool = False, after: Cursor | None = None) -> Page:
    """The newest orders that fit, one page of them. An id finds its order whatever the filters say."""
    asked = asked.strip()
    ids = _by_id(asked) if asked else None
    if ids is not None:
        return Page(_rows(["f.id = ANY(%s)"], [ids[:PAGE]]), None, "id")
    conditions, values = _words(asked) if asked else ([], [])
    if age in AGES:
        conditions.append("f.created_at > %s")
        values.append(now() - AGES[age])
    if attention:
        conditions.append("f.attention IS NOT NULL")
    if not asked:
        conditions.append("f.purpose IS NULL AND NOT f.demo")
    if after:
        conditions.append("(f.created_at, f.id) < (%s, %s)")
        values += after
    rows = _recent(conditions, values, status, after) if asked and not age else []
    if len(rows) <= PAGE:
        rows = _rows(conditions, values, _spoken(status))
    more = len(rows) > PAGE
    rows = rows[:PAGE]
    return Page(rows, (rows[-1].created_at, rows[-1].form_id) if more else None, "words" if asked else "age")


def _recent(conditions: list[str], values: list[Any], status: str, after: Cursor | None) -> list[Found]:
    """A name that many have is read from the last month first: of twenty thousand only the newest fifty are wanted."""
    since = (after[0] if after else now()) - AGES["month"]
    return _rows([*conditions, "f.created_at > %s"], [*values, since], _spoken(status))


def _spoken(status: str) -> list[str]:
    """A status in our word and in those of an older system."""
    return [status, *(old for old, ours in OLD_WORDS.items() if ours == status)] if status else []


def _rows(conditions: Sequence[str], values: Sequence[Any], statuses: Sequence[str] = ()) -> list[Found]:
    """One ordered index scan for each word of a status: an IN list would lose the order, and sort a million rows."""
    branches, bound = [], []
    for word in statuses or [""]:
        where = " AND ".join([*conditions, *(["f.status = %s"] if word else [])]) or "true"
        branches.append(BRANCH.format(where=where))
        bound += [*values, *([word] if word else [])]
    query = WHOLE.format(branches=" UNION ALL ".join(branches))
    return [_found(row) for row in database.execute_sql(query, bound).fetchall()]


def _found(row: Sequence[Any]) -> Found:
    names = [name for name in row[9] if name] or [row[10] or ""]
    return Found(
        row[0], row[1], OLD_WORDS.get(row[2], row[2]), row[3], row[4] or "", row[5] or "", row[6], row[7], row[8] or "",
        ", ".join(names), row[11],
    )  # fmt: skip


def _words(asked: str) -> tuple[list[str], list[Any]]:
    """An address by its beginning; else every word is the beginning of a name or an address, in any order."""
    if "@" in asked and " " not in asked:
        return ["lower(f.guest_email) LIKE %s"], [_beginning(asked.lower())]
    plain = "".join(c for c in unicodedata.normalize("NFD", asked.lower()) if not unicodedata.combining(c))
    lexemes = ["'" + word.replace("'", "''").replace("\\", "\\\\") + "':*" for word in plain.replace("\0", "").split()[:6]]
    return ["serenade_words(f.guest_email, f.form_data) @@ to_tsquery('pg_catalog.simple', %s)"], [" & ".join(lexemes)]


def _beginning(text: str) -> str:
    return re.sub(r"([\\%_])", r"\\\1", text) + "%"


# ---------------------------------------------------------------- ids: what a thing looks like decides where it is looked up


def _by_id(asked: str) -> list[str] | None:
    """The forms behind an id, a link or a token; None where this is no id, [] where it is one that nobody knows."""
    asked = asked.strip("<>").rstrip("…")
    link = re.search(r"/(?:s|embed)/([\w-]{10,})", asked) or re.search(r"formId=([\w-]+)", asked)
    asked = link[1] if link else asked
    for pattern, lookups in SHAPES:
        if re.fullmatch(pattern, asked):
            for lookup in lookups:
                if ids := lookup(asked):
                    return ids
            return None if pattern == ANY_ID else []
    return None


def _ids(query: str, *values: Any) -> list[str]:
    return [str(row[0]) for row in database.execute_sql(query, values).fetchall()]


def _form(asked: str) -> list[str]:
    return _ids("SELECT id FROM compose_forms WHERE id LIKE %s LIMIT 50", _beginning(asked))


def _task(asked: str) -> list[str]:
    return _ids("SELECT form_id FROM variations WHERE id = %s", asked)


def _providers_task(asked: str) -> list[str]:
    return _ids(
        "SELECT form_id FROM variations WHERE provider = ANY(%s) AND provider_task_id = %s UNION"
        " SELECT form_id FROM bonus_clips WHERE provider = ANY(%s) AND provider_task_id = %s LIMIT 50",
        *([*ADAPTERS, "older"], asked) * 2,
    )


def _session(asked: str) -> list[str]:
    return _ids(
        "SELECT form_id FROM checkout_sessions WHERE stripe_session_id = %s UNION"
        " SELECT id FROM compose_forms WHERE stripe_session_id = %s",
        asked,
        asked,
    )


def _intent(asked: str) -> list[str]:
    return _ids("SELECT form_id FROM checkout_sessions WHERE payment_intent_id = %s", asked)


def _event(asked: str) -> list[str]:
    """By an event's own id, or by the charge, refund or dispute that an event was about."""
    rows = database.execute_sql(
        "SELECT object_id, payload FROM stripe_events WHERE id = %s UNION ALL"
        " SELECT object_id, payload FROM stripe_events WHERE object_id = %s LIMIT 5",
        (asked, asked),
    ).fetchall()
    found = [
        form for object_id, payload in rows for name in _names_in(object_id, payload) for form in _session(name) + _intent(name)
    ]
    return list(dict.fromkeys(found))


def _names_in(object_id: str | None, payload: Any) -> list[str]:
    about = payload.get("data", {}).get("object", {}) if isinstance(payload, dict) else {}
    return [name for name in (object_id, about.get("payment_intent")) if isinstance(name, str)]


def _checkout(asked: str) -> list[str]:
    """Ours, or the beginning of it that stands on the receipt."""
    name = asked if asked.startswith("checkout_") else f"checkout_{asked}"
    return _ids("SELECT form_id FROM checkout_sessions WHERE id LIKE %s LIMIT 50", _beginning(name))


def _mail(asked: str) -> list[str]:
    return _ids("SELECT form_id FROM emails WHERE id = %s", asked.partition("@")[0])


def _token(asked: str) -> list[str]:
    return _ids("SELECT form_id FROM share_tokens WHERE token = %s", asked)


def _account(asked: str) -> list[str]:
    return _ids("SELECT id FROM compose_forms WHERE user_id = %s ORDER BY created_at DESC LIMIT 50", asked)


ANY_ID = r"(?=.*\d)[\w-]{8,200}"
SHAPES: tuple[tuple[str, tuple[Callable[[str], list[str]], ...]], ...] = (
    (r"form_\d{6,}\w*", (_form,)),
    (r"task_[0-9a-f]{32}(-\d+)?", (lambda asked: _task(asked.partition("-")[0]),)),
    (r"cs_\w{6,}", (_session,)),
    (r"pi_\w{6,}", (_intent,)),
    (r"(evt|ch|re|pyr|py|dp|du)_\w{6,}", (_event,)),
    (r"checkout_[0-9a-f]{4,}", (_checkout,)),
    (r"mail_[0-9a-f]{32}(@.*)?", (_mail,)),
    (r"user_\w{6,}", (_account,)),
    (r"[0-9a-f]{12}", (_checkout, _providers_task, _token)),
    (ANY_ID, (_token, _providers_task, _account)),
)
