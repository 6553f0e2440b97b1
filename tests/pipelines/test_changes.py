"""Sources of which only what changed is read: every night knows the whole source all the same."""

import datetime as dt
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from connectors.sandbox.sandbox import Sandbox
from connectors.sources.errors import SourceEmpty, SourceSettingsWrong
from connectors.storage.tables import Table
from pipelines.installation import Installation
from pipelines.steps.changes import ReadWholeError, evenly, with_changes
from pipelines.steps.contacts import choose_contacts
from pipelines.steps.extract import extract, opened
from pipelines.steps.freshness import freshness
from pipelines.steps.since_base import Base, base_of
from pipelines.steps.validate import validate_source
from tests.pipelines.conftest import DAY, Site
from tests.pipelines.night import plan_night, run_night, send_night

SINCE = {"column": "version", "type": "integer", "overlap": 0, "key": "id"}
NEXT, LATER = (DAY + dt.timedelta(days=days) for days in (1, 2))
WHOLE = {"email": "email", "firstName": "name"}


class Shop:
    """A SQLite database of customers, each with the number of the change that wrote it."""

    def __init__(self, folder: Path) -> None:
        """Make it, with three customers."""
        self.file = folder / "shop.db"
        self.run("create table customers (id, email, name, version integer)")
        self.run("create table gone (id, version integer)")
        self.run(
            "insert into customers values (1, 'ann@x.org', 'Ann', 1), (2, 'bob@x.org', 'Bob', 2), "
            "(3, 'cy@x.org', 'Cy', 3)"
        )

    def run(self, statement: str) -> None:
        """Run a statement."""
        with closing(sqlite3.connect(self.file)) as connection, connection:
            connection.execute(statement)


@pytest.fixture
def shop(site: Site) -> Shop:
    """A site whose one source gives what changed."""
    made = Shop(site.folder)
    add(site, table="customers", since=SINCE)
    return made


def add(site: Site, **given: Any) -> None:
    """Add the shop to the site's sources, or tell it otherwise."""
    site.settings["sources"] = [one for one in site.settings["sources"] if one["name"] != "shop"]
    source = {"name": "shop", "kind": "database", "url": "sqlite:///shop.db", "fields": WHOLE, **given}
    site.settings["sources"].append(source)


def read(installation: Installation, day: dt.date, *, whole: bool = False) -> Table:
    """Read the shop."""
    return extract(installation, installation.settings.sources[-1], day, whole=whole)


def people(table: Table) -> list[str]:
    """Return the names in a snapshot, in its order."""
    return table.scan().select("name").collect().to_series().to_list()


def test_a_second_night_reads_what_changed_and_knows_everybody(site: Site, shop: Shop, sandbox: Sandbox) -> None:
    """One customer changed and one is new: two rows are read, four are accounted for, two are sent."""
    assert run_night(site.open(), DAY) == {"acknowledged": 3}
    shop.run("update customers set name = 'Robert', version = 4 where id = 2")
    shop.run("insert into customers values (4, 'di@x.org', 'Di', 5)")
    assert run_night(site.open(), NEXT) == {"acknowledged": 2, "unchanged": 2}
    table = site.open().tables.current("extracted/shop", NEXT)
    assert table is not None
    assert people(table) == ["Ann", "Robert", "Cy", "Di"]
    facts = ("read", "since", "high_water", "changed_rows", "rows", "read_whole_on", "went_on_from")
    found = [table.facts[name] for name in facts]
    # With `overlap: 0` the row at the mark is read once more; SQLite's numbers are compared as `>=`.
    assert found == ["changes", 3, 5, 3, 4, DAY.isoformat(), f"{DAY} version 1"]
    assert sorted(str(one["firstName"]) for one in sandbox.contacts()) == ["Ann", "Cy", "Di", "Robert"]


def test_a_night_without_changes_is_no_empty_source(site: Site, shop: Shop) -> None:
    """Nothing new is read, and everybody is unchanged."""
    run_night(site.open(), DAY)
    shop.run("update customers set version = 0 where version = 3")  # not even the row at the mark comes again
    assert run_night(site.open(), NEXT) == {"unchanged": 3}


def test_who_did_not_change_keeps_winning(site: Site, shop: Shop, sandbox: Sandbox) -> None:
    """A lesser source that is read whole must not overwrite whom the better source did not mention tonight."""
    site.source("list", "Email,Name\nann@x.org,Wrong\n", {"email": "Email", "firstName": "Name"}, priority=2)
    run_night(site.open(), DAY)
    shop.run("update customers set name = 'Robert', version = 4 where id = 2")
    assert run_night(site.open(), NEXT) == {"acknowledged": 1, "unchanged": 2, "duplicate": 1}
    assert "Wrong" not in [one["firstName"] for one in sandbox.contacts()]


