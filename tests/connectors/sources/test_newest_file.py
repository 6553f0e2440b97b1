"""The newest file: by the date in the names, else by the last change, and never by a guess."""

from datetime import date

import pytest

from connectors.sources.errors import SourceBroken, SourceMissing
from connectors.sources.newest_file import Dated, newest

DAY = date(2026, 11, 24)


def chosen(*names: str, **modified: float) -> tuple[str, str]:
    """Return which of these files is the newest, and how that is known; a later one was changed later."""
    files = [
        Dated(f"exports/{name}", f"/exports/{name}", modified.get(name, place)) for place, name in enumerate(names)
    ]
    found = newest(files, DAY, "exports/*.csv")
    return found.path.removeprefix("exports/"), found.origin


@pytest.mark.parametrize(
    ("names", "latest"),
    [
        (["crm-2026-11-23.csv", "crm-2026-11-09.csv"], "crm-2026-11-23.csv"),
        (["crm-20261123.csv", "crm-20261101.csv"], "crm-20261123.csv"),
        (["b-2026.11.02.csv", "a-2026.11.03.csv", "c-2026.11.01.csv"], "a-2026.11.03.csv"),
        (["crm-20261123T2330.csv", "crm-20261123T0130.csv"], "crm-20261123T2330.csv"),
        (["crm_2026-11-23 09-15-01.csv", "crm_2026-11-23 09-15-00.csv"], "crm_2026-11-23 09-15-01.csv"),
        (["v2-crm-2026_11_23-17.csv", "v2-crm-2026_11_22-18.csv"], "v2-crm-2026_11_23-17.csv"),
    ],
)
def test_the_date_in_the_name_decides(names: list[str], latest: str) -> None:
    """A file that was copied back later does not become the newest, however it was named."""
    assert chosen(*names) == (latest, "name")
    assert chosen(*reversed(names)) == (latest, "name")


def test_a_backfill_reads_what_was_there_on_its_day() -> None:
    """A file of a later day is not read as the state of an earlier one."""
    assert chosen("crm-2026-11-24.csv", "crm-2026-11-25.csv") == ("crm-2026-11-24.csv", "name")
    with pytest.raises(SourceMissing, match="every file is of a day after 2026-11-24"):
        chosen("crm-2026-11-25.csv", "crm-2026-12-24.csv")


@pytest.mark.parametrize("names", [["crm.csv", "crm (1).csv"], ["crm-24-11-2026.csv", "crm-12345678901.csv"]])
def test_without_dates_the_last_change_decides(names: list[str]) -> None:
    """A date in a form that has two readings, or a number, is no date."""
    assert chosen(*names) == (names[1], "modified")
    assert chosen(*reversed(names)) == (names[0], "modified")


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["a-2026-11-23.csv", "b-20261123.csv"], "/exports/a-2026-11-23.csv and /exports/b-20261123.csv are equally"),
        (["crm.csv", "crm-2026-11-23.csv"], "the name of /exports/crm-2026-11-23.csv holds a date, that of /exports/c"),
        (["2026-11-01-to-2026-11-30.csv", "2026-11-23.csv"], "that of /exports/2026-11-01-to-2026-11-30.csv holds non"),
    ],
)
def test_what_cannot_be_told_is_refused_by_name(names: list[str], said: str) -> None:
    """A guess between two files might send the older one."""
    with pytest.raises(SourceBroken, match="exports") as caught:
        chosen(*names)
    assert said in str(caught.value)


def test_two_files_changed_at_once_are_refused() -> None:
    """Both may be the one that is meant."""
    with pytest.raises(SourceBroken, match=r"/exports/a.csv and /exports/b.csv are equally new"):
        chosen("a.csv", "b.csv", "c.csv", **{"a.csv": 9.0, "b.csv": 9.0, "c.csv": 3.0})


def test_an_unknown_time_is_refused() -> None:
    """A place that does not say when a file was changed has no newest file."""
    with pytest.raises(SourceBroken, match="not known when it was changed"):
        newest([Dated("a", "a", None), Dated("b", "b", 1.0)], DAY, "*")
