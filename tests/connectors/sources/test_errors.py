"""Errors: a caller that knows the tree knows what to do."""

import pytest

from connectors.sources.errors import (
    SecretMissing,
    SourceBroken,
    SourceEmpty,
    SourceError,
    SourceMissing,
    SourceSettingsWrong,
)


@pytest.mark.parametrize(
    ("kind", "remedy"),
    [
        (SourceMissing, SourceMissing),
        (SourceEmpty, SourceMissing),
        (SourceBroken, SourceBroken),
        (SourceSettingsWrong, SourceSettingsWrong),
        (SecretMissing, SourceSettingsWrong),
    ],
)
def test_each_error_has_one_remedy(kind: type[SourceError], remedy: type[SourceError]) -> None:
    """Deliver it, mend the file, or mend the settings: never two of them."""
    assert issubclass(kind, SourceError)
    assert [one for one in (SourceMissing, SourceBroken, SourceSettingsWrong) if issubclass(kind, one)] == [remedy]
