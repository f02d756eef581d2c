"""Search: any order by whatever id, name or address a customer, Stripe, a provider or a log shows; keyset pagination."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from integrations.music.adapters import ADAPTERS
from models import OLD_WORDS, database, now

PAGE = 50
AGES = {"day": timedelta(days=1), "week": timedelta(days=7), "month": timedelta(days=30)}
_COLUMNS = """f.id, f.created_at, f.status, f.package_type, f.guest_email, f.attention, f.amount_paid, f.paid_at,
    f.form_data ->> 'senderName', coalesce(jsonb_path_query_array(f.form_data, '$.songs[*].recipientName'),
    '[]'::jsonb), f.form_data ->> 'recipientName', f.purpose"""
BRANCH = f"(SELECT id, created_at FROM compose_forms f WHERE {{where}} ORDER BY created_at DESC, id DESC LIMIT {PAGE + 1})"  # noqa: S608
# First which rows, then what is in them: unpacking the answers of everything that fits would cost ten times the search.
WHOLE = f"""SELECT {_COLUMNS} FROM (SELECT * FROM ({{branches}}) every ORDER BY created_at DESC, id DESC LIMIT {PAGE + 1}) k
    JOIN compose_forms f ON f.id = k.id ORDER BY f.created_at DESC, f.id DESC"""  # noqa: S608
Cursor = tuple[datetime, str]


@dataclass(frozen=True)
class FoundOrders:
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
    """One page of orders, and where the next begins (None: there is none). `by`: how they were found (id, words, age)."""

    rows: list[FoundOrders]
    after: Cursor | None
    by: str


def find(term: str = "", *, status: str = "", age: str = "", attention: bool = False, after: Cursor | None = None) -> Page:
    """The newest orders that fit, one page of them. An id finds its order whatever the filters say."""
    term = term.strip()
    ids = _by_id(term) if term else None
    if ids is not None:
        return Page(_rows(["f.id = ANY(%s)"], [ids[:PAGE]]), None, "id")
    conditions, values = _words(term) if term else ([], [])
    if age in AGES:
        conditions.append("f.created_at > %s")
        values.append(now() - AGES[age])
    if attention:
        conditions.append("f.attention IS NOT NULL")
    if not term:
        conditions.append("f.purpose IS NULL AND NOT f.demo")
    if after:
        conditions.append("(f.created_at, f.id) < (%s, %s)")
        values += after
    rows = _recent(conditions, values, status, after) if term and not age else []
    if len(rows) <= PAGE:
        rows = _rows(conditions, values, _status_words(status))
    more = len(rows) > PAGE
    rows = rows[:PAGE]
    return Page(rows, (rows[-1].created_at, rows[-1].form_id) if more else None, "words" if term else "age")


def _recent(conditions: list[str], values: list[Any], status: str, after: Cursor | None) -> list[FoundOrders]:
    """A frequent name is searched in the last month first: of twenty thousand matches only the newest fifty are needed."""
    since = (after[0] if after else now()) - AGES["month"]
    return _rows([*conditions, "f.created_at > %s"], [*values, since], _status_words(status))


def _status_words(status: str) -> list[str]:
    """A status and its names in an older system."""
    return [status, *(old for old, ours in OLD_WORDS.items() if ours == status)] if status else []


def _rows(conditions: Sequence[str], values: Sequence[Any], statuses: Sequence[str] = ()) -> list[FoundOrders]:
    """One ordered index scan for each word of a status: an IN list would lose the order, and sort a million rows."""
    branches, bound = [], []
    for word in statuses or [""]:
        where = " AND ".join([*conditions, *(["f.status = %s"] if word else [])]) or "true"
        branches.append(BRANCH.format(where=where))
        bound += [*values, *([word] if word else [])]
    query = WHOLE.format(branches=" UNION ALL ".join(branches))
    return [_found(row) for row in database.execute_sql(query, bound).fetchall()]


def _found(row: Sequence[Any]) -> FoundOrders:
    names = [name for name in row[9] if name] or [row[10] or ""]
    return FoundOrders(
        row[0], row[1], OLD_WORDS.get(row[2], row[2]), row[3], row[4] or "", row[5] or "", row[6], row[7], row[8] or "",
        ", ".join(names), row[11],
    )  # fmt: skip


def _words(term: str) -> tuple[list[str], list[Any]]:
    """An address by its beginning; else every word is the beginning of a name or an address, in any order."""
    if "@" in term and " " not in term:
        return ["lower(f.guest_email) LIKE %s"], [_beginning(term.lower())]
    plain = "".join(c for c in unicodedata.normalize("NFD", term.lower()) if not unicodedata.combining(c))
    lexemes = ["'" + word.replace("'", "''").replace("\\", "\\\\") + "':*" for word in plain.replace("\0", "").split()[:6]]
    return ["serenade_words(f.guest_email, f.form_data) @@ to_tsquery('pg_catalog.simple', %s)"], [" & ".join(lexemes)]


def _beginning(text: str) -> str:
    return re.sub(r"([\\%_])", r"\\\1", text) + "%"


# ---------------------------------------------------------------- ids: the shape of an id decides where it is looked up


def _by_id(term: str) -> list[str] | None:
    """The forms behind an id, a link or a token; None where this is no id, [] for an unknown id."""
    term = term.strip("<>").rstrip("…")
    link = re.search(r"/(?:s|embed)/([\w-]{10,})", term) or re.search(r"formId=([\w-]+)", term)
    term = link[1] if link else term
    for pattern, lookups in _SHAPES:
        if re.fullmatch(pattern, term):
            for lookup in lookups:
                if ids := lookup(term):
                    return ids
            return None if pattern == ANY_ID else []
    return None


def _ids(query: str, *values: Any) -> list[str]:
    return [str(row[0]) for row in database.execute_sql(query, values).fetchall()]


def _form(term: str) -> list[str]:
    return _ids("SELECT id FROM compose_forms WHERE id LIKE %s LIMIT 50", _beginning(term))


def _task(term: str) -> list[str]:
    return _ids("SELECT form_id FROM variations WHERE id = %s", term)


def _providers_task(term: str) -> list[str]:
    return _ids(
        "SELECT form_id FROM variations WHERE provider = ANY(%s) AND provider_task_id = %s UNION"
        " SELECT form_id FROM bonus_clips WHERE provider = ANY(%s) AND provider_task_id = %s LIMIT 50",
        *([*ADAPTERS, "older"], term) * 2,
    )


def _session(term: str) -> list[str]:
    return _ids(
        "SELECT form_id FROM checkout_sessions WHERE stripe_session_id = %s UNION"
        " SELECT form_id FROM extra_purchases WHERE stripe_session_id = %s UNION"
        " SELECT id FROM compose_forms WHERE stripe_session_id = %s",
        *[term] * 3,
    )


def _intent(term: str) -> list[str]:
    return _ids(
        "SELECT form_id FROM checkout_sessions WHERE payment_intent_id = %s UNION"
        " SELECT form_id FROM extra_purchases WHERE payment_intent_id = %s",
        *[term] * 2,
    )


def _event(term: str) -> list[str]:
    """By an event's own id, or by the charge, refund or dispute that an event was about."""
    rows = database.execute_sql(
        "SELECT object_id, payload FROM stripe_events WHERE id = %s UNION ALL"
        " SELECT object_id, payload FROM stripe_events WHERE object_id = %s LIMIT 5",
        (term, term),
    ).fetchall()
    found = [
        form for object_id, payload in rows for name in _names_in(object_id, payload) for form in _session(name) + _intent(name)
    ]
    return list(dict.fromkeys(found))


