"""Jobs raise and answer codes; the sentences for them stand in customer_texts.py or with the page that shows them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import customer_texts

ROOT = Path(__file__).parents[1]
REFUSING = (
    "BadAddressError",
    "WrongMomentError",
    "NotPossibleError",
    "UnusableReplyError",
    "ResendTooSoonError",
    "NoSuchMomentError",
    "WrongFieldError",
)
WORDED_ELSEWHERE = {"still_sealed", "package_has_songs"}  # by a page of its own; it depends on a number
TEXTS_IN_JOBS = {  # docs/decisions/0046 says more
    "jobs/mail": "an e-mail is a text, and a job writes it",
    "jobs/forms/choices.py": "a choice and its label are one row; pages and staff draw what is there",
    "jobs/demo/scenes.py": "a scene is invented data, and what it is called belongs to it",
    "jobs/payments/consent.py": "what was agreed to is kept by its version; the text of a version is never edited",
    "jobs/payments/checkout.py": "only translates: Stripe's page shows the label of a package in the giver's language",
}


@cache
def nodes_of_jobs() -> list[tuple[str, ast.AST]]:
    return [(place_of(path), node) for path in (ROOT / "jobs").rglob("*.py") for node in ast.walk(ast.parse(path.read_text()))]


def place_of(path: Path) -> str:
    return "jobs/mail" if path.parent.name == "mail" else str(path.relative_to(ROOT))


def refusals() -> Iterator[tuple[str, ast.expr]]:
    for place, node in nodes_of_jobs():
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in REFUSING and node.args:
            yield f"{place}:{node.lineno}", node.args[0]


def test_a_verb_says_why_it_refused_by_a_code_and_every_code_has_its_sentence() -> None:
    """The sentence is looked up where it is shown, in the language of who reads it."""
    found = list(refusals())
    translated = [place for place, why in found if isinstance(why, ast.Call) and getattr(why.func, "id", "") in ("_", "n_")]
    codes = {str(why.value) for _place, why in found if isinstance(why, ast.Constant)}
    assert translated == []
    worded = customer_texts.REFUSALS.keys() | customer_texts.WRONG_FIELDS.keys()
    raised = {code for code in codes if re.fullmatch(r"[a-z_]+", code)}  # others are English, for staff and trusted servers
    assert raised | WORDED_ELSEWHERE == worded | WORDED_ELSEWHERE


def test_a_job_has_no_sentence_for_customers_that_is_not_on_the_list() -> None:
    found = {
        place
        for place, node in nodes_of_jobs()
        if isinstance(node, ast.ImportFrom | ast.Import) and {name.name for name in node.names} & {"_", "N_", "n_", "i18n"}
    }
    assert found == TEXTS_IN_JOBS.keys()
