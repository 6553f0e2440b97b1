"""Database sources: which URLs are understood, and that none of them is repeated."""

from pathlib import Path

import pytest

from connectors.sources.errors import SecretMissing, SourceSettingsWrong
from tests.connectors.sources.opening import read


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("db2://ann:hunter2@host/db", "not supported; use one of .*postgresql://user@host/database"),
        ("hunter2", "not supported"),
        ("postgresql://ann:hunter2@host/db", "holds a password"),
        ("postgresql://host/db?password=hunter2", "holds a password"),
        ("postgresql://ann:hun/ter2@host:x/db", "not a URL"),
        ("postgresql://ann:hunter2@[host/db", "not a URL"),
    ],
)
def test_a_url_that_cannot_be_used_is_refused_without_repeating_it(tmp_path: Path, url: str, words: str) -> None:
    """The message says what to write instead, and holds no part of the URL."""
    with pytest.raises(SourceSettingsWrong, match=words) as caught:
        read(tmp_path, None, kind="database", url=url, table="people")
    assert "hunter2" not in str(caught.value)
    assert "ter2" not in str(caught.value)


def test_a_url_from_the_environment_is_used(tmp_path: Path) -> None:
    """A reference is followed, and a missing variable is named."""
    with pytest.raises(SecretMissing, match="SHOP_DB_URL is not set"):
        read(tmp_path, {}, kind="database", url={"env": "SHOP_DB_URL"}, table="people")
    with pytest.raises(SourceSettingsWrong, match="not supported"):
        read(tmp_path, {"SHOP_DB_URL": "db2://x"}, kind="database", url={"env": "SHOP_DB_URL"}, table="people")
