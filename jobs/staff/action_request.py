"""The request that every staff action takes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Request:
    """One requested action: the order, the part of it that is meant (`about`), the dialog's values, and who asked (`by`)."""

    form_id: str = ""
    about: str = ""
    reason: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    by: str = ""
