"""What `init --from` proposes for a source that nobody has described yet: its mapping, and what is undecided."""

import datetime as dt
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import polars as pl
import pyarrow as pa
from pydantic import TypeAdapter, ValidationError

from connectors.sources.errors import SourceSettingsWrong
from connectors.sources.reading import Reading, Request
from connectors.sources.registry import AnySource, open_unmapped
from connectors.sources.settings import SourceSettings
from pipelines.place import Place
from pipelines.steps.slices import frame
from schemas.column_names import looks_like_data, named
from schemas.fields import EMAIL, FIELDS, FieldType
from schemas.headers import suggested_fields
from schemas.proposed_opt_outs import proposed_opt_outs
from schemas.recognised import ISO_DAY, ISO_MOMENTS, day_format, moment_format
from schemas.rows import TECHNICAL

SAMPLE_ROWS: Final = 10_000

_SETTINGS: Final[TypeAdapter[SourceSettings]] = TypeAdapter(AnySource)
_ADDRESS: Final = r"\A\s*[^@\s]+@[^@\s]+\.[^@\s]+\s*\z"
_CUSTOM: Final = tuple(name for name in FIELDS if name.startswith("custom") and name != "customerID")


@dataclass
class Proposal:
    """A source as it could stand in sync.yaml.

    Attributes:
        place: Where it is.
        fields: The mapping, as in the settings.
        unmapped: Mappings of the remaining columns, for a person to take up or not.
        undecided: What a person has to decide, in sentences.
    """

    place: Place
    fields: dict[str, Any] = field(default_factory=dict)
    unmapped: dict[str, Any] = field(default_factory=dict)
    undecided: list[str] = field(default_factory=list)

    @property
    def settings(self) -> dict[str, Any]:
        """The source's settings."""
        return {"name": self.place.name, **self.place.given, "fields": self.fields}


@dataclass(frozen=True)
class _Seen:
    """The start of a source: its columns under the names they are found by, its first rows, its files."""

    header: tuple[str, ...]
    rows: pl.DataFrame
    files: tuple[str, ...]

    @property
    def lonely(self) -> list[str]:
        """The columns that a mapping can name: those whose name is not repeated, in any case."""
        alike = [name.strip().casefold() for name in self.header]
        return [name for name, word in zip(self.header, alike, strict=True) if name and alike.count(word) == 1]


def propose(place: Place, folder: Path, environ: Mapping[str, str], day: dt.date) -> Proposal:
    """Look at a source that nobody has described yet, and propose its settings; nothing of it is kept.

    Args:
        place: Where it is.
        folder: The folder that relative paths start from.
        environ: The environment that secrets are read from.
        day: The day whose data is opened.

    Raises:
        SourceError: It cannot be read, or none of its columns holds addresses.
    """
    proposal = Proposal(place)
    seen = look(place, EMAIL, folder, environ, day)
    proposal.fields[EMAIL] = _address_column(seen, place.name)
    _propose_fields(proposal, seen)
    _propose_opt_outs(proposal, seen)
    _list_unmapped(proposal, seen)
    return proposal


def look(place: Place, email: str, folder: Path, environ: Mapping[str, str], day: dt.date) -> _Seen:
    """Read the start of a source.

    Raises:
        SourceError: It cannot be read.
    """
    with _opened(place, email, folder, environ, day) as reading:
        batches, wanted = [], SAMPLE_ROWS
        while wanted > 0 and (batch := next(reading.batches, None)) is not None:
            batches.append(batch.slice(0, wanted))
            wanted -= batch.num_rows
        rows = frame(pa.Table.from_batches(batches, reading.schema))
        return _Seen(reading.header, rows.drop(list(TECHNICAL)), reading.files)


