"""From a PostgreSQL table to a snapshot, beside what drivers alone write to Parquet: connectorx and ADBC.

The server is the tests' own. connectorx serves this comparison alone and is no dependency:
`.venv/bin/python -m pip install connectorx`.
"""

import datetime as dt
import os
import tempfile
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import adbc_driver_postgresql.dbapi as adbc
import pyarrow as pa
import pyarrow.parquet as pq
import yaml

from benchmarks.measuring import measure_once, medians
from pipelines.installation import open_installation
from pipelines.steps.extract import extract

with suppress(ImportError):
    import connectorx

DAY: Final = dt.date(2026, 11, 24)
ROUNDS: Final = 3
TARGETS: Final = "targets: at least 70 % of connectorx, 90 % of ADBC; memory of 5 times the rows within 20 %"
_GROUP_ROWS: Final = 100_000
_TABLE: Final = "contact_sync_bench_people"
_URL: Final = os.environ.get("CONTACT_SYNC_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432/postgres")
_QUERY: Final = f"SELECT * FROM {_TABLE} WHERE customer_id <= {{}}"  # noqa: S608 - our own
_MAKE: Final = f"""
    CREATE UNLOGGED TABLE {_TABLE} AS SELECT
        n AS customer_id,
        'person' || n || '@example' || n % 997 || '.com' AS email,
        'First' || n % 4001 AS first_name,
        'Last' || n % 50021 AS last_name,
        'Company ' || n % 30011 || ', Inc.' AS company,
        '+1555' || lpad((n % 9999991)::text, 7, '0') AS phone,
        n % 9973 || ' Main Street' AS street,
        'City' || n % 19997 AS city,
        'IL'::char(2) AS state,
        lpad((n % 99991)::text, 5, '0') AS zip,
        n % 2 = 0 AS active,
        date '1940-01-01' + (n % 23000)::int AS born,
        timestamptz '2015-01-01Z' + n % 5000000 * interval '1 minute' AS signed_up,
        (n % 100)::int AS score,
        (n % 100000 / 7.0)::numeric(12, 2) AS spent
    FROM generate_series(1, {{}}) AS n
"""  # noqa: S608 - our own
_FIELDS: Final = {"email": "email", "firstName": "first_name", "lastName": "last_name", "custom1": "signed_up"}


def run(rows: int) -> None:
    """Print the medians, the ratios, and the peak for a fifth of the rows and for all of them."""
    ways = ["ours", "through_adbc", *(["through_connectorx"] if find_spec("connectorx") else [])]
    _execute(f"DROP TABLE IF EXISTS {_TABLE}", _MAKE.format(5 * rows), f"ANALYZE {_TABLE}")
    try:
        # Round by round, so that whatever else the machine does meets each of them alike.
        rounds = [[measure_once("databases", way, rows) for way in ways] for _ in range(ROUNDS)]
        found = {way: medians([one[place] for one in rounds]) for place, way in enumerate(ways)}
        larger = measure_once("databases", "ours", 5 * rows)
    finally:
        _execute(f"DROP TABLE {_TABLE}")
    print(f"PostgreSQL to Parquet, {rows:,} rows of 15 columns")
    for way, one in found.items():
        times = f"{one.seconds:6.2f} s, {one.cpu_seconds:6.2f} s of our CPU"
        print(f"  {way:20} {rows / one.seconds:10,.0f} rows/s  {one.peak_mib:6.0f} MiB  {times}")
    for way in ways[1:]:
        print(f"  ours is {found[way].seconds / found['ours'].seconds:.0%} of {way}")
    growth = larger.peak_mib / found["ours"].peak_mib
    print(f"  peak at {5 * rows:,} rows {larger.peak_mib:.0f} MiB, {growth:.2f} times that at {rows:,}; {TARGETS}")
    if "through_connectorx" not in ways:
        print("  connectorx is not installed: .venv/bin/python -m pip install connectorx")


def ours(rows: int) -> int:
    """Extract the first rows into a snapshot, as a sync does."""
    with tempfile.TemporaryDirectory() as name:
        source = {"name": "people", "kind": "database", "url": _URL, "query": _QUERY.format(rows), "fields": _FIELDS}
        file = Path(name, "sync.yaml")
        file.write_text(yaml.safe_dump({"sources": [source]}))
        installation = open_installation({**os.environ, "CONTACT_SYNC_STORAGE": str(Path(name, "storage"))}, file)
        return extract(installation, installation.settings.sources[0], DAY).rows


def through_adbc(rows: int) -> int:
    """Write what the driver streams."""
    with adbc.connect(_URL) as connection, connection.cursor() as cursor:
        cursor.execute(_QUERY.format(rows))
        return _write(cursor.fetch_record_batch())


def through_connectorx(rows: int) -> int:
    """Write what connectorx streams."""
    return _write(connectorx.read_sql(_URL, _QUERY.format(rows), return_type="arrow_stream"))


def _write(batches: pa.RecordBatchReader) -> int:
    """Write a Parquet file as our own snapshots are written, so that the difference is in the reading."""
    rows, waiting = 0, []
    with tempfile.TemporaryDirectory() as name, _writer(Path(name), batches.schema) as file:
        for batch in batches:
            waiting.append(batch)
            rows += batch.num_rows
            if sum(one.num_rows for one in waiting) >= _GROUP_ROWS:
                file.write_table(pa.Table.from_batches(waiting))
                waiting = []
        file.write_table(pa.Table.from_batches(waiting, batches.schema))
    return rows


def _writer(folder: Path, schema: pa.Schema) -> pq.ParquetWriter:
    return pq.ParquetWriter(
        folder / "people.parquet", schema, compression="zstd", use_dictionary=False, write_statistics=False
    )


def _execute(*statements: str) -> None:
    with adbc.connect(_URL, autocommit=True) as connection, connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
