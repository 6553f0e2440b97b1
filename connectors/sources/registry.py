"""The kinds of sources there are, one line each for ours, and the one way to open a source of any kind."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from importlib.metadata import EntryPoint
from itertools import chain
from typing import TYPE_CHECKING, Annotated, Final

from connectors.sources.by_kind import ByKind
from connectors.sources.columns import check_header
from connectors.sources.csv_file import CsvSettings, open_csv
from connectors.sources.database import DatabaseSettings, open_database
from connectors.sources.edge import opened
from connectors.sources.errors import SourceEmpty, SourceSettingsWrong
from connectors.sources.excel_file import ExcelSettings, open_excel
from connectors.sources.installed import installed_kinds, load_kind, package_of
from connectors.sources.kind import Kind
from connectors.sources.nearest import did_you_mean
from connectors.sources.parquet_file import ParquetSettings, open_parquet
from connectors.sources.reading import Reading, Request, counted
from connectors.sources.settings import SourceSettings

KINDS: Final = {
    "csv": Kind(CsvSettings, open_csv),
    "parquet": Kind(ParquetSettings, open_parquet),
    "database": Kind(DatabaseSettings, open_database),
    "excel": Kind(ExcelSettings, open_excel),
}
"""Our own kinds; installed packages may add more."""


def find_kind(name: object) -> Kind:
    """Return the kind of a name, ours or an installed package's.

    Args:
        name: The name, as in `kind: csv`.

    Raises:
        SourceSettingsWrong: There is none, there are two, or its package is broken; the message goes on from the word
            `kind`.
    """
    installed, word = installed_kinds(), str(name)
    entries = installed.get(word, [])
    owners = [*(["contact-sync itself"] if word in KINDS else []), *map(package_of, entries)]
    if len(owners) > 1:
        raise SourceSettingsWrong(
            f'"{word}" cannot be used: {" and ".join(owners)} both define it. Uninstall the package that is not meant.'
        )
    if word in KINDS:
        return KINDS[word]
    if entries:
        return load_kind(entries[0])
    hint = did_you_mean(word, [*KINDS, *installed])
    raise SourceSettingsWrong(f"must be one of {', '.join(_offered(installed))}.{hint}")


def _offered(installed: Mapping[str, Sequence[EntryPoint]]) -> list[str]:
    """Return the names of kinds, without those of broken packages; what is wrong with a name taken twice is said."""
    usable = usable_kinds()
    return [*KINDS, *(name for name in sorted(installed.keys() - KINDS) if name in usable or len(installed[name]) > 1)]


def usable_kinds() -> dict[str, Kind]:
    """Return every kind by name, without those of broken packages."""
    found = {}
    for name in dict.fromkeys([*KINDS, *sorted(installed_kinds())]):
        try:
            found[name] = find_kind(name)
        except SourceSettingsWrong:
            continue  # said when a source uses it
    return found


if TYPE_CHECKING:
    AnySource = SourceSettings
else:
    AnySource = Annotated[SourceSettings, ByKind(find_kind, usable_kinds)]
    """For pydantic: the settings of any kind of source, told apart by `kind`."""


@contextmanager
def open_source(settings: SourceSettings, request: Request) -> Iterator[Reading]:
    """Open a source of any kind; on leaving, every file, cursor and connection is closed, however far it was read.

    Args:
        settings: The source's settings.
        request: The reading.

    Raises:
        SourceMissing: The file, table or server is not there, or may not be read.
        SourceEmpty: The source holds no rows.
        SourceBroken: The content cannot be trusted, or the kind failed; also while the batches are read.
        SourceSettingsWrong: The settings do not fit the source.
    """
    with open_unmapped(settings, request) as reading:
        check_header(settings, reading.header)
        batches = counted(reading.batches, reading.facts)
        with closing(batches):
            first = next(batches, None)
            if first is None:
                raise no_rows(settings)
            reading.batches = chain([first], batches)
            yield reading


def no_rows(settings: SourceSettings) -> SourceEmpty:
    """Return the error of a source that has columns and no rows."""
    return SourceEmpty(
        f"Source {settings.name} is empty: it has columns and no rows. Deliver its rows, then sync again."
    )


@contextmanager
def open_unmapped(settings: SourceSettings, request: Request) -> Iterator[Reading]:
    """Open a source whose columns need not be those of its mapping, to look at it; a sync never reads one so.

    Args:
        settings: The source's settings.
        request: The reading.

    Raises:
        SourceError: As `open_source`, but for what the mapping or emptiness decides.
    """
    with opened(find_kind(settings.kind), settings, request) as reading:
        yield reading
