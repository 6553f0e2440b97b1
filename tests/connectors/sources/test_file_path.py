"""Paths in the settings: what may stand in them, what a day makes of them, and what messages show."""

from datetime import date

import pytest
from pydantic import TypeAdapter, ValidationError

from connectors.sources.file_path import DeliveryPath, is_pattern, on_day, scheme_of, shown

PATH: TypeAdapter[str] = TypeAdapter(DeliveryPath)
DAY = date(2026, 1, 4)


@pytest.mark.parametrize(
    ("path", "meant"),
    [
        ("crm-{date}.csv", "crm-2026-01-04.csv"),
        ("crm-{date:%Y%m%d}.csv", "crm-20260104.csv"),
        ("{date:%Y}/{date:%m}/{date:%d}/crm.csv", "2026/01/04/crm.csv"),
        ("{date:%d%b%y}.csv", "04Jan26.csv"),
        ("day={date}/*.csv", "day=2026-01-04/*.csv"),
        ("crm.csv", "crm.csv"),
    ],
)
def test_the_day_stands_in_a_path_in_any_form(path: str, meant: str) -> None:
    """Whatever form the exporting program writes its dates in can be set."""
    assert on_day(PATH.validate_python(path), DAY) == meant


@pytest.mark.parametrize(
    "path", ["{day}.csv", "{date.csv", "date}.csv", "{date:}", "{date:Y}", "{date:%H}.csv", "{date:%Q}", "{date:%}"]
)
def test_other_braces_are_refused(path: str) -> None:
    """A misspelt {date} never becomes the name of a file that nobody delivers; a day has no hours."""
    with pytest.raises(ValidationError, match="no other braces"):
        PATH.validate_python(path)


@pytest.mark.parametrize(
    ("path", "scheme"),
    [
        ("exports/crm.csv", None),
        ("/exports/crm.csv", None),
        ("s3://bucket/crm.csv", "s3"),
        ("S3A://bucket/crm.csv", "s3"),
        ("gs://bucket/crm.csv", "gs"),
        ("abfs://container/crm.csv", "az"),
        ("sftp://ann@host:2222/crm.csv", "sftp"),
        ("https://host/crm.csv?day={date}", "https"),
        ("http://127.0.0.1:8000/crm.csv", "http"),
        ("http://localhost/crm.csv", "http"),
    ],
)
def test_places_are_told_by_their_scheme(path: str, scheme: str | None) -> None:
    """One name for each kind of place, whatever it is called elsewhere."""
    assert scheme_of(PATH.validate_python(path)) == scheme


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("ftp://host/crm.csv", 'Files are not read from ftp://. Did you mean "sftp"?'),
        ("http://host/crm.csv", "over https"),
        ("http://127.0.0.1.example.com/crm.csv", "over https"),
        ("https://ann:hush@host/crm.csv", "A user or a password must not stand in a path"),
        ("https://ann@host/crm.csv", "A user or a password must not stand in a path"),
        ("s3://AKIA:hush@bucket/crm.csv", "A user or a password must not stand in a path"),
        ("sftp://ann:hush@host/crm.csv", "A password must not stand in a path"),
    ],
)
def test_places_that_are_not_safe_are_refused(path: str, said: str) -> None:
    """Contacts travel encrypted, and no secret stands in the settings; what is said does not repeat it."""
    with pytest.raises(ValidationError) as caught:
        PATH.validate_python(path)
    assert said in (message := caught.value.errors(include_input=False)[0]["msg"])
    assert "hush" not in message


def test_a_pattern_is_told_from_a_name() -> None:
    """A question mark starts a query in a URL of the web, and is a pattern elsewhere."""
    assert all(map(is_pattern, ["crm-*.csv", "crm-?.csv", "crm-[ab].csv", "s3://bucket/crm-?.csv", "**/a.csv"]))
    assert not any(map(is_pattern, ["crm.csv", "https://host/crm.csv?sort=*", "exports/"]))


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("https://host/crm.csv?sig=hush#hush", "https://host/crm.csv"),
        ("sftp://ann@host:22/crm.csv", "sftp://host:22/crm.csv"),
        ("s3://bucket/a b?.csv", "s3://bucket/a b?.csv"),
        ("exports/a?b#c@d.csv", "exports/a?b#c@d.csv"),
    ],
)
def test_messages_show_no_signature_and_no_user(path: str, said: str) -> None:
    """A signed URL is a secret in its query."""
    assert shown(path) == said
