"""parquet-testing's files, good and bad (Apache): equal to what pyarrow reads or refused, and no panic escapes."""

import datetime as dt
import os
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pyarrow.parquet as pq
import yaml

from connectors.sources.columns import TECHNICAL_FIELDS
from connectors.sources.errors import SourceError
from connectors.sources.parquet_types import plain_type
from pipelines.installation import open_installation
from pipelines.steps.extract import extract
from pipelines.steps.validate import validate_source
from tests.corpora.bounded import CRASHED, HUNG, all_bounded
from tests.corpora.score import Score

EQUAL, REFUSED, DIFFERENT = "equal", "refused", "different"
READ_ALIKE = "read, and equal to what pyarrow reads"
_MOST_FIELDS = 30
_DAY = dt.date(2026, 11, 24)


def score(folder: Path) -> Score:
    """Score every file below a folder; those under `bad_data` should be refused."""
    result = Score()
    paths = sorted(path for path in folder.rglob("*.parquet*") if path.is_file() and path.suffix != ".json")
    for path, end in zip(paths, all_bounded(outcome, paths), strict=True):
        bad = "bad_data" in path.parts
        name = f"bad file, {READ_ALIKE if end == EQUAL else end}" if bad else end
        result.add(str(path.relative_to(folder)), name, wrong=end.startswith((HUNG, CRASHED, DIFFERENT)))
    return result


def outcome(path: Path) -> str:
    """Tell what became of a file: read by the source, compared, and carried on to its contacts."""
    fields = mapped(path)
    try:
        with TemporaryDirectory() as folder:
            Path(folder, "file.parquet").write_bytes(path.read_bytes())
            ours = carried_on(Path(folder), fields)
    except SourceError:
        return REFUSED
    with pq.ParquetFile(path, coerce_int96_timestamp_unit="us") as file:
        theirs = file.read()
    places = [place for place, kind in enumerate(theirs.schema.types) if plain_type(kind) is not None]
    alike = all(texts(ours[place + len(TECHNICAL_FIELDS)]) == texts(theirs[place]) for place in places)
    return EQUAL if alike and ours.num_rows == theirs.num_rows else DIFFERENT


def mapped(path: Path) -> dict[str, str]:
    """Return a mapping of the columns of single values, or of one column of another kind where there are none."""
    try:
        schema = pq.read_schema(path)
    except (pa.ArrowException, OSError):
        return {"email": "email"}
    names = [
        field.name for field in schema if plain_type(field.type) is not None and schema.names.count(field.name) == 1
    ]
    fields = ["email", *(f"custom{number}" for number in range(1, _MOST_FIELDS))]
    return dict(zip(fields, names or schema.names[:1], strict=False)) or {"email": ""}


def carried_on(folder: Path, fields: Mapping[str, str]) -> pa.Table:
    """Take a file through the steps up to its contacts, and return its snapshot."""
    source = {"name": "file", "kind": "parquet", "path": "file.parquet", "fields": dict(fields)}
    (folder / "sync.yaml").write_text(yaml.safe_dump({"sources": [source]}), encoding="utf-8")
    environ = {**os.environ, "CONTACT_SYNC_STORAGE": str(folder / "storage")}
    installation = open_installation(environ, folder / "sync.yaml")
    [opened] = installation.settings.sources
    snapshot = extract(installation, opened, _DAY)
    validate_source(installation, opened, _DAY)
    return pq.read_table(snapshot.path)


def texts(column: pa.ChunkedArray) -> list[str | None]:
    """Return a column's values as texts: not-a-number is one, and a year beyond Python's, too."""
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if column.type == pa.uuid():
        return [None if value is None else str(value) for value in column.to_pylist()]
    if pa.types.is_duration(column.type):
        column = column.cast(pa.int64())
    found: list[str | None] = column.cast(pa.string()).to_pylist()
    return found
