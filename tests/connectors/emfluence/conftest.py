"""What the tests of the client share: a clock that takes no time."""

import pytest

from tests.connectors.emfluence.clocks import Clock


@pytest.fixture
def clock() -> Clock:
    """A clock that moves only when somebody sleeps."""
    return Clock()
