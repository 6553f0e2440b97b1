"""No error of a source holds a secret of it: not in its text, not in its printed form, not in what is behind it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from traceback import format_exception
from typing import Any, Literal
from urllib.parse import quote

import polars as pl
import pytest
from pydantic import BaseModel, SecretBytes, SecretStr

from connectors.sources.edge import opened
from connectors.sources.errors import SourceBroken, SourceError, SourceMissing, SourceSettingsWrong
from connectors.sources.kind import Request, Secret, SourceSettings, source_kind
from connectors.sources.redacted import redacted, secrets_of
from tests.connectors.sources.opening import DAY

TOKEN = "s3cr t/é"
PASSWORD = "p@ss/word"
ENVIRON = {
    "TOKEN": TOKEN,
    "URL": f"postgresql://ann:{quote(PASSWORD, safe='')}@db.example.org/shop",
    "BYTES": "\udcff1",
}


class Nested(BaseModel):
    """Settings within settings."""

    keys: dict[str, Secret | str] = {}
    more: tuple[SecretBytes, ...] = ()


class Service(SourceSettings):
    """Settings that hold secrets in every way there is."""

    kind: Literal["service"] = "service"
    token: Secret = Secret(env="TOKEN")
    unset: Secret = Secret(env="UNSET")
    url: Secret = Secret(env="URL")
    pasted: SecretStr = SecretStr("pasted-key")
    nested: tuple[Nested, ...] = (
        Nested(keys={"a": Secret(env="BYTES"), "b": "public"}, more=(SecretBytes(b"octets"),)),
    )


SETTINGS = Service.model_validate({"name": "crm", "fields": {"email": "email"}})
REQUEST = Request(DAY, Path(), ENVIRON, Path())
HELD = (TOKEN, quote(TOKEN), PASSWORD, quote(PASSWORD, safe=""), "pasted-key", "octets", "\udcff1")


def _links(error: BaseException) -> Iterator[BaseException]:
    yield error
    for one in (error.__cause__, error.__context__, *getattr(error, "exceptions", ())):
        if one is not None:
            yield from _links(one)


def shown(error: BaseException) -> str:
    """Return all that anybody is shown of an error, also of what is hidden behind it."""
    return "\n".join(f"{one} {one!r} {one.args!r} {''.join(format_exception(one))}" for one in _links(error))


def caught(fail: Callable[[], object], after: int = 0) -> SourceError:
    """Return how a source fails whose kind fails so."""

    def people(_: SourceSettings, __: Request) -> Iterator[pl.DataFrame]:
        for _number in range(after):
            yield pl.DataFrame({"email": ["ann@example.com"]})
        fail()

    with pytest.raises(SourceError) as found, opened(source_kind(Service, people), SETTINGS, REQUEST) as reading:
        list(reading.batches)
    return found.value


@pytest.mark.parametrize("after", [0, 1])
@pytest.mark.parametrize("secret", HELD)
@pytest.mark.parametrize("kind", [SourceMissing, SourceBroken, SourceSettingsWrong])
def test_a_secret_in_a_kinds_own_sentence_is_replaced(kind: type[SourceError], secret: str, after: int) -> None:
    """A token in an address that does not answer is in no log; the error stays what it was."""

    def fail() -> None:
        raise kind(f"https://example.org/people?token={secret}&page=2 does not answer. Start it.", {"headers": secret})

    error = caught(fail, after)
    assert type(error) is kind
    assert secret not in shown(error)
    assert "https://example.org/people?token=…&page=2 does not answer. Start it." in str(error)
    assert str(error).startswith("Source crm: ")


class Answered(SourceMissing):
    """An error of a kind's own, which prints more than it is told."""

    def __init__(self, token: str) -> None:
        """Keep the token."""
        super().__init__("Source crm: no answer. Start it.")
        self.token = token

    def __repr__(self) -> str:
        """Return a form with the token in it."""
        return f"Answered({self.token})"


def _noted() -> None:
    error = SourceMissing("Source crm does not answer. Start it.")
    error.add_note(f"sent {TOKEN}")
    raise error


def _refuse() -> None:
    raise ConnectionError(f"GET /?token={TOKEN}")


def _fail_twice() -> None:
    raise ExceptionGroup("several", [ValueError("one"), ValueError(f"two {TOKEN}")])


def _from_another() -> None:
    try:
        _refuse()
    except ConnectionError as error:
        raise SourceMissing("Source crm does not answer. Start it.") from error


def _while_another_was_handled() -> None:
    try:
        _fail_twice()
    except ExceptionGroup:
        raise SourceMissing("Source crm does not answer. Start it.") from None


def _of_its_own() -> None:
    raise Answered(TOKEN)


def _unnamed() -> None:
    raise OSError(5, f"refused {TOKEN}", f"/{TOKEN}")


@pytest.mark.parametrize("fail", [_noted, _from_another, _while_another_was_handled, _of_its_own, _unnamed])
def test_no_secret_is_anywhere_on_an_error(fail: Callable[[], object]) -> None:
    """Notes, printed forms and the errors behind an error are stored by whoever runs a sync."""
    error = caught(fail)
    assert "s3cr" not in shown(error)
    assert error.__cause__ is None
    assert error.__suppress_context__


def test_what_is_behind_an_error_is_kept_for_whoever_writes_the_kind() -> None:
    """The suite shows it; where it held a secret, it is shown without."""
    behind = caught(_from_another).__context__
    assert "ConnectionError: GET /?token=…" in str(behind)
    assert "_from_another" in str(behind)


def test_a_secret_that_is_not_set_hides_nothing() -> None:
    """Nothing is replaced by what is no value, and public settings stay readable."""
    secrets = secrets_of(SETTINGS, {"TOKEN": " \n", "URL": "sqlite:///", "BYTES": "no address: http://["})
    assert redacted("public crm plain text of sqlite:///a.db", secrets) == "public crm plain text of sqlite:///a.db"
    assert "" not in secrets


def test_a_longer_secret_is_replaced_before_a_shorter_one_in_it() -> None:
    """What is left of a secret is none of it."""
    given: dict[str, Any] = {"name": "crm", "fields": {"email": "email"}, "pasted": SecretStr("s3cr")}
    secrets = secrets_of(Service.model_validate(given), {"TOKEN": "s3cr-and-more"})
    assert redacted("s3cr-and-more s3cr", secrets) == "… …"