@contextmanager
def _opened(place: Place, email: str, folder: Path, environ: Mapping[str, str], day: dt.date) -> Iterator[Reading]:
    given = {"name": place.name, **place.given, "fields": {EMAIL: email}}
    try:
        settings = _SETTINGS.validate_python(given)
    except ValidationError as error:
        raise SourceSettingsWrong(
            " ".join(str(one["msg"]).removeprefix("Value error, ") for one in error.errors(include_input=False))
        ) from None
    with TemporaryDirectory() as scratch:
        request = Request(day, folder, {**environ, **place.environ}, Path(scratch))
        with open_unmapped(settings, request) as reading:
            yield reading


def _address_column(seen: _Seen, name: str) -> str:
    """Return the column of addresses: by its name, else by what it holds."""
    for column, wanted in suggested_fields(seen.header).items():
        if wanted == EMAIL:
            return column
    texts = [one for one in seen.lonely if one in seen.rows and seen.rows.schema[one] == pl.String]
    counts = {one: seen.rows[one].str.contains(_ADDRESS).sum() for one in texts}
    best = max(counts, key=lambda one: counts[one], default=None)
    if best is not None and 2 * counts[best] > seen.rows.height:
        return best
    found = "its first line looks like a contact" if looks_like_data(seen.header) else f"it has {named(seen.header)}"
    raise SourceSettingsWrong(
        f"Source {name}: no column is surely the one of the e-mail addresses; {found}. "
        "Give it a header in which one column, and no other, is called email, or write the source by hand."
    )


def _propose_fields(proposal: Proposal, seen: _Seen) -> None:
    for column, name in suggested_fields(seen.header).items():
        if name == EMAIL or column in proposal.fields.values() or column not in seen.rows:
            continue
        if FIELDS[name].type is FieldType.DATE:
            _propose_date(proposal, name, column, seen.rows[column])
        else:
            proposal.fields[name] = column


def _propose_date(proposal: Proposal, name: str, column: str, values: pl.Series) -> None:
    if values.dtype.is_temporal():
        proposal.fields[name] = column
    elif (found := day_format(values) if values.dtype == pl.String else None) is not None:
        proposal.fields[name] = column if found == ISO_DAY else {"column": column, "format": found}
    else:
        proposal.unmapped[name] = {"column": column, "format": "%m/%d/%Y"}
        proposal.undecided.append(
            f'{name}: the first rows of "{column}" do not tell how its dates are written. '
            "Set the format, and take the mapping in."
        )


def _propose_opt_outs(proposal: Proposal, seen: _Seen) -> None:
    mapping = _SETTINGS.validate_python(proposal.settings).mapping()
    columns = [name for name in seen.lonely if name in seen.rows]
    found = proposed_opt_outs(mapping, seen.rows, columns, seen.files)
    if found.mapping is not None:
        proposal.fields["suppressed"] = found.mapping
    elif found.doubtful is not None:
        proposal.unmapped["suppressed"] = {"column": found.doubtful, "when": ["Unsubscribed"]}
        proposal.undecided.append(
            f'suppressed: "{found.doubtful}" looks like a record of opt-outs, and its words do not tell which of them '
            "mean one. Name those words in `when`, and take the mapping in: nothing is synced before."
        )


def _list_unmapped(proposal: Proposal, seen: _Seen) -> None:
    used = {_column(one) for one in (*proposal.fields.values(), *proposal.unmapped.values())}
    rest = [name for name in seen.lonely if name not in used and name in seen.rows]
    for name, column in zip(_CUSTOM, rest, strict=False):
        proposal.unmapped[name] = _custom(column, seen.rows[column])


def _custom(column: str, values: pl.Series) -> Any:  # noqa: ANN401 - a mapping as in the settings
    if values.dtype != pl.String:
        return column
    for kind, found in (("datetime", moment_format(values)), ("date", day_format(values))):
        if found is not None:
            stated = {} if found in (*ISO_MOMENTS, ISO_DAY) else {"format": found}
            return {"column": column, "type": kind, **stated}
    return column


def _column(mapping: Any) -> str | None:  # noqa: ANN401 - the same
    found = mapping if isinstance(mapping, str) else mapping.get("column")
    return None if found is None else str(found)
