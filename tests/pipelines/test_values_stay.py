"""A value that was found wrong stays in the snapshot and the rejected table: nothing else of a night has it."""

import logging
from pathlib import Path

import polars as pl
import pytest

from tests.pipelines.conftest import DAY, Site
from tests.pipelines.night import run_night

MARK = "Qzx7Vw"
KEPT_IN = {"extracted", "rejected"}
FIELDS = {
    "email": "Email",
    "firstName": {"column": "Name", "max_length": 5},
    "dateOfBirth": "Born",
    "userID": "Owner",
    "suppressed": "Out",
    "custom1": {"column": "Tier", "values": ["gold"]},
}
ROWS = [
    "Email,Name,Born,Owner,Out,Tier",
    "ann@example.com,Ann,2024-01-02,5,no,gold",
    f"bob@example.com,{MARK},{MARK},{MARK},no,{MARK}",
    f"cy@example.com,Cy,2024-01-02,5,{MARK},gold",
    f"{MARK}@,Di,2024-01-02,5,no,gold",
    f"ed@example.com,{MARK}",
]


def holding(folder: Path) -> set[str]:
    """Return the kinds of things in a storage folder that hold the mark, by the folder's first part."""
    found = set()
    for path in folder.rglob("*"):
        text = ""
        if path.suffix == ".parquet":
            text = str(pl.read_parquet(path).to_dicts())
        elif path.is_file():
            text = path.read_bytes().decode("latin-1")
        if MARK.lower() in text.lower():
            found.add(path.relative_to(folder).parts[0])
    return found


def test_a_night_writes_wrong_values_where_they_belong(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    """Whoever may read the outcomes and the warnings need not be one who may read what people wrote."""
    caplog.set_level(logging.DEBUG)
    site.source("crm", "\n".join(ROWS) + "\n", FIELDS)
    assert run_night(site.open(), DAY) == {"acknowledged": 1, "acknowledged_with_warning": 1, "invalid": 3}
    assert holding(site.folder / ".contact-sync") == KEPT_IN
    assert MARK not in caplog.text