def test_the_mark_moves_only_with_a_sync_that_came_to_its_end(site: Site, shop: Shop) -> None:
    """A night that read and never sent is read again from where the last finished sync had got."""
    run_night(site.open(), DAY)
    shop.run("insert into customers values (4, 'di@x.org', 'Di', 4)")
    plan_night(site.open(), NEXT)
    shop.run("insert into customers values (5, 'ed@x.org', 'Ed', 5)")
    table = read(site.open(), LATER)
    assert (table.facts["since"], table.facts["changed_rows"]) == (3, 3)
    assert people(table) == ["Ann", "Bob", "Cy", "Di", "Ed"]
    send_night(site.open(), NEXT)
    assert read(site.open(), LATER).facts["since"] == 4


def test_an_older_day_does_not_go_on_from_a_newer_one(site: Site, shop: Shop) -> None:
    """A backfill must not take tomorrow's state for yesterday's."""
    run_night(site.open(), NEXT)
    assert read(site.open(), DAY).facts["read"] == "whole"
    del shop


def test_the_whole_is_read_on_demand_and_every_so_many_days(site: Site, shop: Shop) -> None:
    """A change that the column does not tell, such as a deletion, is seen at the next full read."""
    run_night(site.open(), DAY)
    shop.run("delete from customers where id = 3")
    assert people(read(site.open(), NEXT)) == ["Ann", "Bob", "Cy"]
    assert people(read(site.open(), NEXT, whole=True)) == ["Ann", "Bob"]
    assert read(site.open(), DAY + dt.timedelta(days=6)).facts["read"] == "changes"
    assert people(read(site.open(), DAY + dt.timedelta(days=7))) == ["Ann", "Bob"]


@pytest.mark.parametrize(
    ("other", "because"),
    [
        ({"table": "customers", "since": {**SINCE, "overlap": 9}}, "its settings are others"),
        ({"url": "sqlite:///b.db"}, "it is another database, or its columns are others"),
    ],
)
def test_other_settings_or_another_database_mean_a_full_read(
    site: Site, shop: Shop, other: dict[str, Any], because: str
) -> None:
    """A mark of one query or one database says nothing of another one's."""
    run_night(site.open(), DAY)
    (site.folder / "b.db").write_bytes(shop.file.read_bytes())
    add(site, **{"table": "customers", "since": SINCE, **other})
    facts = read(site.open(), NEXT).facts
    assert (facts["read"], facts["read_whole_because"]) == ("whole", because)


def test_a_new_column_means_a_full_read(site: Site, shop: Shop) -> None:
    """Rows of other columns cannot stand in one snapshot, and nobody's new column may stay empty."""
    run_night(site.open(), DAY)
    shop.run("alter table customers add column city text default 'Bonn'")
    table = read(site.open(), NEXT)
    assert table.facts["read"] == "whole"
    assert table.scan().select("city").collect().to_series().to_list() == ["Bonn"] * 3


def test_more_changes_than_fit_mean_a_full_read(site: Site, shop: Shop) -> None:
    """A night on which everybody changed needs no more memory than another."""
    run_night(site.open(), DAY)
    installation = site.open()
    source = installation.settings.sources[-1]
    shop.run("update customers set version = 9")
    base = base_of(installation, source, NEXT)
    assert isinstance(base, Base)
    with (
        opened(installation, source, NEXT, base.mark) as (reading, request),
        pytest.raises(ReadWholeError, match="more than 2 rows have changed"),
        with_changes(source, base, reading, request, most_changed=2),
    ):
        pass


def test_deleted_rows_leave_the_state(site: Site, shop: Shop) -> None:
    """With a query that says who is gone, nobody waits for the next full read."""
    add(site, table="customers", since={**SINCE, "deleted": "select id from gone where version >= :since"})
    run_night(site.open(), DAY)
    shop.run("delete from customers where id = 1")
    shop.run("insert into gone values (1, 4)")
    table = read(site.open(), NEXT)
    assert people(table) == ["Bob", "Cy"]
    assert table.facts["deleted_rows"] == 1


def test_a_source_whose_rows_are_all_deleted_is_empty(site: Site, shop: Shop) -> None:
    """As at a full reading: nobody left is a reason to stop, and never read as a quiet night."""
    add(site, table="customers", since={**SINCE, "deleted": "select id from gone where version >= :since"})
    run_night(site.open(), DAY)
    shop.run("insert into gone select id, 4 from customers")
    shop.run("delete from customers")
    with pytest.raises(SourceEmpty, match="Source shop is empty"):
        read(site.open(), NEXT)


def test_the_deleted_must_be_told_by_the_key(site: Site, shop: Shop) -> None:
    """A query of something else would delete nobody, and say nothing of it."""
    add(site, table="customers", since={**SINCE, "deleted": "select version from gone"})
    run_night(site.open(), DAY)
    with pytest.raises(SourceSettingsWrong, match=r'since.deleted must give "id"'):
        read(site.open(), NEXT)
    del shop


def test_a_key_that_is_not_there_is_refused_at_once(site: Site, shop: Shop) -> None:
    """Not on the second night, when nobody looks any more."""
    add(site, table="customers", since={**SINCE, "key": ["id", "shop"]})
    with pytest.raises(SourceSettingsWrong, match=r'there is no column "shop", which `since` names'):
        read(site.open(), DAY)
    del shop