def _names_in(object_id: str | None, payload: Any) -> list[str]:
    about = payload.get("data", {}).get("object", {}) if isinstance(payload, dict) else {}
    return [name for name in (object_id, about.get("payment_intent")) if isinstance(name, str)]


def _checkout(term: str) -> list[str]:
    """Our checkout id, or the beginning of it, as receipts show it; likewise of what was bought beside an order."""
    bare = term.removeprefix("checkout_").removeprefix("extra_")
    return _ids(
        "SELECT form_id FROM checkout_sessions WHERE id LIKE %s UNION"
        " SELECT form_id FROM extra_purchases WHERE id LIKE %s LIMIT 50",
        _beginning(f"checkout_{bare}"),
        _beginning(f"extra_{bare}"),
    )


def _mail(term: str) -> list[str]:
    return _ids("SELECT form_id FROM emails WHERE id = %s", term.partition("@")[0])


def _token(term: str) -> list[str]:
    return _ids("SELECT form_id FROM share_tokens WHERE token = %s", term)


def _account(term: str) -> list[str]:
    return _ids("SELECT id FROM compose_forms WHERE user_id = %s ORDER BY created_at DESC LIMIT 50", term)


ANY_ID = r"(?=.*\d)[\w-]{8,200}"
_SHAPES: tuple[tuple[str, tuple[Callable[[str], list[str]], ...]], ...] = (
    (r"form_\d{6,}\w*", (_form,)),
    (r"task_[0-9a-f]{32}(-\d+)?", (lambda term: _task(term.partition("-")[0]),)),
    (r"cs_\w{6,}", (_session,)),
    (r"pi_\w{6,}", (_intent,)),
    (r"(evt|ch|re|pyr|py|dp|du)_\w{6,}", (_event,)),
    (r"(checkout|extra)_[0-9a-f]{4,}", (_checkout,)),
    (r"mail_[0-9a-f]{32}(@.*)?", (_mail,)),
    (r"user_\w{6,}", (_account,)),
    (r"[0-9a-f]{12}", (_checkout, _providers_task, _token)),
    (ANY_ID, (_token, _providers_task, _account)),
)
