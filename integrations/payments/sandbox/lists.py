"""Lists, newest first, page by page with cursors: https://docs.stripe.com/api/pagination"""

from __future__ import annotations

from typing import Any

from integrations.payments.sandbox.book import Ledger, Object
from integrations.payments.sandbox.forms import LISTS
from integrations.payments.sandbox.parameters import ParameterRefusal

_BOUNDS = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}


def listed_page(ledger: Ledger, kind: str, form: dict[str, Any], address: str) -> Object:
    """One page of the objects of a kind. Raises Refusal for an unknown parameter or cursor."""
    wanted = LISTS[kind](form, "")
    limit = wanted.get("limit", 10)
    if "starting_after" in wanted and "ending_before" in wanted:
        raise ParameterRefusal("You can only provide one of starting_after and ending_before.", param="ending_before")
    clauses = _filters(wanted)
    backwards = "ending_before" in wanted  # the page before the cursor: selected in ascending order, then reversed
    cursor = wanted.get("ending_before") or wanted.get("starting_after")
    if cursor:
        clauses.append((f"seq {'>' if backwards else '<'} ?", [ledger.place(kind, cursor)]))
    where = "".join(f" AND {text}" for text, _ in clauses)
    values = tuple(value for _, several in clauses for value in several)
    found = ledger.matching(kind, where, values, newest_first=not backwards, limit=limit + 1)
    page = found[:limit]
    return {"object": "list", "url": address, "has_more": len(found) > limit, "data": page[::-1] if backwards else page}


def _filters(wanted: dict[str, Any]) -> list[tuple[str, list[Any]]]:
    """Each filter as SQL with its values."""
    clauses: list[tuple[str, list[Any]]] = [
        (f"created {_BOUNDS[bound]} ?", [moment]) for bound, moment in wanted.get("created", {}).items()
    ]
    if "type" in wanted:  # a name, or a group with *
        clauses.append(("label GLOB ?", [wanted["type"].replace("[", "").replace("?", "")]))
    if types := wanted.get("types"):
        clauses.append((f"label IN ({','.join('?' * len(types))})", types))
    if "status" in wanted:
        clauses.append(("label = ?", [wanted["status"]]))
    if "delivery_success" in wanted:
        clauses.append(("delivered = ?", [int(wanted["delivery_success"])]))
    for name in ("payment_intent", "charge"):
        if name in wanted:
            clauses.append((f"json_extract(body, '$.{name}') = ?", [wanted[name]]))
    return clauses
