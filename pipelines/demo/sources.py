"""The sample sources as files: a CRM's CSV, a newsletter tool's Parquet, a shop's SQLite and a fair's UTF-16 list.

They hold what real exports hold: the same person in several of them, repeated and broken addresses, mixed date
formats, local times on both sides of a clock change, an old encoding, rows with a missing cell, opt-outs.
"""

import csv
import datetime as dt
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Final

import polars as pl

from pipelines.demo.people import Person, people

CRM_ROWS: Final = 12_000
NEWSLETTER_ROWS: Final = 6_000
SHOP_ROWS: Final = 4_000
FAIR_ROWS: Final = 500

_BROKEN: Final = ("", "n/a", "unknown", "jane.doe@", "@example.com", "two@@example.com", "no spaces@example.com", "x@y")
# The clocks of Chicago skipped 02:00-03:00 on 2026-03-08, and lived 01:00-02:00 twice on 2026-11-01.
_CLOCK_CHANGES: Final = (dt.datetime(2026, 3, 8, 1, 30), dt.datetime(2026, 11, 1, 0, 30))  # noqa: DTZ001 - local times


def write_sources(folder: Path) -> None:
    """Write every sample source into a folder; the same bytes every time."""
    folder.mkdir(parents=True, exist_ok=True)
    crowd = people(CRM_ROWS + NEWSLETTER_ROWS)
    _write_crm(folder / "crm.csv", crowd[:CRM_ROWS])
    _write_newsletter(folder / "newsletter.parquet", crowd[CRM_ROWS // 2 : CRM_ROWS // 2 + NEWSLETTER_ROWS])
    _write_shop(folder / "shop.db", crowd[CRM_ROWS - SHOP_ROWS // 4 : CRM_ROWS + SHOP_ROWS * 3 // 4])
    _write_fair(folder / "fair.txt", crowd[::36][:FAIR_ROWS])


def _write_crm(path: Path, crowd: list[Person]) -> None:
    with path.open("w", encoding="cp1252", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(
            [
                "Customer ID",
                "Email Address",
                "First Name",
                "Last Name",
                "DOB",
                "City",
                "State",
                "ZIP",
                "Signed up",
                "Notes",
            ]
        )
        for row in _crm_rows(crowd):
            writer.writerow(row)


def _crm_rows(crowd: list[Person]) -> Iterator[list[str]]:
    chance = Random(1)  # noqa: S311 - sample data, the same every time
    for person in crowd:
        born = person.born.strftime(chance.choice(("%m/%d/%Y", "%Y-%m-%d")))
        signed_up = _local_time(chance).strftime("%m/%d/%Y %I:%M %p")
        notes = chance.choice(("", "", "", 'Prefers "Newsletter"', "Met at the fair,\nwants a call", "VIP"))
        row = [f"C{person.number:06d}", person.email, person.first_name, person.last_name, born]
        row += [person.city, person.state, person.zip_code, signed_up, notes]
        match chance.randrange(200):
            case 0 | 1:
                row[1] = chance.choice(_BROKEN)
            case 2:
                row[4] = chance.choice(("0/0/00", "31.12.1999", "unknown"))
            case 3:
                row = row[:-1]
            case 4 | 5:
                row[1] = f"  {person.email.upper()} "
                yield [row[0], person.email, *row[2:]]
        yield row


def _local_time(chance: Random) -> dt.datetime:
    if chance.randrange(50) == 0:
        return chance.choice(_CLOCK_CHANGES) + dt.timedelta(minutes=chance.randrange(120))
    return dt.datetime(2021, 1, 1) + dt.timedelta(minutes=chance.randrange(5 * 365 * 24 * 60))  # noqa: DTZ001 - local


def _write_newsletter(path: Path, crowd: list[Person]) -> None:
    chance = Random(2)  # noqa: S311 - sample data, the same every time
    begun = dt.datetime(2022, 1, 1)  # noqa: DTZ001 - the tool stores Berlin's local time
    rows = pl.DataFrame(
        {
            "email": [chance.choice(_BROKEN) if chance.randrange(300) == 0 else one.email for one in crowd],
            "given_name": [one.first_name for one in crowd],
            "family_name": [one.last_name for one in crowd],
            "subscribed_at": [begun + dt.timedelta(minutes=chance.randrange(2_000_000)) for _ in crowd],
            "unsubscribed": [chance.randrange(40) == 0 for _ in crowd],
        }
    )
    rows.write_parquet(path)


def _write_shop(path: Path, crowd: list[Person]) -> None:
    chance = Random(3)  # noqa: S311 - sample data, the same every time
    path.unlink(missing_ok=True)
    with closing(sqlite3.connect(path)) as database, database:
        database.execute(
            "create table customers (id integer primary key, email text, name text, surname text, country text,"
            " last_order text, orders integer)"
        )
        for one in crowd:
            email = chance.choice(_BROKEN) if chance.randrange(250) == 0 else one.email.lower()
            ordered = dt.datetime(2025, 1, 1, tzinfo=dt.UTC) + dt.timedelta(minutes=chance.randrange(900_000))
            values = (email, one.first_name, one.last_name, one.country, ordered.isoformat(), chance.randrange(1, 40))
            database.execute("insert into customers values (null, ?, ?, ?, ?, ?, ?)", values)


def _write_fair(path: Path, crowd: list[Person]) -> None:
    with path.open("w", encoding="utf-16", newline="") as stream:
        writer = csv.writer(stream, delimiter="\t")
        writer.writerow(["E-mail", "Name", "Birthday"])
        for one in crowd:
            writer.writerow([one.email, one.first_name, one.born.strftime("%d.%m.%Y")])
