"""The suite notices every promise that a kind breaks: one broken kind, and more, per test of it."""

import inspect
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, ClassVar, Final

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from connectors.sources.conformance import SourceSuite
from connectors.sources.errors import SourceError
from tests.connectors.sources.broken_kinds import BROKEN, KEPT, STOP
from tests.connectors.sources.packages import install

LONGEST_MESSAGE: Final = 500


class Suite(SourceSuite):
    """The suite for one of the kinds; not collected by itself, as its name does not say that it is a test."""

    environ: Mapping[str, str] = MappingProxyType({"TOKEN": "hunter2"})

    def __init__(self, kind: str) -> None:
        """Test this kind."""
        self.kind = kind

    def make(self, folder: Path, people: pa.Table) -> Iterator[dict[str, Any]]:
        """Write a Parquet file."""
        pq.write_table(people, folder / "people.parquet", row_group_size=50_000)
        yield {"kind": self.kind, "path": "people.parquet"}


class SuiteWithId(Suite):
    """The suite for a kind that adds a column of its own, and says so."""

    extra_columns: ClassVar[tuple[str, ...]] = ("id",)


GOOD: Final = ("good", "lazy")
MENDED: Final = "quotes_the_secret"
"""A kind whose broken promise is kept for it, at the edge of every source."""

CAUGHT: Final = {
    "test_rows_are_numbered_from_one_without_gaps": ["gaps"],
    "test_the_rows_are_the_sources_own_in_its_order": ["loses_a_row", "turns_around", "with_id"],
    "test_the_schema_is_one": ["other_schema"],
    "test_two_readings_are_equal": ["other_every_time"],
    "test_a_column_may_start_with_blanks": ["guesses_types"],
    "test_nothing_stays_nothing": ["nulls_as_words"],
    "test_texts_arrive_as_they_were_written": ["trims", "words_as_nulls", "cuts"],
    "test_columns_keep_their_names": ["small_names"],
    "test_rows_may_be_wide": ["narrow"],
    "test_no_rows_are_empty": ["empty_is_a_blank_row"],
    "test_a_source_that_is_gone_is_missing": ["missing_is_broken", "missing_is_empty"],
    "test_a_column_that_is_gone_is_named": ["makes_up_columns"],
    "test_leaving_in_the_middle_leaves_nothing_open": [
        "keeps_a_file",
        "keeps_a_thread",
        "writes_beside",
        "leaves_a_copy",
    ],
    "test_a_caller_that_fails_gets_its_own_error": ["closes_only_a_success"],
    "test_a_large_source_is_read_in_bounded_memory": ["all_at_once", "guesses_types_for_ever"],
    "test_secrets_are_never_shown": ["logs_the_secret"],
    "test_a_secret_that_is_not_set_is_named": ["needs_no_secret"],
    "test_check_shows_the_source_as_json": ["prints"],
}


@pytest.fixture(autouse=True)
def _installed(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The broken kinds are installed; what they leave open is closed after the test."""
    kinds = {name: f"tests.connectors.sources.broken_kinds:{name.upper()}" for name in BROKEN}
    install(tmp_path_factory.mktemp("packages"), "broken_kinds", kinds, monkeypatch)
    STOP.clear()
    yield
    STOP.set()
    while KEPT:
        KEPT.pop().close()


def run(kind: str, test: str, request: pytest.FixtureRequest, suite: type[Suite] = Suite) -> None:
    """Run one test of the suite for a kind."""
    method = getattr(suite(kind), test)
    method(**{name: request.getfixturevalue(name) for name in inspect.signature(method).parameters})


def test_every_promise_has_a_kind_that_breaks_it() -> None:
    """A test that nothing fails would prove nothing."""
    assert set(CAUGHT) == {name for name in vars(SourceSuite) if name.startswith("test_")}
    assert {kind for kinds in CAUGHT.values() for kind in kinds} == BROKEN.keys() - {*GOOD, MENDED}


SLOW: Final = {"test_a_large_source_is_read_in_bounded_memory", "test_check_shows_the_source_as_json"}
"""Tests that start a program of their own; that they find no fault where there is none, our own kinds show."""


@pytest.mark.parametrize("kind", GOOD)
@pytest.mark.parametrize("test", [test for test in CAUGHT if test not in SLOW])
def test_a_kind_that_keeps_every_promise_passes(test: str, kind: str, request: pytest.FixtureRequest) -> None:
    """The suite finds no fault where there is none, whether a kind yields frames or returns one that is lazy."""
    run(kind, test, request)


def test_a_secret_that_a_kind_quotes_is_shown_to_nobody(request: pytest.FixtureRequest) -> None:
    """A kind's own sentence is not trusted with a secret."""
    run(MENDED, "test_secrets_are_never_shown", request)


def test_a_lazy_frame_is_read_in_bounded_memory(request: pytest.FixtureRequest) -> None:
    """A query that is run to its end before a row is used is not held in memory for that."""
    run("lazy", "test_a_large_source_is_read_in_bounded_memory", request)


@pytest.mark.parametrize(("test", "kind"), [(test, kind) for test, kinds in CAUGHT.items() for kind in kinds])
def test_a_kind_that_breaks_a_promise_fails(test: str, kind: str, request: pytest.FixtureRequest) -> None:
    """Each broken kind is noticed by the test of the promise that it breaks."""
    with pytest.raises((AssertionError, SourceError, pytest.fail.Exception)):
        run(kind, test, request)


@pytest.mark.parametrize("test", [test for test in CAUGHT if test != "test_a_large_source_is_read_in_bounded_memory"])
def test_a_kind_may_add_a_column_and_say_so(test: str, request: pytest.FixtureRequest) -> None:
    """An id that a service adds is one line in the suite's class, and no broken promise."""
    run("with_id", test, request, SuiteWithId)


@pytest.mark.parametrize(
    ("kind", "suite", "said"),
    [
        ("with_id", Suite, r"not given: \['id'\]. Name those that the kind adds in extra_columns"),
        ("good", SuiteWithId, r"not found: \['id'\]. Found are \['email', 'name'\]"),
        ("narrow", Suite, r"not found: \['column 255', .*\.\.\.\]\. Found are"),
    ],
)
def test_other_columns_than_announced_are_named(
    kind: str, suite: type[Suite], said: str, request: pytest.FixtureRequest
) -> None:
    """Whoever writes a kind is told which columns are too many or too few, and what to do."""
    test = "test_rows_may_be_wide" if kind == "narrow" else "test_the_rows_are_the_sources_own_in_its_order"
    with pytest.raises(AssertionError, match=said):
        run(kind, test, request, suite)


@pytest.mark.parametrize(
    ("kind", "test"),
    [
        ("cuts", "test_texts_arrive_as_they_were_written"),
        ("narrow", "test_rows_may_be_wide"),
        ("leaves_a_copy", "test_leaving_in_the_middle_leaves_nothing_open"),
    ],
)
def test_what_a_failing_test_shows_is_short(kind: str, test: str, request: pytest.FixtureRequest) -> None:
    """A terminal full of x hides the sentence that says what is wrong."""
    with pytest.raises(AssertionError) as caught:
        run(kind, test, request)
    assert len(str(caught.value)) < LONGEST_MESSAGE
