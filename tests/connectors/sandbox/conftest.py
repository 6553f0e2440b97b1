"""Sandboxes for these tests: real servers on loopback, each in a folder of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors.sandbox import Sandbox


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    """A sandbox without limits."""
    with Sandbox(tmp_path / "sandbox", limits=None) as running:
        yield running
