"""Lanes: real orders and demo forms never share a job. A job of the demo has "demo" among its arguments, and its own queue."""

from __future__ import annotations

from models import ComposeForm

DEMO = "demo"  # the lane, its queue, and the name of its music provider


def lane(demo: bool) -> tuple[str, ...]:
    """What to add to a job's arguments."""
    return (DEMO,) if demo else ()


def is_demo(form_id: str) -> bool:
    """Whether a form only shows how it works."""
    return bool(ComposeForm.select(ComposeForm.demo).where(ComposeForm.id == form_id).scalar())


def lane_of(form_id: str) -> tuple[str, ...]:
    """What to add to the arguments of a job for this form."""
    return lane(is_demo(form_id))
