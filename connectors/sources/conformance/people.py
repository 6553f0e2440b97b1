"""The invented people that a kind's sources are filled with: every column is text, and every trap is one on purpose."""

from itertools import chain, repeat
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

EMAIL: Final = "email"
CODE: Final = "code"

NAMES: Final = (
    *("E-mail Adresse (privat)", "first name", 'quote"d', "semi;colon", "comma, name", "Größe", "价格", "select"),
    *("a.b", "it's", "100 %", ":date", "back`tick", "two  spaces", "1st"),
)
"""Names of columns as they are found, none of which a database would take without quoting."""

TEXTS: Final = (
    *("Zoé", "Zoe\u0308", "Ærøskøbing", "Łódź", "王小明", "さくら", "مريم", "👩\u200d💻", "a\u00a0b"),
    *("O'Brien", 'say "hi"', "a,b;c|d", "a\tb", "two\nlines", "back\\slash", "  kept  ", "{x} %s $1 ?"),
    *("007", "1e5", "+49 170", "=1+1", "2026-03-08", "true", "NULL", "null", "None", "nan", "N/A", "x" * 5000),
)
"""Texts that arrive as they were written, or the kind changes people's data."""

LATE: Final = "007"
"""The last cell of a large column that holds 7 in every row before: a type guessed from those loses it."""

LARGE_BYTES: Final = 192 * 1024**2
"""How much a large source holds, whatever its number of rows: what is read in one piece is seen in memory."""


def people(count: int, **columns: list[str | None]) -> pa.Table:
    """Return people with addresses, and with these further columns."""
    emails = [f"person{number}@example.com" for number in range(1, count + 1)]
    return pa.table(
        {
            EMAIL: pa.array(emails, pa.string()),
            **{name: pa.array(texts, pa.string()) for name, texts in columns.items()},
        }
    )


def many_people(count: int) -> pa.Table:
    """Return as many people, with notes that are so long that all of them together are large, and `LATE`."""
    numbers = pc.cast(pa.array(range(1, count + 1)), pa.string())
    emails = pc.binary_join_element_wise("person", pc.binary_join_element_wise(numbers, "@example.com", ""), "")
    notes = pc.binary_join_element_wise(numbers, "x" * (LARGE_BYTES // count), " ")
    codes = pa.array(chain(repeat("7", count - 1), [LATE]), pa.string())
    return pa.table({EMAIL: emails, "note": notes, CODE: codes})
