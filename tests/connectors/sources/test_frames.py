"""Plain frames become readings: numbered, of one schema, in small batches, and never converted by a guess."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

import polars as pl
import pyarrow as pa
import pytest

from connectors.sources.errors import SourceBroken, SourceEmpty, SourceSettingsWrong
from connectors.sources.frames import Frame, open_frames
from connectors.sources.reading import Reading, Request
from connectors.sources.settings import SourceSettings
from schemas.rows import ROW, TECHNICAL
from tests.connectors.sources.opening import DAY


class Plain(SourceSettings):
    """The settings of a kind that is told nothing more."""

    kind: Literal["plain"] = "plain"


SETTINGS = Plain.model_validate({"name": "crm", "fields": {"email": "email"}})


@contextmanager
def opened(frames: Iterable[Frame] | pl.LazyFrame) -> Iterator[Reading]:
    """Open a source whose kind hands these frames out."""
    with TemporaryDirectory() as scratch:
        request = Request(DAY, Path(), {}, Path(scratch))
        with open_frames(lambda _, __: frames, SETTINGS, request) as reading:
            yield reading


def table(frames: Iterable[Frame] | pl.LazyFrame) -> pa.Table:
    """Return all that is read of them."""
    with opened(frames) as reading:
        return pa.Table.from_batches(list(reading.batches), reading.schema)


def emails(*given: Any, **more: Any) -> pl.DataFrame:
    """Return people as a frame."""
    return pl.DataFrame({"email": given, **more})


@pytest.mark.parametrize(
    "frames",
    [
        [emails("a@b.c"), emails(), emails("b@b.c", "c@b.c")],
        [emails("a@b.c", "b@b.c", "c@b.c").to_arrow()],
        emails("a@b.c", "b@b.c", "c@b.c").to_arrow().to_batches(2),
        emails("a@b.c", "b@b.c", "c@b.c").lazy(),
        emails("a@b.c", "b@b.c", "c@b.c").to_arrow().to_reader(),
    ],
    ids=["frames", "a table", "batches", "a lazy frame", "a reader"],
)
def test_rows_are_numbered_whatever_they_come_in(frames: Iterable[Frame] | pl.LazyFrame) -> None:
    """A kind hands out what its library gives it."""
    found = table(frames)
    assert found.column_names == [*TECHNICAL, "email"]
    assert found.column(ROW).to_pylist() == [1, 2, 3]
    assert found.column("email").to_pylist() == ["a@b.c", "b@b.c", "c@b.c"]


def test_large_frames_are_handed_on_in_pieces_and_in_order() -> None:
    """What comes after a kind holds few rows at a time."""
    many = pl.LazyFrame({"email": [str(number) for number in range(200_000)]})
    with opened(many) as reading:
        sizes = [batch.num_rows for batch in reading.batches]
    assert sum(sizes) == 200_000
    assert max(sizes) <= 1 << 16
    assert table(many).column("email").to_pylist() == [str(number) for number in range(200_000)]


def test_types_that_say_more_than_text_are_kept() -> None:
    """A day stays a day; a list, which no field takes, may lie beside it."""
    found = table([emails("a@b.c", born=[date(1990, 1, 2)], tags=[["x"]], n=[1])])
    assert found.column("born").to_pylist() == [date(1990, 1, 2)]
    assert pa.types.is_int64(found.schema.field("n").type)


def test_a_mapped_column_that_no_field_takes_is_refused() -> None:
    """Lists are refused before a row is read."""
    with pytest.raises(SourceSettingsWrong, match='"email" holds lists'):
        table([emails(["a@b.c"])])


@pytest.mark.parametrize(
    ("later", "said"),
    [
        (pl.DataFrame({"email": ["b@b.c"], "n": ["007"]}), r'row 2 on: column "n" holds large_string and held int64'),
        (pl.DataFrame({"email": ["b@b.c"], "n": [1.5]}), r'column "n" holds double and held int64'),
        (pl.DataFrame({"email": ["b@b.c"]}), "row 2 on: the columns are others than before"),
        (pl.DataFrame({"n": [1], "email": ["b@b.c"]}), "the columns come in another order than before"),
        (
            [{"email": "b@b.c"}],
            r"function .+ in .+test_frames, of its kind, gave a list among its rows; it should yield",
        ),
        (
            pa.record_batch(
                {
                    "email": pa.StringArray.from_buffers(1, pa.py_buffer(b"\0\0\0\0\1\0\0\0"), pa.py_buffer(b"\xff")),
                    "n": [1],
                }
            ),
            "damaged",
        ),
    ],
)
def test_what_does_not_fit_what_came_before_stops_the_reading(later: Any, said: str) -> None:
    """A value is never converted into one that may be another: "007" is no 7."""
    with pytest.raises(SourceBroken, match=said):
        table([pl.DataFrame({"email": ["a@b.c"], "n": [1]}), later])


def test_a_column_without_values_fits_its_type() -> None:
    """A page on which nobody has a phone says nothing about phones."""
    found = table([emails("a@b.c", phone=["1"]), emails("b@b.c", phone=[None])])
    assert found.column("phone").to_pylist() == ["1", None]


def test_no_frame_is_an_empty_source() -> None:
    """A kind that found nobody is never read as everyone gone."""
    with pytest.raises(SourceEmpty):
        table([])
    assert table(pl.LazyFrame({"email": []}, schema={"email": pl.String})).num_rows == 0


def test_a_generator_is_closed_where_it_is_left() -> None:
    """What a kind has open in a `with` is closed at once, not when memory is tidied up."""
    closed = []

    def people() -> Iterator[pl.DataFrame]:
        try:
            for number in range(5):
                yield emails(str(number))
        finally:
            closed.append(True)

    generator = people()
    with opened(generator) as reading:
        next(reading.batches)
        assert closed == []
    assert closed == [True]


def people_of_a_service(settings: Plain, request: Request) -> Any:
    """Give nothing, as a function without a `yield` does."""
    del settings, request


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (None, "returned nothing"),
        (7, "returned an int"),
        (emails("a@b.c"), "returned a DataFrame"),
        (emails("a@b.c").to_arrow(), "returned a Table"),
        ([{"email": "a@b.c"}], "gave a dict among its rows"),
        ([None], "gave nothing among its rows"),
        ("text", "gave a str among its rows"),
    ],
)
def test_a_function_that_gives_something_else_is_named(given: Any, said: str) -> None:
    """Whoever forgot a `yield` is told which function should have one."""
    with pytest.raises(SourceBroken, match=rf"{said}; it should yield the rows in pieces, each a polars DataFrame"):
        table(given)


def test_the_function_that_is_wrong_is_named_by_its_module() -> None:
    """A package has many functions, and one of them reads."""
    request = Request(DAY, Path(), {}, Path())
    with (
        pytest.raises(SourceBroken, match=r"Source crm: the function people_of_a_service in tests\.\S+\.test_frames"),
        open_frames(people_of_a_service, SETTINGS, request),
    ):
        pass


@pytest.mark.parametrize("nothing", [pl.DataFrame(), pa.table({}), pl.LazyFrame()], ids=["polars", "arrow", "lazy"])
def test_a_frame_without_columns_is_nothing(nothing: Any) -> None:
    """An answer without people has no columns either; that is no column that is missing, and no other columns."""
    with pytest.raises(SourceEmpty, match="Source crm is empty"):
        table(nothing if isinstance(nothing, pl.LazyFrame) else [nothing, nothing])
    if not isinstance(nothing, pl.LazyFrame):
        found = table([nothing, emails("a@b.c"), nothing, emails("b@b.c")])
        assert found.column("email").to_pylist() == ["a@b.c", "b@b.c"]
