"""What staff ask to be done, as every action takes it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Request:
    """What is to be done: to which order, about which of its parts, with which values."""

    form_id: str = ""
    about: str = ""
    reason: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    by: str = ""
