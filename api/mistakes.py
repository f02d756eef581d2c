"""What is wrong with a request, as sentences: pydantic's and the framework's errors in the customer's language."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from api.answers import Refusal
from customer_texts import refusal_in_words
from i18n import N_, _
from models import CodedError

FINDINGS = {
    "missing": N_("This is missing."),
    "extra_forbidden": N_("There is no such field."),
    "string_type": N_("This must be text."),
    "string_too_short": N_("This has {min_length} characters at least."),
    "string_too_long": N_("That is a little long: {max_length} characters at most."),
    "string_pattern_mismatch": N_("This is not of the form that we expect."),
    "int_type": N_("This must be a whole number."),
    "int_parsing": N_("This must be a whole number."),
    "int_from_float": N_("This must be a whole number."),
    "bool_type": N_("This must be true or false."),
    "bool_parsing": N_("This must be true or false."),
    "greater_than_equal": N_("This is {ge} at least."),
    "less_than_equal": N_("This is {le} at most."),
    "list_type": N_("This must be a list."),
    "dict_type": N_("This must be an object."),
    "model_attributes_type": N_("This must be an object."),
    "too_short": N_("There are {min_length} of these at least."),
    "too_long": N_("There are {max_length} of these at most."),
    "literal_error": N_("Please choose one of the options."),
}
REFUSAL_STATUS = {
    "Not Found": N_("There is nothing at this address."),
    "Method Not Allowed": N_("This address does not take this method."),
    "request timeout": N_("The body took too long to arrive."),
    "too large": N_("This is more than we can take at once."),
    "busy": N_("We are busy right now. Please try again in a moment."),
    "bad signature or shape": N_("The signature does not hold, or the body is not of the expected shape."),
}

INVALID_FORM = N_("Some answers are missing or not quite right.")


def wrong(field: str, sentence: str) -> Refusal:
    """One field that does not fit the form."""
    return Refusal(422, "invalid_form", _(INVALID_FORM), {field: sentence})


def fields_of(errors: Sequence[Any], skip: int = 0) -> dict[str, str]:
    """A sentence for each field that is wrong, by its path; the first `skip` parts of which only say "body"."""
    return {".".join(map(str, error["loc"][skip:]))[:100] or "body": finding(error) for error in errors}


def finding(error: Any) -> str:
    """The sentence for one of pydantic's errors; a rule of our own brings its own."""
    about = error.get("ctx", {})
    if error["type"] == "value_error":
        rule = about["error"]
        return refusal_in_words(rule) if isinstance(rule, CodedError) else str(rule)
    return _(FINDINGS.get(error["type"], N_("This is not what we expected here.")), **about)
