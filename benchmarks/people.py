"""A contact list of any size as a CSV: as many different values as a real one has, and rows that fail in many ways.

The same arguments give the same bytes, on every machine.
"""

from pathlib import Path
from typing import Final

import polars as pl

FIELDS: Final = {
    "email": "Email Address",
    "customerID": "Customer ID",
    "firstName": "First Name",
    "lastName": "Last Name",
    "company": "Company",
    "phone": "Phone",
    "address1": "Street",
    "city": "City",
    "state": "State",
    "zipCode": "ZIP",
    "country": "Country",
    "notes": "Notes",
    "dateOfBirth": {"column": "DOB", "format": ["%m/%d/%Y", "%d/%m/%Y"]},
    "custom1": {"column": "Signed up", "type": "datetime", "format": "%m/%d/%Y %I:%M %p"},
    "custom2": {"column": "Score", "type": "integer"},
}

WAYS_TO_FAIL: Final = (
    *("broken address", "no address", "address with a typing error", "ambiguous date", "no date at all"),
    *("no number", "text too long", "control character", "too few cells", "too many cells"),
)
"""How rows fail, each as often as the next one."""

_AT_A_TIME: Final = 1_000_000


def write_people(path: Path, rows: int, failing_share: float = 0.01) -> None:
    """Write `rows` contacts of 15 columns, of which a share fails, in each of `WAYS_TO_FAIL` in turn."""
    every = max(2, round(1 / failing_share))
    header = ",".join(_columns(pl.lit(0), pl.lit(0)))
    with path.open("wb") as file:
        file.write(header.encode() + b"\n")
        for start in range(0, rows, _AT_A_TIME):
            numbers = pl.int_range(start, min(start + _AT_A_TIME, rows), eager=True).alias("number")
            lines = numbers.to_frame().select(line=_lines(rows, every))
            lines.write_csv(file, include_header=False, quote_style="never")


def _lines(rows: int, every: int) -> pl.Expr:
    number = pl.col("number")
    way = pl.when(number % every == 0).then(number // every % len(WAYS_TO_FAIL))
    cells = _columns((number * 7919) % rows, way)
    whole = pl.concat_str(*cells.values(), separator=",")
    short = pl.concat_str(*list(cells.values())[:-3], separator=",")
    return _failing(way, {"too few cells": short, "too many cells": whole + ",1,2"}, whole)


def _columns(number: pl.Expr, way: pl.Expr) -> dict[str, pl.Expr]:
    """Return the cells of one row by the names of their columns; every number gives another person."""
    text = number.cast(pl.String)
    address = "person" + text + "@example" + (number % 997).cast(pl.String) + ".com"
    last_name = "Last" + (number % 50_021).cast(pl.String)
    born = pl.date(1940 + number % 60, 1 + number % 12, 13 + number % 16)  # no other format reads such a day
    signed_up = pl.datetime(2015, 1, 1) + pl.duration(minutes=number * 5 % 5_000_000)
    street = (number % 9_973).cast(pl.String) + " Main Street"
    addresses = {
        "broken address": "broken " + text,
        "no address": pl.lit(""),
        "address with a typing error": "person" + text + "@gmial.com",
    }
    dates = {"ambiguous date": pl.lit("03/04/1980"), "no date at all": pl.lit("unknown")}
    return {
        "Customer ID": "C" + text.str.zfill(9),
        "Email Address": _failing(way, addresses, address),
        "First Name": "First" + (number % 4_001).cast(pl.String),
        "Last Name": _failing(way, {"text too long": pl.lit("x" * 300)}, last_name),
        "Company": '"Company ' + (number % 30_011).cast(pl.String) + ', Inc."',
        "Phone": "+1 555 " + (number % 9_999_991).cast(pl.String).str.zfill(7),
        "Street": _failing(way, {"control character": street + "\x07"}, street),
        "City": "City" + (number % 19_997).cast(pl.String),
        "State": pl.lit("IL"),
        "ZIP": (number % 99_991).cast(pl.String).str.zfill(5),
        "Country": pl.lit("US"),
        "Notes": pl.when(number % 10 == 0).then(pl.lit('"said ""call me"""')).otherwise(pl.lit("")),
        "DOB": _failing(way, dates, born.dt.strftime("%m/%d/%Y")),
        "Signed up": signed_up.dt.strftime("%m/%d/%Y %I:%M %p"),
        "Score": _failing(way, {"no number": pl.lit("many")}, (number % 100).cast(pl.String)),
    }


def _failing(way: pl.Expr, cells: dict[str, pl.Expr], sound: pl.Expr) -> pl.Expr:
    found = sound
    for name, cell in cells.items():
        found = pl.when(way == WAYS_TO_FAIL.index(name)).then(cell).otherwise(found)
    return found
