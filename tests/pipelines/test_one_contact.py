"""One contact per e-mail over all sources, from settings to platform: who wins, what is merged, who is named."""

import random
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.sandbox.sandbox import Sandbox
from connectors.sources.errors import SourceSettingsWrong
from pipelines.installation import Installation, open_installation
from pipelines.settings_file import SettingsError
from pipelines.steps.contacts import by_rank, choose_contacts
from pipelines.steps.extract import extract
from pipelines.steps.rivals import choose, ranked_rows
from pipelines.steps.validate import required, validate_source
from tests.pipelines.conftest import DAY, Site
from tests.pipelines.night import run_night

FIELDS = {"email": "Email", "firstName": "Name", "city": {"column": "City", "blank": "clear"}, "company": "Firm"}


def two_sources(site: Site, crm: str, shop: str, **more: Any) -> Installation:
    """Return an installation of two sources of equal priority that say how new their rows are."""
    site.source("crm", f"Email,Name,City,Firm,Updated\n{crm}", FIELDS, newest_by="Updated", groups=[7])
    site.source("shop", f"Email,Name,City,Firm,Updated\n{shop}", FIELDS, newest_by="Updated", groups=[8])
    site.settings |= more
    return site.open()


def duplicates(installation: Installation) -> list[tuple[Any, ...]]:
    """Return the rows that lost, with their winners, as the outcomes have them."""
    table = installation.tables.current("row_outcomes", DAY)
    assert table is not None
    rows = table.scan().filter(pl.col("outcome") == "duplicate").sort("source", "row").collect()
    return rows.select("source", "row", "winner_source", "winner_row").rows()


def sent(sandbox: Sandbox, *fields: str) -> list[tuple[Any, ...]]:
    """Return what the platform holds, by e-mail."""
    return [
        tuple(one[field] for field in fields) for one in sorted(sandbox.contacts(), key=lambda one: str(one["email"]))
    ]


def test_the_newest_row_over_sources_wins_whole(site: Site, sandbox: Sandbox) -> None:
    """The shop knows Ann's new name, the customers' list Bob's; nothing of the older rows is sent but their groups."""
    installation = two_sources(
        site,
        "ann@x.org,Ann,Bonn,Acme,2026-01-01 10:00\nbob@x.org,Robert,,,2026-03-01 09:30\n",
        "ann@x.org,Anna,Rome,,2026-02-01 10:00\nbob@x.org,Bob,Rome,Acme,2026-03-01 09:29\n",
    )
    assert run_night(installation, DAY) == {"acknowledged": 2, "duplicate": 2}
    assert sent(sandbox, "firstName", "city", "company") == [("Anna", "Rome", ""), ("Robert", "", "")]
    assert sent(sandbox, "groupIDs") == [([7, 8],), ([7, 8],)]
    assert duplicates(installation) == [("crm", 1, "shop", 1), ("shop", 2, "crm", 2)]


def test_field_by_field_the_next_best_row_fills_what_the_winner_leaves_open(site: Site, sandbox: Sandbox) -> None:
    """An empty cell says nothing of Ann's firm; of her city it does, because the settings say that blank clears."""
    installation = two_sources(
        site,
        "ann@x.org,Ann,Bonn,Acme,2026-01-01 10:00\nbob@x.org,Bob,Bonn,,2026-01-01 10:00\n",
        "ann@x.org,Anna,,,2026-02-01 10:00\nzoe@x.org,Zoe,Rome,,2026-01-01 10:00\n",
        merge="field_by_field",
    )
    assert run_night(installation, DAY) == {"acknowledged": 3, "duplicate": 1}
    assert sent(sandbox, "firstName", "city", "company") == [
        ("Anna", "", "Acme"),
        ("Bob", "Bonn", ""),
        ("Zoe", "Rome", ""),
    ]
    assert duplicates(installation) == [("crm", 1, "shop", 1)]
    assert run_night(installation, DAY) == {"unchanged": 3, "duplicate": 1}


