"""The edge of a source: what a kind fails with becomes one sentence without data; a caller's errors stay its own."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Literal

import polars as pl
import pytest

from connectors.sources.edge import opened
from connectors.sources.errors import SourceBroken, SourceError, SourceMissing
from connectors.sources.frames import open_frames
from connectors.sources.kind import Kind, source_kind
from connectors.sources.reading import Reading, Request
from connectors.sources.settings import SourceSettings
from tests.connectors.sources.opening import DAY


class Plain(SourceSettings):
    """The settings of a kind that is told nothing more."""

    kind: Literal["plain"] = "plain"


SETTINGS = Plain.model_validate({"name": "crm", "fields": {"email": "email"}})
REQUEST = Request(DAY, Path(), {}, Path())


def failing(error: BaseException, after: int = 0) -> AbstractContextManager[Reading]:
    """Open a source whose kind fails after some frames."""

    def people(_: SourceSettings, __: Request) -> Iterator[pl.DataFrame]:
        for number in range(after):
            yield pl.DataFrame({"email": [f"person{number}@example.com"]})
        raise error

    return opened(source_kind(Plain, people), SETTINGS, REQUEST)


@pytest.mark.parametrize("after", [0, 2])
def test_an_unknown_error_names_source_kind_and_place(after: int) -> None:
    """Whoever wrote the kind finds the line; whoever reads the log finds no secret and no person."""
    with pytest.raises(SourceBroken) as caught, failing(KeyError("hunter2 of ann@example.com"), after) as reading:
        list(reading.batches)
    said = str(caught.value)
    assert said.startswith("Source crm: its kind, plain, failed with KeyError in test_edge.py line ")
    assert "hunter2" not in said
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_a_kind_of_a_notebook_is_contained_like_any_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """A kind that is tried out where there is no file has its errors named as well."""
    monkeypatch.setattr(Plain, "__module__", "nowhere")
    with pytest.raises(SourceBroken, match=r"failed with KeyError in test_edge\.py"), failing(KeyError("x")):
        pass


@pytest.mark.parametrize(
    "error",
    [OSError(28, "No space left on device"), pl.exceptions.ComputeError("No space left on device (os error 28)")],
)
def test_a_full_disk_is_said(error: Exception) -> None:
    """It is no fault of the kind, and nobody who maintains it can make room."""
    with (
        pytest.raises(SourceMissing, match=r"Source crm: there is no room left .+ \(No space left on device\)"),
        failing(error),
    ):
        pass


def test_what_the_operating_system_says_is_said() -> None:
    """It holds no data, and is what a person needs."""
    with pytest.raises(SourceBroken, match="OSError: Host is down"), failing(OSError(112, "Host is down")):
        pass


def _panic(people: pl.DataFrame) -> pl.DataFrame:
    if "person150000@example.com" in people["email"]:
        raise pl.exceptions.PanicException("index out of bounds: person150000@example.com")
    return people


def test_a_panic_of_polars_is_contained(tmp_path: Path) -> None:
    """Rust's panics are no exceptions of Python's; of a query that panics in the middle no row is used."""
    many = pl.LazyFrame({"email": [f"person{number}@example.com" for number in range(300_000)]})
    request = Request(DAY, tmp_path, {}, tmp_path)
    kind = source_kind(Plain, lambda _, __: many.map_batches(_panic, streamable=True))
    with pytest.raises(SourceBroken, match="failed with PanicException"), opened(kind, SETTINGS, request) as reading:
        list(reading.batches)


@pytest.mark.parametrize("error", [KeyboardInterrupt(), SystemExit(3), GeneratorExit()])
def test_an_interruption_is_no_error_of_the_kind(error: BaseException) -> None:
    """A person who stops a sync stops it."""
    with pytest.raises(type(error)), failing(error):
        pass


@pytest.mark.parametrize("said", ["Source crm: nobody answers. Start it.", "The source crm is off. Start it."])
def test_a_sentence_of_the_kinds_own_passes(said: str) -> None:
    """What a kind has named by what a person can do stays so."""
    error = SourceMissing(said)
    with pytest.raises(SourceMissing) as caught, failing(error):
        pass
    assert caught.value is error
    assert str(caught.value) == said


@pytest.mark.parametrize("after", [0, 2])
def test_a_sentence_without_the_sources_name_gets_it(after: int) -> None:
    """Of thirty sources one that does not answer is found by its name; an address that holds it is no name."""
    said = "https://crm.example.org does not answer. Start it."
    with pytest.raises(SourceMissing) as caught, failing(SourceMissing(said), after) as reading:
        list(reading.batches)
    assert str(caught.value) == f"Source crm: {said}"


class Mute(SourceMissing):
    """An error of a kind's own that cannot be shown."""

    def __str__(self) -> str:
        """Fail."""
        raise TypeError("no text")


@pytest.mark.parametrize("error", [SourceMissing(), Mute("x")])
def test_an_error_without_a_sentence_gets_one(error: SourceError) -> None:
    """A person is never told nothing."""
    with pytest.raises(SourceMissing, match=r"Source crm: its kind, plain, failed with .+ line \d+"), failing(error):
        pass


def at_the_end(act: Callable[[], None]) -> AbstractContextManager[Reading]:
    """Open a source whose kind does something when it is closed."""

    @contextmanager
    def kind(settings: SourceSettings, request: Request) -> Iterator[Reading]:
        with open_frames(lambda _, __: [pl.DataFrame({"email": ["a@b.c"]})], settings, request) as reading:
            try:
                yield reading
            finally:
                act()

    return opened(Kind(Plain, kind), SETTINGS, REQUEST)


def _fail() -> None:
    raise RuntimeError("the kind's own")


def test_an_error_while_closing_is_the_kinds() -> None:
    """A connection that cannot be closed well may have lost rows before."""
    with pytest.raises(SourceBroken, match="RuntimeError"), at_the_end(_fail) as reading:
        list(reading.batches)


def test_the_callers_error_comes_first() -> None:
    """What went wrong first is what a person has to know, whatever closing says after it."""
    with pytest.raises(OSError, match="the caller's disk"), at_the_end(_fail):
        raise OSError("the caller's disk")


def _fail_at_once(settings: SourceSettings, request: Request) -> AbstractContextManager[Reading]:
    raise LookupError(settings.name, request.day)


def test_a_kind_that_fails_before_it_opens_is_contained() -> None:
    """An opener need not be a generator."""
    with pytest.raises(SourceBroken, match="LookupError"), opened(Kind(Plain, _fail_at_once), SETTINGS, REQUEST):
        pass
