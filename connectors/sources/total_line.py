"""Tells a total line at the end of a file from a contact, and sets it aside under its own code."""

import re
from collections.abc import Iterator, Sequence
from csv import Error
from typing import Final

import pyarrow as pa

from connectors.sources.columns import TECHNICAL_FIELDS
from connectors.sources.csv_layout import Dialect
from connectors.sources.csv_row import read_row
from connectors.sources.errors import SourceEmpty
from schemas.issues import IssueCode
from schemas.rows import FAULT, FAULT_TEXT, ROW

# English, German, French, Spanish, Italian, Portuguese, Dutch and Swedish; "Total Wine" is one, "Summer" is none.
_TOTAL: Final = re.compile(
    r"\W*(?:(?:grand|sub|sous|overall|end|eind|gesamt|zwischen)[ -]?)?"
    r"(?:totals?|totale|totaal|totalt|sum|summe|summa|suma|somme|somma|soma|gesamt)\b",
    re.IGNORECASE,
)


def total_line_set_aside(
    batches: Iterator[pa.RecordBatch], dialect: Dialect, email: int, name: str
) -> Iterator[pa.RecordBatch]:
    """Yield batches; a last row that is a total line gets the fault `total_line` and keeps its cells, or its text.

    A total line's first cell that is not blank starts with a word for a total, and no address stands where one would
    have to: in the column of the addresses, or, in a row that does not fit the header, anywhere.

    Args:
        batches: Batches with technical columns, none of them empty.
        dialect: How the file is written.
        email: The place of the column of addresses among the source's own, from 0.
        name: What messages call the file.

    Raises:
        SourceEmpty: The total line is the only row.
    """
    held = None
    for batch in batches:
        if held is not None:
            yield held
        held = batch
    if held is not None:
        yield _judged(held, dialect, email, name)


def _judged(batch: pa.RecordBatch, dialect: Dialect, email: int, name: str) -> pa.RecordBatch:
    last = batch.slice(batch.num_rows - 1)
    fault, text = last.column(FAULT)[0].as_py(), last.column(FAULT_TEXT)[0].as_py()
    if fault is None:
        cells = [column[0].as_py() for column in last.columns[len(TECHNICAL_FIELDS) :]]
        total = _is_total(cells, cells[email : email + 1])
    else:
        cells = _cells(text, dialect)
        total = _is_total(cells, cells)
    if not total:
        return batch
    if last.column(ROW)[0].as_py() == 1:
        raise SourceEmpty(f"{name} holds a total line and no other row. Deliver its rows, then sync again.")
    return _with_last_fault(batch, IssueCode.TOTAL_LINE)


def _is_total(cells: Sequence[str], addresses: Sequence[str]) -> bool:
    first = next((cell for cell in cells if cell.strip()), "")
    return _TOTAL.match(first) is not None and not any("@" in cell for cell in addresses)


def _cells(text: str, dialect: Dialect) -> list[str]:
    try:
        return read_row(text, dialect)
    except Error:  # a stray quotation mark: the row keeps the fault it has
        return []


def _with_last_fault(batch: pa.RecordBatch, code: IssueCode) -> pa.RecordBatch:
    faults = batch.column(FAULT)
    changed = pa.concat_arrays([faults.slice(0, len(faults) - 1), pa.array([code.value], pa.string())])
    return batch.set_column(batch.schema.get_field_index(FAULT), batch.schema.field(FAULT), changed)
