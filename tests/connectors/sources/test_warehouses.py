"""The databases that no test has a server for: what they share, through real drivers, and their missing drivers."""

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import adbc_driver_sqlite.dbapi as adbc
import pyarrow as pa
import pytest
from adbc_driver_manager import Error

from connectors.sources.arrow_rows import explain_by_class, found_as_arrow, open_through_adbc
from connectors.sources.database_engine import Query, Target
from connectors.sources.errors import SourceBroken, SourceMissing, SourceSettingsWrong
from connectors.sources.reading import Request
from tests.connectors.sources.opening import DAY, read
from tests.connectors.sources.postgres import Server

TARGET = Target(
    "snowflake://ann:hunter2@account/base", "snowflake://account/base", 60, Request(DAY, Path(), {}, Path())
)


@pytest.mark.parametrize(
    ("scheme", "module", "extra"),
    [
        ("snowflake", "adbc_driver_snowflake", "snowflake"),
        ("bigquery", "adbc_driver_bigquery", "bigquery"),
        ("sqlserver", "mssql_python", "sqlserver"),
        ("mssql", "mssql_python", "sqlserver"),
        ("oracle", "oracledb", "oracle"),
    ],
)
def test_a_missing_driver_is_a_sentence_that_names_its_extra(scheme: str, module: str, extra: str) -> None:
    """Whoever names such a database is told the one command that is missing."""
    if find_spec(module) is not None:
        pytest.skip(f"{module} is installed here")
    with pytest.raises(SourceSettingsWrong) as caught:
        read(Path(), {"DB": f"{scheme}://ann:hunter2@host/base"}, kind="database", url={"env": "DB"}, table="people")
    assert str(caught.value) == (
        f'Source crm: the driver for {scheme} is not installed. Install it with: pip install "contact-sync[{extra}]".'
    )


def test_a_driver_that_does_not_load_is_not_called_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """To install it again would not help: what is missing is a library below it, which it names."""
    if find_spec("mssql_python") is not None:
        pytest.skip("mssql_python is installed here")
    (tmp_path / "mssql_python.py").write_text("raise ImportError('libltdl.so.7: cannot open shared object file')")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(SourceSettingsWrong) as caught:
        read(Path(), {"DB": "mssql://ann:hunter2@host/base"}, kind="database", url={"env": "DB"}, table="people")
    assert str(caught.value) == (
        "Source crm: the driver for mssql is installed, and does not load on this machine (ImportError: libltdl.so.7: "
        "cannot open shared object file). Install the library of the system that it needs, or the driver anew."
    )


def test_a_driver_without_its_library_is_not_a_query_that_fails() -> None:
    """Some say so only when they connect, and with a class that says little."""
    said = str(explain_by_class(RuntimeError("ddbc hunter2"), TARGET))
    assert said == (
        "snowflake://account/base: its driver cannot work on this machine, where a library of the system is missing. "
        "Its documentation names them."
    )


def test_a_result_travels_as_arrow_with_its_values_bound() -> None:
    """Parameters are bound in their order, and rows come as the driver's own types."""
    query = Query("select ? as email, ? + 1 as n, ? as again", ("date", "since", "date"), {"date": "d", "since": 41})
    with adbc.connect() as connection, open_through_adbc(connection, TARGET, query) as found:
        assert found.header == ("email", "n", "again")
        assert [batch.to_pylist() for batch in found.batches] == [[{"0": "d", "1": 42, "2": "d"}]]


def test_columns_that_hold_no_single_value_are_named() -> None:
    """Lists and bytes may be there, and may not be mapped; what every reader can hold travels as it is."""
    schema = pa.schema({"a": pa.decimal256(60, 2), "b": pa.list_(pa.int8()), "c": pa.binary(), "d": pa.date32()})
    found = found_as_arrow(schema, iter([pa.RecordBatch.from_pylist([{"a": 1, "c": b"x"}], schema)]))
    assert found.unreadable == ("b", "c")
    assert found.types == (pa.string(), pa.list_(pa.int8()), pa.binary(), pa.date32())
    assert [column.type for column in next(found.batches).columns] == list(found.types)


@pytest.mark.parametrize(
    ("fault", "kind", "words"),
    [
        (Error("hunter2", status_code=13), SourceMissing, "the login is refused"),
        (Error("hunter2", status_code=5), SourceSettingsWrong, "the query is not right"),
        (Error("hunter2", status_code=7), SourceBroken, "a value that it cannot use"),
        (Error("hunter2", status_code=12), SourceMissing, "longer than timeout_seconds"),
        (Error("hunter2", status_code=9), SourceMissing, "could not run the query"),
        (ConnectionResetError("hunter2"), SourceMissing, "cannot be reached, or stopped answering"),
        (pa.ArrowInvalid("hunter2"), SourceMissing, "could not run the query"),
    ],
)
def test_a_fault_is_a_sentence_without_the_driver_s_text(fault: Exception, kind: type[Exception], words: str) -> None:
    """A driver of ours that we cannot try may put anything into its text."""
    explained = explain_by_class(fault, TARGET)
    assert type(explained) is kind
    assert str(explained).startswith("snowflake://account/base: ")
    assert words in str(explained)
    assert "hunter2" not in str(explained)


def test_redshift_is_read_as_a_postgresql(server: Server) -> None:
    """What it shares with PostgreSQL is tried on one: its protocol, bound values, types and faults."""
    environ = {"DB": server.url.replace("postgresql://", "redshift://")}
    given: dict[str, Any] = {"kind": "database", "url": {"env": "DB"}}
    query = (
        "select 'a@b.c' as email, :date as day, timestamp '2026-01-02 03:04:05' as at, 7 as n, repeat('x', 999) as x"
    )
    held = read(Path(), environ, **given, query=query)
    assert held.cells == [("a@b.c", "2026-11-24", "2026-01-02T03:04:05", 7, "x" * 999)]
    with pytest.raises(SourceMissing, match=r"^Source crm: redshift://.*the table is not there"):
        read(Path(), environ, **given, table="nowhere")
