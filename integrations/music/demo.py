"""The demo's own studio: the same engine in a folder of its own, so that no real order queues behind a visitor."""

from __future__ import annotations

from functools import cache

from integrations.music import Reason, State
from integrations.music.studio.provider import Studio
from integrations.music.studio.spool import Spool, task_of
from settings import settings


@cache
def demo_spool() -> Spool:
    """Where the demo's requests and recordings lie."""
    return Spool(settings.data_dir / "demo" / "studio")


class DemoStudio(Studio):
    """`python main.py demo` is its engine. Nobody can name it in MUSIC_PROVIDERS: it works for demo forms only."""

    name = "demo"

    def __init__(self) -> None:
        super().__init__(demo_spool(), settings.demo_renderings)


def spoil(task_id: str) -> None:
    """Let a recording fail, as the demo's director asks: it ends like one whose machine broke down."""
    demo_spool().finish(task_id, {"state": State.FAILED, "reason": Reason.TRANSIENT, "detail": "the director let it fail"})


def forget_demo_song(reference: str) -> None:
    """Remove what was handed in under this reference, and what was made from it."""
    demo_spool().remove(task_of(reference))
