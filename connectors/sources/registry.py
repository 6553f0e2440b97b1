"""The kinds of sources there are, one line each, and the one way to open a source of any kind."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from functools import reduce
from itertools import chain
from operator import or_
from typing import TYPE_CHECKING, Annotated, Any, Final, NamedTuple

from pydantic import Field

from connectors.sources.columns import check_header
from connectors.sources.csv_file import CsvSettings, open_csv
from connectors.sources.database import DatabaseSettings, open_database
from connectors.sources.errors import SourceEmpty
from connectors.sources.parquet_file import ParquetSettings, open_parquet
from connectors.sources.reading import Reading, Request, counted
from connectors.sources.settings import SourceSettings


class Kind(NamedTuple):
    """A kind of source: what it is told, and how it is opened.

    The opener checks what only its kind can know; the header and emptiness are `open_source`'s to check, so its batches
    start reading when the first one is asked for.
    """

    settings: type[SourceSettings]
    open: Callable[[Any, Request], AbstractContextManager[Reading]]


KINDS: Final = {
    "csv": Kind(CsvSettings, open_csv),
    "parquet": Kind(ParquetSettings, open_parquet),
    "database": Kind(DatabaseSettings, open_database),
}

if TYPE_CHECKING:
    AnySource = SourceSettings
else:
    AnySource = Annotated[reduce(or_, (kind.settings for kind in KINDS.values())), Field(discriminator="kind")]
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
        SourceBroken: The content cannot be trusted; also while the batches are read.
        SourceSettingsWrong: The settings do not fit the source.
    """
    with KINDS[settings.kind].open(settings, request) as reading:
        check_header(settings, reading.header)
        batches = counted(reading.batches, reading.facts)
        with closing(batches):
            first = next(batches, None)
            if first is None:
                raise SourceEmpty(
                    f"Source {settings.name} is empty: it has columns and no rows. Deliver its rows, then sync again."
                )
            reading.batches = chain([first], batches)
            yield reading