def test_opt_outs_and_doubts_of_a_row_that_lost_stay(site: Site, sandbox: Sandbox) -> None:
    """However new a row without an opt-out is, and whatever is merged."""
    fields = {"email": "Email", "suppressed": "Gone", "firstName": "Name"}
    site.source("crm", "Email,Gone,Name,Updated\nann@x.org,yes,A,2020-01-01\nbob@x.org,hm,B,2020-01-01\n", fields)
    site.source("shop", "Email,Name,Updated\nann@x.org,A,2026-01-01\nbob@x.org,B,2026-01-01\n", FIELDS | {})
    for source in site.settings["sources"]:
        source["newest_by"] = {"column": "Updated", "type": "date"}
    site.settings["sources"][1]["fields"] = {"email": "Email", "firstName": "Name"}
    site.settings["merge"] = "field_by_field"
    assert run_night(site.open(), DAY) == {"acknowledged": 1, "duplicate": 1, "held_back": 1, "invalid": 1}
    assert [(one["email"], bool(one["suppressed"])) for one in sandbox.contacts()] == [("ann@x.org", True)]


def test_a_row_that_cannot_say_when_loses_and_is_not_set_aside(site: Site, sandbox: Sandbox) -> None:
    """A typing error in the day of a change costs nobody their row; it is said, and the row that can be read wins."""
    installation = two_sources(
        site,
        "ann@x.org,Ann,,,soon\nbob@x.org,Bob,,,2026-13-01 10:00\ncy@x.org,Cy,,,\n",
        "ann@x.org,Anna,,,2001-01-01 10:00\n",
    )
    assert run_night(installation, DAY) == {"acknowledged": 2, "acknowledged_with_warning": 1, "duplicate": 1}
    assert sent(sandbox, "firstName") == [("Anna",), ("Bob",), ("Cy",)]
    issues = required(installation, "issues/crm", DAY).scan().select("row", "field", "code", "severity").collect()
    assert issues.rows() == [
        (1, "newest_by", "datetime_invalid", "blank"),
        (2, "newest_by", "datetime_invalid", "blank"),
    ]


def test_zones_count_where_sources_write_local_times(site: Site, sandbox: Sandbox) -> None:
    """Nine in Chicago is later than ten in London, and an offset in the text counts more than the source's zone."""
    installation = two_sources(
        site,
        "ann@x.org,Ann,,,2026-01-01 09:00\nbob@x.org,Bob,,,2026-01-01T09:00:00Z\n",
        "ann@x.org,Anna,,,2026-01-01 10:00\nbob@x.org,Robert,,,2026-01-01 10:00\n",
    )
    site.settings["sources"][0]["timezone"] = "America/Chicago"
    installation = site.open()
    run_night(installation, DAY)
    assert sent(sandbox, "firstName") == [("Ann",), ("Robert",)]


def test_a_column_that_is_not_there_is_refused_by_name(site: Site) -> None:
    """The choice never falls back on something else without a word."""
    site.source("crm", "Email,Changed\nann@x.org,2026-01-01\n", {"email": "Email"}, newest_by="Updated")
    installation = site.open()
    with pytest.raises(SourceSettingsWrong, match='Source crm: column "Updated" is not there'):
        extract(installation, installation.settings.sources[0], DAY)


def test_equal_priorities_of_which_one_says_nothing_are_refused(site: Site) -> None:
    """Whether crm's newest or shop's first row is to be believed would be a guess."""
    site.source("crm", "Email,Updated\n", {"email": "Email"}, newest_by="Updated")
    site.source("shop", "Email\n", {"email": "Email"})
    with pytest.raises(SettingsError, match=r"crm and shop have the same priority, but only crm has newest_by\. Give"):
        site.open()
    site.settings["sources"][1]["priority"] = 2
    assert [source.name for source in site.open().settings.sources] == ["crm", "shop"]


def test_merge_is_one_of_two_words(site: Site) -> None:
    """A word that means nothing here is refused, not ignored."""
    site.source("crm", "Email\n", {"email": "Email"})
    site.settings["merge"] = "newest"
    with pytest.raises(SettingsError, match=r"merge: .*'whole_row' or 'field_by_field'"):
        site.open()


def test_another_way_to_merge_is_another_plan(site: Site) -> None:
    """A plan that was begun is not gone on with after its contacts would be others."""
    site.source("crm", "Email\n", {"email": "Email"})
    before = site.open().settings_digest
    site.settings["merge"] = "field_by_field"
    assert site.open().settings_digest != before


Row = tuple[str, str, str, str]

CELLS = st.tuples(
    st.sampled_from(["a@x.org", "A@x.org", "b@x.org", "c@x.org", "broken"]),
    st.sampled_from(["", "Ann", "Bob"]),
    st.sampled_from(["", "Bonn"]),
    st.sampled_from(["", "2026-01-01 10:00", "2026-01-02 10:00", "soon"]),
)
SOURCES = st.tuples(st.lists(CELLS, max_size=8), st.lists(CELLS, min_size=1, max_size=8))


