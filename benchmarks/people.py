"""A contact list of any size as a CSV, with as many different values as a real one has."""

from pathlib import Path

import polars as pl

FIELDS = {
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
    "dateOfBirth": {"column": "DOB", "format": ["%m/%d/%Y", "%Y-%m-%d"]},
    "custom1": {"column": "Signed up", "type": "datetime", "format": "%m/%d/%Y %I:%M %p"},
    "custom2": {"column": "Score", "type": "integer"},
}


def write_people(path: Path, rows: int, failing_share: float = 0.01) -> None:
    """Write `rows` contacts of 15 columns, of which a share has no valid address."""
    number = pl.int_range(rows, eager=True).alias("number")
    shuffled = (pl.col("number") * 7919) % rows
    every = max(2, round(1 / failing_share))
    text = shuffled.cast(pl.String)
    born = pl.date(1940, 1, 1) + pl.duration(days=shuffled % 23_000)
    signed_up = pl.datetime(2015, 1, 1) + pl.duration(minutes=shuffled * 5 % 5_000_000)
    columns = {
        "Customer ID": "C" + text.str.zfill(9),
        "Email Address": pl.when(pl.col("number") % every == 0)
        .then("broken " + text)
        .otherwise("person" + text + "@example" + (shuffled % 997).cast(pl.String) + ".com"),
        "First Name": "First" + (shuffled % 4_001).cast(pl.String),
        "Last Name": "Last" + (shuffled % 50_021).cast(pl.String),
        "Company": "Company " + (shuffled % 30_011).cast(pl.String) + ", Inc.",
        "Phone": "+1 555 " + (shuffled % 9_999_991).cast(pl.String).str.zfill(7),
        "Street": (shuffled % 9_973).cast(pl.String) + " Main Street",
        "City": "City" + (shuffled % 19_997).cast(pl.String),
        "State": pl.lit("IL"),
        "ZIP": (shuffled % 99_991).cast(pl.String).str.zfill(5),
        "Country": pl.lit("US"),
        "Notes": pl.when(pl.col("number") % 10 == 0).then(pl.lit('said "call me"')).otherwise(pl.lit("")),
        "DOB": born.dt.strftime("%m/%d/%Y"),
        "Signed up": signed_up.dt.strftime("%m/%d/%Y %I:%M %p"),
        "Score": (shuffled % 100).cast(pl.String),
    }
    number.to_frame().select(**columns).write_csv(path)
