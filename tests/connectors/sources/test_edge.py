"""The edge of a source: what a kind fails with becomes one sentence without data; a caller's errors stay its own."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Literal

import polars as pl
import pytest

from connectors.sources.edge import opened
from connectors.sources.errors import SourceBroken, SourceMissing
from connectors.sources.frames import open_frames
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

    return opened(open_frames(people, SETTINGS, REQUEST), SETTINGS)


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


def test_a_full_disk_is_said() -> None:
    """What the operating system says of an error holds no data, and is what a person needs."""
    with (
        pytest.raises(SourceBroken, match="OSError: No space left on device"),
        failing(OSError(28, "No space left on device")),
    ):
        pass


def _panic(people: pl.DataFrame) -> pl.DataFrame:
    if "person150000@example.com" in people["email"]:
        raise pl.exceptions.PanicException("index out of bounds: person150000@example.com")
    return people


def test_a_panic_of_polars_is_contained(tmp_path: Path) -> None:
    """Rust's panics are no exceptions of Python's; of a query that panics in the middle no row is used."""
    many = pl.LazyFrame({"email": [f"person{number}@example.com" for number in range(300_000)]})
    request = Request(DAY, tmp_path, {}, tmp_path)
    kind = open_frames(lambda _, __: many.map_batches(_panic, streamable=True), SETTINGS, request)
    with pytest.raises(SourceBroken, match="failed with PanicException"), opened(kind, SETTINGS) as reading:
        list(reading.batches)


@pytest.mark.parametrize("error", [KeyboardInterrupt(), SystemExit(3), GeneratorExit()])
def test_an_interruption_is_no_error_of_the_kind(error: BaseException) -> None:
    """A person who stops a sync stops it."""
    with pytest.raises(type(error)), failing(error):
        pass


def test_a_sentence_of_the_kinds_own_passes() -> None:
    """What a kind has named by what a person can do stays so."""
    with pytest.raises(SourceMissing, match="Start it"), failing(SourceMissing("Nobody answers. Start it.")):
        pass


def at_the_end(act: Callable[[], None]) -> AbstractContextManager[Reading]:
    """Open a source whose kind does something when it is closed."""

    @contextmanager
    def kind() -> Iterator[Reading]:
        with open_frames(lambda _, __: [pl.DataFrame({"email": ["a@b.c"]})], SETTINGS, REQUEST) as reading:
            try:
                yield reading
            finally:
                act()

    return opened(kind(), SETTINGS)


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
