"""Jobs raise and answer codes; the sentences for them stand in customer_texts.py or with the page that shows them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import customer_texts

ROOT = Path(__file__).parents[1]
WORDED_ELSEWHERE = {"package_has_songs"}  # it depends on a number
IN_ENGLISH = {  # whose refusals may be sentences as they are
    "jobs/staff/": "staff's pages are in English",
    "jobs/contract/trusted_patch.py": "it speaks to whoever programs the trusted server",
    "jobs/payments/refunds.py": "staff alone give money back",
}
TEXTS_IN_JOBS = {  # docs/decisions/0046 says more
    "jobs/mail": "an e-mail is a text, and a job writes it",
    "jobs/forms/choices.py": "a choice and its label are one row; pages and staff draw what is there",
    "jobs/demo/scenes.py": "a scene is invented data, and what it is called belongs to it",
    "jobs/payments/consent.py": "what was agreed to is kept by its version; the text of a version is never edited",
    "jobs/payments/checkout.py": "only translates: Stripe's page shows the label of a package in the giver's language",
}


@cache
def nodes_of(folder: str) -> list[tuple[str, ast.AST]]:
    return [(place_of(path), node) for path in (ROOT / folder).rglob("*.py") for node in ast.walk(ast.parse(path.read_text()))]


def place_of(path: Path) -> str:
    return "jobs/mail" if path.parent.name == "mail" else str(path.relative_to(ROOT))


def refusing() -> set[str]:
    """The names of all classes of errors that carry a code."""
    classes = [node for folder in ("records", "jobs") for _, node in nodes_of(folder) if isinstance(node, ast.ClassDef)]
    return {one.name for one in classes if any(isinstance(base, ast.Name) and base.id == "CodedError" for base in one.bases)}


def refusals() -> Iterator[tuple[str, ast.expr]]:
    """Where one is made, and what it is given."""
    names = refusing()
    for folder in ("jobs", "ui", "api"):
        for place, node in nodes_of(folder):
            if isinstance(node, ast.Call) and (getattr(node.func, "id", "") or getattr(node.func, "attr", "")) in names:
                yield f"{place}:{node.lineno}", [*node.args, *(word.value for word in node.keywords)][0]


def is_code(why: ast.expr) -> bool:
    """A code, or that of another refusal, which is passed on."""
    if isinstance(why, ast.Constant):
        return bool(re.fullmatch("[a-z_]+", str(why.value)))
    return isinstance(why, ast.Attribute) and why.attr == "code"


def test_a_verb_says_why_it_refused_by_a_code_and_every_code_has_its_sentence() -> None:
    """The sentence is looked up where it is shown, in the language of who reads it."""
    found = list(refusals())
    assert {"WrongMomentError", "NotPossibleError", "WrongFieldError"} <= refusing()
    assert [place for place, why in found if not is_code(why) and not place.startswith(tuple(IN_ENGLISH))] == []
    raised = {str(why.value) for _place, why in found if isinstance(why, ast.Constant) and is_code(why)}
    worded = customer_texts.REFUSALS.keys() | customer_texts.WRONG_FIELDS.keys()
    assert raised | WORDED_ELSEWHERE == worded | WORDED_ELSEWHERE


def test_a_job_has_no_sentence_for_customers_that_is_not_on_the_list() -> None:
    found = {
        place
        for place, node in nodes_of("jobs")
        if isinstance(node, ast.ImportFrom | ast.Import) and {name.name for name in node.names} & {"_", "N_", "n_", "i18n"}
    }
    assert found == TEXTS_IN_JOBS.keys()
