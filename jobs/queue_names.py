"""The queues, and the names of those jobs that a folder asks for which may not import them (see tests/test_architecture.py)."""

from __future__ import annotations

from dataclasses import dataclass

from models import ComposeForm

URGENT, DEFAULT = "urgent", "default"
QUEUES = (URGENT, DEFAULT)  # what every worker listens to, in this order
DEMO = "demo"  # the queue of demo forms, which has a worker of its own
DEMO_PROVIDER = "demo"  # the music provider of demo forms (integrations/music/demo.py)


@dataclass(frozen=True)
class JobName:
    """What Redis holds of a job: a name that stays when its function moves, and the queue it usually waits in."""

    name: str
    queue: str = DEFAULT


WRITE_PROMPTS = JobName("write_prompts", URGENT)
DISPATCH = JobName("dispatch", URGENT)
COLLECT_READY = JobName("collect_ready")
HEAR_SONG = JobName("hear_song")
SEND_EMAIL = JobName("send_email", URGENT)
SEND_LOGIN_LINK = JobName("send_login_link", URGENT)
MAKE_VIDEO = JobName("make_video")
JOB_SECONDS = {MAKE_VIDEO.name: 3600}  # that a job may take, where that is more than ten minutes


def queue_for(demo: bool) -> str | None:
    """Where a job about a form waits: a demo form's in the demo's queue, all others (None) in the job's usual one."""
    return DEMO if demo else None


def is_demo(form_id: str) -> bool:
    """Whether a form only shows how it works."""
    return bool(ComposeForm.select(ComposeForm.demo).where(ComposeForm.id == form_id).scalar())
