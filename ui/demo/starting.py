"""A scene begins: a fresh form of it, and where the browser goes first."""

from __future__ import annotations

from integrations.payments.sandbox import demo_sandbox
from jobs.demo.forms import LIFE, begin_demo, clean_name
from models import in_database

MODES = ("play", "drive", "tour")


def start(scene: str, visitor: str, *, address: str, name: str, lang: str, speed: float, mode: str) -> str:
    """A new form of the scene; where it begins. What is older than a day leaves the demo's sandbox by the way."""
    form = in_database(begin_demo, scene, visitor, address=address, name=clean_name(name), lang=lang, speed=speed)
    demo_sandbox().ask(lambda ledger: ledger.forget_before(ledger.now - LIFE.total_seconds()))
    return f"/compose/create?formId={form.id}&demo={mode if mode in MODES else 'drive'}"
