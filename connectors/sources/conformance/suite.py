"""The promises themselves, one test each. pytest is imported here and in no other part of the product."""

import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any, ClassVar, Final
from urllib.parse import urlsplit

import pyarrow as pa
import pytest
import yaml

from connectors.sources.conformance.held import (
    DAY,
    Held,
    Source,
    header_problem,
    open_things,
    same,
    schema_problem,
    shown,
    temporary_files_in,
)
from connectors.sources.conformance.people import LARGE_BYTES, LATE, NAMES, TEXTS, many_people, people
from connectors.sources.errors import SourceEmpty, SourceError, SourceMissing, SourceSettingsWrong

_NAME: Final = "suite"
_PEOPLE: Final = 5000
_PATIENCE: Final = 600


class SourceSuite:
    """What every kind of source promises; a subclass per kind says how to make a source of it, and inherits the tests.

    The kind is found by its name, as a sync finds it: its package has to be installed.

    Attributes:
        environ: The environment variables that its settings refer to; their values are secrets.
        extra_columns: The columns that the kind adds to those it is given, such as an id.
        names: Odd names of columns that must be found as they are.
        texts: Odd texts that must arrive as they are.
        width: How many columns a wide source has.
        large_rows: How many rows a large one has.
        most_bytes: By how much a process may grow while it reads the large one: more than what it holds
            and less than what all of it takes at once.
    """

    environ: Mapping[str, str] = MappingProxyType({})
    extra_columns: ClassVar[tuple[str, ...]] = ()
    names: ClassVar[Sequence[str]] = NAMES
    texts: ClassVar[Sequence[str]] = TEXTS
    width: ClassVar[int] = 500
    large_rows: ClassVar[int] = 1_000_000
    most_bytes: ClassVar[int] = LARGE_BYTES * 13 // 8

    def make(self, folder: Path, people: pa.Table) -> Iterator[dict[str, Any]]:
        """Make a source of these people, yield its settings but for name and fields, then take it away again.

        Args:
            folder: An empty folder, which is deleted afterwards; relative paths in the settings start here.
            people: The rows, every column of them text.
        """
        raise NotImplementedError

    def make_large(self, folder: Path, rows: int) -> Iterator[dict[str, Any]]:
        """Make a large source, as `make` does; worth writing where `make` is slow.

        Args:
            folder: As for `make`.
            rows: How many rows it has; all of them together hold `LARGE_BYTES`.
        """
        yield from self.make(folder, many_people(rows))

    @contextmanager
    def source(self, folder: Path, people: pa.Table) -> Iterator[Source]:
        """Make a source whose first column holds the addresses."""
        with _made(self.make(folder, people)) as given:
            yield self._named(folder, given, people.column_names[0])

    def _named(self, folder: Path, given: dict[str, Any], email: str) -> Source:
        return Source({**given, "name": _NAME, "fields": {"email": email}}, folder, self.environ)

    def _read(self, folder: Path, people: pa.Table) -> Held:
        """Read these people; return what was held of the columns that were given."""
        with self.source(folder, people) as source:
            held = source.read()
        problem = header_problem(held.header, people.column_names, self.extra_columns)
        assert problem is None, problem
        return held.without(self.extra_columns)

    def test_rows_are_numbered_from_one_without_gaps(self, tmp_path: Path) -> None:
        """Every row read is accounted for by its number."""
        numbers = self._read(tmp_path, people(_PEOPLE)).numbers
        assert numbers == list(range(1, _PEOPLE + 1)), "The rows' numbers have gaps, repeats or another order."

    def test_the_rows_are_the_sources_own_in_its_order(self, tmp_path: Path) -> None:
        """No row is lost, repeated or changed on the way."""
        given = people(_PEOPLE, name=[f"Name {number}" for number in range(_PEOPLE)])
        held = self._read(tmp_path, given)
        assert held.rows == _rows(given), "The rows are not those of the source, or in another order."

    def test_the_schema_is_one(self, tmp_path: Path) -> None:
        """Every batch has the schema of its reading, technical columns first."""
        held = self._read(tmp_path, people(_PEOPLE, name=["Ann"] * _PEOPLE))
        assert (problem := schema_problem(held)) is None, problem

    def test_two_readings_are_equal(self, tmp_path: Path) -> None:
        """A source that did not change is read the same again, so that nothing is sent twice."""
        with self.source(tmp_path, people(_PEOPLE, name=["Ann"] * _PEOPLE)) as source:
            assert same(source.read(), source.read()), "A second reading differs from the first one."

    def test_a_column_may_start_with_blanks(self, tmp_path: Path) -> None:
        """A column's type does not follow from its first rows: what comes late arrives as it was written."""
        late = [None] * (_PEOPLE - 2) + ["7", "007"]
        held = self._read(tmp_path, people(_PEOPLE, late=late))
        assert [row[1] for row in held.rows] == late, "A column that starts with blanks loses what comes after them."

    def test_nothing_stays_nothing(self, tmp_path: Path) -> None:
        """A missing value is none or an empty text, never a word that stands for one."""
        held = self._read(tmp_path, people(3, name=["Ann", None, "Bob"], blank=[None] * 3))
        expected = [("Ann", None), (None, None), ("Bob", None)]
        assert [row[1:] for row in held.rows] == expected, "A missing value arrives as something else than nothing."

    def test_texts_arrive_as_they_were_written(self, tmp_path: Path) -> None:
        """Names in all scripts, leading zeros, quotes and words such as NULL are people's data."""
        held = self._read(tmp_path, people(len(self.texts), text=list(self.texts)))
        changed = [text for text, row in zip(self.texts, held.rows, strict=False) if row[1] != text]
        assert not changed, f"These texts arrive changed: {shown(changed)}"
        assert len(held.rows) == len(self.texts), "There are more or fewer rows than texts."

    def test_columns_keep_their_names(self, tmp_path: Path) -> None:
        """A column is found by its name as the company writes it, and may be mapped by it."""
        cells = [[f"person{number}@example.com"] for number in range(len(self.names))]
        odd = pa.table(dict(zip(self.names, cells, strict=True)))
        held = self._read(tmp_path, odd)
        assert held.rows == _rows(odd), "Columns with odd names hold something else."

    def test_rows_may_be_wide(self, tmp_path: Path) -> None:
        """Exports of customer systems have hundreds of columns."""
        columns: dict[str, list[str | None]] = {f"column {n}": [f"a{n}", f"b{n}"] for n in range(self.width - 1)}
        given = people(2, **columns)
        held = self._read(tmp_path, given)
        assert held.rows == _rows(given), "Wide rows arrive changed."

    def test_no_rows_are_empty(self, tmp_path: Path) -> None:
        """An empty source is never read as everyone gone."""
        with pytest.raises(SourceEmpty):
            self._read(tmp_path, people(0))

    def test_a_source_that_is_gone_is_missing(self, tmp_path: Path) -> None:
        """A source that was not delivered, or does not answer, is told apart from one that is broken."""
        error = self._missing(tmp_path)
        assert isinstance(error, SourceMissing), f"A source that is gone is a {type(error).__name__}: {error}"
        assert not isinstance(error, SourceEmpty), "A source that is gone is said to be empty."

    def test_a_column_that_is_gone_is_named(self, tmp_path: Path) -> None:
        """A column that was renamed stops the sync before a row of it is used."""
        with self.source(tmp_path, people(3)) as source:
            renamed = self._named(tmp_path, source.given, "Renamed")
            with pytest.raises(SourceSettingsWrong, match="Renamed"):
                renamed.read()

    def test_leaving_in_the_middle_leaves_nothing_open(
        self, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
    ) -> None:
        """A sync that is stopped holds no file, connection or thread of its source any more, and leaves no copy."""
        temporary = tmp_path_factory.mktemp("temporary")
        given = people(30_000, name=["Ann" * 20] * 30_000)
        with self.source(tmp_path, given) as source, temporary_files_in(temporary):
            source.read()  # what a library keeps for ever, it has now
            files = _files(tmp_path)
            before = open_things()
            with source.opened() as reading:
                next(reading.batches)
            left = open_things() - before
            assert not left, f"Still open after the source was left: {sorted(left)}"
            assert _files(tmp_path) == files, "Reading has changed the files beside the settings."
        copies = [path.name for path in temporary.iterdir()]
        assert not copies, f"Left in the system's temporary folder: {shown(copies)}. Write into request.scratch alone."

    def test_a_caller_that_fails_gets_its_own_error(self, tmp_path: Path) -> None:
        """What goes wrong while rows are used is not blamed on the source, and closes it all the same."""
        with self.source(tmp_path, people(_PEOPLE)) as source:
            source.read()
            before = open_things()
            with pytest.raises(OSError, match="the caller's disk"), source.opened():
                raise OSError("the caller's disk")
            left = open_things() - before
            assert not left, f"Still open after its caller failed: {sorted(left)}"

    def test_a_large_source_is_read_in_bounded_memory(self, tmp_path: Path) -> None:
        """A source of any size passes through in pieces."""
        with _made(self.make_large(tmp_path, self.large_rows)) as given:
            source = self._named(tmp_path, given, "email")
            asked = {"settings": source.given, "folder": str(tmp_path), "day": DAY.isoformat()}
            said = self._run("connectors.sources.conformance.peak", said=json.dumps(asked))
        assert said.returncode == 0, f"The large source could not be read: {said.stderr[-2000:]}"
        found = json.loads(said.stdout)
        assert found["rows"] == self.large_rows, f"{found['rows']:,} of {self.large_rows:,} rows were read."
        assert found["code"] in (None, LATE), (
            "The type of a column follows from its first rows, and its last one is lost."
        )
        grown, most = found["bytes"] >> 20, self.most_bytes >> 20
        assert grown <= most, f"Reading it took {grown} MiB, and may take {most}. Yield smaller pieces."

    def test_secrets_are_never_shown(
        self, tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
    ) -> None:
        """No printed form, fact, log line or error holds a secret, also where the source does not answer."""
        with caplog.at_level(logging.DEBUG), self.source(tmp_path, people(3)) as source:
            held = source.read()
            shown = [repr(source.settings), str(source.settings), source.settings.model_dump_json(), repr(held.facts)]
        with caplog.at_level(logging.DEBUG):
            error = self._missing(tmp_path / "again")
        told = capfd.readouterr()
        shown += [str(error), repr(error), repr(error.__cause__), caplog.text, told.out, told.err]
        assert not self._shows_a_secret("\n".join(shown)), "A secret is in a printed form, a fact, a log or an error."

    def test_a_secret_that_is_not_set_is_named(self, tmp_path: Path) -> None:
        """Whoever forgot to set a variable is told which one."""
        with self.source(tmp_path, people(3)) as source:
            for variable in self.environ:
                rest = {name: value for name, value in self.environ.items() if name != variable}
                with pytest.raises(SourceSettingsWrong, match=variable):
                    Source(source.given, source.folder, rest).read()

    def test_check_shows_the_source_as_json(self, tmp_path: Path) -> None:
        """`contact-sync check --source … --json` prints one document, with no secret and no person in it."""
        with self.source(tmp_path, people(7, name=["Annabel"] * 7)) as source:
            config = tmp_path / "sync.yaml"
            config.write_text(yaml.safe_dump({"sources": [source.given]}), encoding="utf-8")
            said = self._run("pipelines.cli.main", "check", "--source", _NAME, "--json", "--config", str(config))
        assert said.returncode == 0, f"check failed: {said.stdout[-2000:]}{said.stderr[-2000:]}"
        document = _document(said.stdout)
        problem = header_problem([one["name"] for one in document["columns"]], ["email", "name"], self.extra_columns)
        assert problem is None, f"check shows other columns. {problem}"
        assert document["sample"]["rows"] == 7, "check did not read the rows."  # noqa: PLR2004 - as many as were made
        assert not self._shows_a_secret(said.stdout + said.stderr), "check shows a secret."
        assert "person1" not in said.stdout + said.stderr, "check shows a person."
        assert "Annabel" not in said.stdout + said.stderr, "check shows a person."

    def _missing(self, folder: Path) -> SourceError:
        """Return the error of a source that was taken away."""
        folder.mkdir(exist_ok=True)
        with self.source(folder, people(3)) as source:
            pass
        for path in folder.rglob("*"):
            if path.is_file():
                path.unlink()
        with pytest.raises(SourceError) as caught:
            source.read()
        return caught.value

    def _shows_a_secret(self, shown: str) -> bool:
        passwords = (urlsplit(value).password for value in self.environ.values() if "://" in value)
        return any(secret in shown for secret in (*self.environ.values(), *passwords) if secret)

    def _run(self, module: str, *arguments: str, said: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # noqa: S603 - our own programs
            [sys.executable, "-m", module, *arguments],
            input=said,
            capture_output=True,
            text=True,
            check=False,
            timeout=_PATIENCE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), **self.environ},
        )


@contextmanager
def _made(steps: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Give what `make` yields, and let it clear up afterwards, also after a test that failed."""
    given = next(steps)
    try:
        yield given
    finally:
        next(steps, None)


def _document(printed: str) -> dict[str, Any]:
    try:
        document: dict[str, Any] = json.loads(printed)
    except json.JSONDecodeError:
        pytest.fail(f"Something is printed beside the JSON document: {printed[:200]}")
    return document


def _rows(table: pa.Table) -> list[tuple[Any, ...]]:
    return [tuple(row.values()) for row in table.to_pylist()]


def _files(folder: Path) -> list[tuple[str, int]]:
    return sorted((str(path), path.stat().st_size) for path in folder.rglob("*") if path.is_file())
