"""The technical columns that every extracted row carries beside the source's own columns."""

from typing import Final

import polars as pl

ROW: Final = "__row__"
"""Int64: the row's number in its source, from 1, dense, in the source's own order."""

LINE: Final = "__line__"
"""Int64, null where a source has no lines: the line of the file on which the row starts, the header included."""

FAULT: Final = "__fault__"
"""String, null for a row that was read well: an `IssueCode` saying why the row could not be read as columns."""

FAULT_TEXT: Final = "__text__"
"""String, null for a row that was read well: the row's text as found, for the person who mends the file."""

TECHNICAL: Final = {ROW: pl.Int64, LINE: pl.Int64, FAULT: pl.String, FAULT_TEXT: pl.String}
"""The technical columns and their types, in order; a snapshot starts with them."""
