"""The product on stores that a bench reads and writes itself. They stand before anything reads the settings, as for tests."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.stack import Stack


@contextmanager
def stores() -> Iterator[tuple[Path, int]]:
    """A data folder and a port for the product on fresh stores; whatever imports the settings is imported in here."""
    from tests import conftest  # it starts the stores and sets the environment

    try:
        yield Path(os.environ["DATA_DIR"]), conftest.PORT
    finally:
        conftest.pytest_sessionfinish()


@contextmanager
def stack_on_stores(**environment: str | None) -> Iterator[Stack]:
    """The whole product on them."""
    with stores() as (data_dir, port), Stack(data_dir, port, **environment) as stack:
        yield stack
