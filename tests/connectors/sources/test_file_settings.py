"""The settings of files: what may be said together, and that no secret may be said at all."""

import pytest
from pydantic import ValidationError

from tests.connectors.sources.test_finding_files import given


def refusal(path: str = "crm.csv", **more: object) -> str:
    """Return what is said against these settings."""
    with pytest.raises(ValidationError) as caught:
        given(path, **more)
    return str(caught.value)


def test_a_pattern_takes_a_choice() -> None:
    """What is meant by several files is asked before the first night that has several."""
    assert "needs files: all, or files: newest" in refusal("crm-*.csv")
    assert given("crm-*.csv", files="newest").files == "newest"


@pytest.mark.parametrize("marker", ["done", "_SUCCESS", "{path}.done"])
def test_a_marker_lies_beside_its_file(marker: str) -> None:
    """Its name is plain, or follows the file's."""
    assert given("crm.csv", complete_when=marker).complete_when == marker


@pytest.mark.parametrize("marker", ["{file}.done", "{path}", "", "done/{path}", "/done", "flags/done", "{path}/../x"])
def test_a_marker_that_cannot_be_is_refused(marker: str) -> None:
    """A file is not its own marker."""
    assert "complete_when" in refusal(complete_when=marker)


def test_a_signed_url_has_no_marker() -> None:
    """What follows a signature is no name."""
    assert "complete_when cannot go with" in refusal("https://host/crm.csv?sig=1", complete_when="{path}.done")


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("s3://bucket/crm.csv", "secret"),
        ("s3://bucket/crm.csv", "key"),
        ("gs://bucket/crm.csv", "token"),
        ("az://container/crm.csv", "account_key"),
        ("az://container/crm.csv", "connection_string"),
        ("sftp://host/crm.csv", "password"),
        ("https://host/crm.csv", "authorization"),
    ],
)
def test_a_secret_is_named_and_never_written(path: str, name: str) -> None:
    """The settings file is shared; what is said of a secret in it does not repeat it."""
    said = refusal(path, storage_options={name: "hush"})
    assert f"{name} is a secret: write {{env: NAME}}" in said
    assert "hush" not in said
    assert given(path, storage_options={name: {"env": "VARIABLE"}}).storage_options


@pytest.mark.parametrize(
    ("path", "name", "said"),
    [
        ("s3://bucket/crm.csv", "secrt", '"secrt" is no storage option of s3://. Did you mean "secret"?'),
        ("sftp://host/crm.csv", "anon", '"anon" is no storage option of sftp://.'),
        ("crm.csv", "anon", "storage_options are for a path that is a URL"),
    ],
)
def test_an_option_that_means_nothing_is_refused(path: str, name: str, said: str) -> None:
    """A misspelt option is found before the night."""
    assert said in refusal(path, storage_options={name: True})