def test_a_query_that_compares_since_needs_no_more_settings(site: Site) -> None:
    """The column is the one that the query compares; rows are told apart by the address."""
    file = site.folder / "shop.duckdb"
    with closing(duckdb.connect(file)) as connection:
        connection.execute("create table c (email text, name text, updated_at timestamp)")
        connection.execute("insert into c values ('ann@x.org', 'Ann', '2026-11-20'), ('bob@x.org', 'Bob', null)")
    query = "select * from c where c.updated_at >= :since or updated_at is null"
    add(site, url="duckdb:///shop.duckdb", query=query)
    assert run_night(site.open(), DAY) == {"acknowledged": 2}
    with closing(duckdb.connect(file)) as connection:
        connection.execute("insert into c values ('cy@x.org', 'Cy', '2026-11-24 10:00')")
    assert run_night(site.open(), NEXT) == {"acknowledged": 1, "unchanged": 2}
    assert read(site.open(), NEXT).facts["changed_rows"] == 2  # and Bob, of whom nobody knows when


def test_a_new_address_replaces_the_old_one(site: Site, shop: Shop) -> None:
    """With a key of its own, a person who moved to another address is one row, not two."""
    run_night(site.open(), DAY)
    shop.run("update customers set email = 'bob@new.org', version = 9 where id = 2")
    installation = site.open()
    read(installation, NEXT)
    validate_source(installation, installation.settings.sources[-1], NEXT)
    tables = choose_contacts(installation, NEXT)
    assert sorted(tables.contacts.scan().select("email").collect().to_series()) == [
        "ann@x.org",
        "bob@new.org",
        "cy@x.org",
    ]


def test_of_two_rows_of_a_person_the_later_one_wins_whichever_changed(site: Site, shop: Shop, sandbox: Sandbox) -> None:
    """A changed row stays where it stood; at the end, it would win until the next full reading, and lose then."""
    shop.run("update customers set email = 'ann@x.org' where id = 2")
    run_night(site.open(), DAY)
    shop.run("update customers set name = 'Anny', version = 9 where id = 1")
    assert run_night(site.open(), NEXT) == {"unchanged": 2, "duplicate": 1}
    assert sorted(str(one["firstName"]) for one in sandbox.contacts()) == ["Bob", "Cy"]
    assert people(read(site.open(), LATER)) == people(read(site.open(), LATER, whole=True)) == ["Anny", "Bob", "Cy"]


def test_a_key_of_several_rows_means_a_full_read(site: Site, shop: Shop) -> None:
    """The one of them that changed would take the other's place, and its opt-out with it."""
    shop.run("update customers set email = 'ann@x.org' where id = 2")
    add(site, table="customers", since={**SINCE, "key": "email"})
    run_night(site.open(), DAY)
    shop.run("update customers set name = 'Anny', version = 9 where id = 1")
    table = read(site.open(), NEXT)
    assert people(table) == ["Anny", "Bob", "Cy"]
    assert table.facts["read_whole_because"] == (
        "several rows have the same email; name the columns that tell them apart in since.key"
    )


@pytest.mark.parametrize("ending", [".parquet", ".json"])
@pytest.mark.parametrize("damage", [Path.unlink, lambda path: path.write_bytes(b"PAR1")], ids=["gone", "damaged"])
def test_a_lost_snapshot_means_a_full_read(
    site: Site, shop: Shop, ending: str, damage: Callable[[Path], object]
) -> None:
    """Nobody has to mend what a reading of the whole source makes anew; a night that failed for ever would be worse."""
    run_night(site.open(), DAY)
    table = site.open().tables.current("extracted/shop", DAY)
    assert table is not None
    damage(table.path.with_suffix(ending))
    shop.run("update customers set name = 'Robert', version = 4 where id = 2")
    assert run_night(site.open(), NEXT) == {"acknowledged": 1, "unchanged": 2}
    found = site.open().tables.current("extracted/shop", NEXT)
    assert found is not None
    assert found.facts["read_whole_because"] == "the snapshot of the last sync is damaged or gone"


def test_a_source_that_reads_rows_again_without_a_change_says_the_same(site: Site, shop: Shop) -> None:
    """The overlap gives rows every night; a source is as old as its last change all the same."""
    shop.run("update customers set version = 9 where id = 1")
    run_night(site.open(), DAY)
    run_night(site.open(), NEXT)
    found = freshness(site.open(), site.open().settings.sources[-1], NEXT)
    assert found is not None
    assert (found.read, found.changed) == (NEXT, DAY)


def test_rows_come_in_batches_of_one_size() -> None:
    """The same rows give the same file, however a driver or a merging cut them: else no source would ever be stale."""
    rows = pa.table({"n": range(25_000)})
    for size in (7, 9_999, 10_000, 25_000):
        found = list(evenly(rows.to_batches(max_chunksize=size), rows.schema))
        assert [one.num_rows for one in found] == [10_000, 10_000, 5_000]
        assert pa.Table.from_batches(found).equals(rows)
