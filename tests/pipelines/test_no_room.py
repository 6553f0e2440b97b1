"""A disk that is full while a source is read: one sentence, nothing is kept, and the next run works."""

import datetime as dt
import random
import sqlite3
from contextlib import closing
from typing import Any

import polars as pl
import pytest

from connectors.sources.errors import SourceError
from connectors.storage.files import StorageError
from pipelines.steps.extract import extract
from tests.connectors.storage.processes import room_for
from tests.pipelines.conftest import DAY, Site
from tests.pipelines.night import run_night

PEOPLE = 6_000


def make(site: Site, kind: str) -> dict[str, Any]:
    """Make a source of a kind, of more bytes than there will be room for; return its settings."""
    chance = random.Random(1)  # noqa: S311 - what cannot be compressed, and is no secret
    people = pl.DataFrame({"email": [f"{chance.getrandbits(128):x}@example.com" for _ in range(PEOPLE)]})
    if kind == "csv":
        people.write_csv(site.folder / "people.csv")
    elif kind == "parquet":
        people.write_parquet(site.folder / "people.parquet", compression="uncompressed")
    else:
        with closing(sqlite3.connect(site.folder / "people.db")) as connection, connection:
            connection.execute("create table people (email text)")
            connection.executemany("insert into people values (?)", people.iter_rows())
        return {"url": "sqlite:///people.db", "table": "people"}
    return {"path": f"people.{kind}"}


@pytest.mark.parametrize("kind", ["csv", "parquet", "database"])
def test_no_room_for_a_source_is_one_sentence_and_nothing_is_kept(kind: str, site: Site) -> None:
    """Neither our copy nor the snapshot is there in part, and once there is room the same day is read."""
    site.settings["sources"] = [{"name": "crm", "kind": kind, "fields": {"email": "email"}, **make(site, kind)}]
    installation = site.open()
    [source] = installation.settings.sources
    with room_for(100_000), pytest.raises((StorageError, SourceError), match=r"\(?File too large\)?.* Make room"):
        extract(installation, source, DAY)
    left = [path.name for path in installation.storage.rglob("*") if path.is_file()]
    assert [name for name in left if name != ".lock"] == []
    assert extract(installation, source, DAY).rows == PEOPLE


def test_no_room_for_what_changed_is_one_sentence(site: Site) -> None:
    """What was read before stays what a later night goes on from."""
    given = {**make(site, "database"), "since": {"column": "number", "type": "integer", "key": "email"}}
    given |= {"table": None, "query": "select email, rowid as number from people where number >= :since"}
    site.settings["sources"] = [{"name": "crm", "kind": "database", "fields": {"email": "email"}, **given}]
    installation = site.open()
    [source] = installation.settings.sources
    run_night(installation, DAY)
    next_day = DAY + dt.timedelta(days=1)
    with room_for(100_000), pytest.raises(StorageError, match=r"File too large\. Make room"):
        extract(installation, source, next_day)
    facts = extract(installation, source, next_day).facts
    assert (facts["read"], facts["rows"], facts["changed_rows"]) == ("changes", PEOPLE, 1001)
