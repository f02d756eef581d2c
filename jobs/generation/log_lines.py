"""What log lines say about a variation while it is worked on: its form, its own id, and the provider's task."""

from __future__ import annotations

from contextlib import AbstractContextManager

from logs import log_context
from models import Variation


def log_about(row: Variation) -> AbstractContextManager[None]:
    """Every line inside carries the ids of this variation."""
    return log_context(form=str(row.form_id), variation=str(row.id), task=row.provider_task_id)
