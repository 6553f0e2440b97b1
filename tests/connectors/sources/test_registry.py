"""The registry: every kind of ours is tried by the suite, counted as it is read, and known to editors."""

from pathlib import Path
from typing import Final

from connectors.sources.conformance import SourceSuite
from connectors.sources.registry import KINDS
from tests.connectors.sources import test_conformance as suites
from tests.connectors.sources.opening import SETTINGS, csv

SUITES: Final[dict[str, type[SourceSuite]]] = {
    "csv": suites.TestCsv,
    "parquet": suites.TestParquet,
    "database": suites.TestSqlite,
    "excel": suites.TestExcel,
}


def test_every_kind_is_tested() -> None:
    """A kind that the suite does not try keeps no promise; what it promises is in the suite."""
    assert SUITES.keys() == KINDS.keys()


def test_rows_are_counted_for_whatever_kind(tmp_path: Path) -> None:
    """How much was read, and how much of it set aside, is known of every source."""
    held = csv(tmp_path, "email,name\na@b.co,Ann\nb@b.co,Bob,more\nc@b.co,Cy\n")
    assert (held.facts["rows"], held.facts["set_aside"]) == (3, 1)


def test_the_settings_have_a_json_schema() -> None:
    """An editor can complete every kind's settings, told apart by `kind`."""
    schema = SETTINGS.json_schema()
    assert set(schema["discriminator"]["mapping"]) == set(KINDS)