def made(folder: Path, sources: Sequence[Sequence[Row]], merge: str) -> Installation:
    """Return an installation whose sources are validated."""
    settings: dict[str, Any] = {"merge": merge, "sources": []}
    for number, rows in enumerate(sources):
        lines = ["Email,Name,City,Updated", *(",".join(cells) for cells in rows or [("z@x.org", "", "", "")])]
        (folder / f"s{number}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
        fields = {"email": "Email", "firstName": "Name", "city": {"column": "City", "blank": "clear"}}
        settings["sources"].append(
            {"name": f"s{number}", "kind": "csv", "path": f"s{number}.csv", "fields": fields, "newest_by": "Updated"}
        )
    (folder / "sync.yaml").write_text(yaml.safe_dump(settings), encoding="utf-8")
    installation = open_installation({}, folder / "sync.yaml")
    for source in installation.settings.sources:
        extract(installation, source, DAY)
        validate_source(installation, source, DAY)
    return installation


@settings(max_examples=6, deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow])
@given(SOURCES, st.sampled_from(["whole_row", "field_by_field"]), st.randoms(use_true_random=False))
def test_every_row_is_a_contact_a_duplicate_or_rejected(
    sources: tuple[list[Row], list[Row]], merge: str, chance: random.Random
) -> None:
    """No row vanishes, every loser names a contact, and where slices end or in what order they come changes nothing."""
    with TemporaryDirectory() as name:
        installation = made(Path(name), sources, merge)
        tables = choose_contacts(installation, DAY)
        contacts, lost = tables.contacts.scan().collect(), tables.duplicates.scan().collect()
        assert contacts["email_key"].is_unique().all()
        winners = set(contacts.select("email_key", "source", "row").rows())
        assert set(lost.select("email_key", "winner_source", "winner_row").rows()) <= winners
        told = defaultdict[str, list[int]](list)
        for source, row in [*contacts.select("source", "row").rows(), *lost.select("source", "row").rows()]:
            told[source].append(row)
        for source in installation.settings.sources:
            rejected = required(installation, f"rejected/{source.name}", DAY).scan().collect()["row"].to_list()
            read = required(installation, f"extracted/{source.name}", DAY).rows
            assert sorted([*told[source.name], *rejected]) == list(range(1, read + 1))
        rewrite_in_other_slices(installation, chance)
        again = choose_contacts(installation, DAY)
        assert again.contacts.scan().collect().sort("source", "row").equals(contacts.sort("source", "row"))
        assert again.duplicates.scan().collect().sort("source", "row").equals(lost.sort("source", "row"))


def rewrite_in_other_slices(installation: Installation, chance: random.Random) -> None:
    """Write each validated table anew, in slices of other lengths and in another order."""
    for source in installation.settings.sources:
        table = required(installation, f"validated/{source.name}", DAY)
        rows = table.scan().collect()
        step = chance.randint(1, 3)
        slices = [rows.slice(start, step) for start in range(0, rows.height, step)] or [rows]
        chance.shuffle(slices)
        version = installation.tables.next_version(DAY, *(f"{kind}/{source.name}" for kind in ("validated", "issues")))
        for kind in ("rejected", "issues"):
            with installation.tables.new_version(f"{kind}/{source.name}", DAY, table.inputs, version) as new:
                new.write(required(installation, f"{kind}/{source.name}", DAY).scan().collect())
        with installation.tables.new_version(table.asset, DAY, table.inputs, version) as new:
            for part in slices:
                new.write(part)


def test_rivals_compared_a_few_at_a_time_are_chosen_alike(tmp_path: Path) -> None:
    """How many rows fit into memory at a time is no matter of who wins."""
    rows = [(f"p{number % 7}@x.org", "Ann", "", f"2026-01-{1 + number % 5:02} 10:00") for number in range(40)]
    installation = made(tmp_path, (rows, rows[::-1]), "field_by_field")
    ranked = [
        ranked_rows(source, rank, required(installation, f"validated/{source.name}", DAY))
        for rank, source in enumerate(by_rank(installation.settings.sources))
    ]
    whole = choose(ranked, merge_fields=True)
    few = choose(ranked, merge_fields=True, at_a_time=5)
    assert whole.duplicates.height == 73
    assert few.duplicates.equals(whole.duplicates)
    assert few.united.equals(whole.united)
