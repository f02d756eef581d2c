"""Demo pace: what a remote studio takes, simulated at the presenter's speed. Only demo forms are ever held back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from integrations.music import State, TaskState
from models import Demo, Variation, now

_HELD = {1: 10.0, 2: 14.0, 3: 11.0}  # seconds at 1x; the third begins when a place is free, which is when the first is done
_STAGES = ((8, "composing"), (40, "recording"), (101, "mixing"))


def held_back(rows: Sequence[Variation], states: Mapping[str, TaskState]) -> dict[str, TaskState]:
    """The states as the audience may see them now: nothing is ready before its time, and no bar runs ahead of it."""
    demos = {one.form_id: one for one in Demo.select().where(Demo.form.in_({row.form_id for row in rows}))}
    paced = dict(states)
    for row in rows:
        state, demo = states.get(str(row.provider_task_id)), demos.get(row.form_id)
        if state is not None and demo is not None and not demo.rushed:
            paced[str(row.provider_task_id)] = _held(state, _share(row, demo.speed))
    return paced


def _share(row: Variation, speed: float) -> float:
    """How much of its time has passed, 0 to 1 and beyond."""
    age = (now() - row.submitted_at).total_seconds() if row.submitted_at else 0.0
    return age * speed / _HELD.get(row.variation, 12.0)


def _held(state: TaskState, share: float) -> TaskState:
    if share >= 1 or state.state not in (State.RUNNING, State.SUCCEEDED):
        return state
    percent = min(state.progress or 0, int(share * 100))
    stage = next(name for least, name in _STAGES if percent < least)
    return replace(state, state=State.RUNNING, progress=percent, stage=stage, clips=())
