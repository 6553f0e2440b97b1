"""A day without a file is told from a source that is missing: a backfill passes over the one and stops at the other."""

from datetime import date
from pathlib import Path

import pytest

from connectors.sources.csv_file import CsvSettings
from connectors.sources.errors import FileUnfinished, NotDelivered, SourceMissing
from connectors.sources.finding_files import find_files
from connectors.sources.local_store import LocalStore
from connectors.sources.reading import Request

DAY = date(2026, 11, 24)


def found(folder: Path, path: str, **more: str) -> type[Exception] | None:
    """Return what looking for a path's files raises."""
    settings = CsvSettings.model_validate(
        {"name": "crm", "kind": "csv", "path": path, "fields": {"email": "Email"}, **more}
    )
    try:
        find_files(settings, [".csv"], LocalStore(folder), Request(DAY, folder, {}, folder))
    except SourceMissing as error:
        return type(error)
    return None


@pytest.mark.parametrize(
    ("path", "more", "raised"),
    [
        ("crm-{date}.csv", {}, NotDelivered),
        ("crm-{date:%Y%m%d}-*.csv", {"files": "all"}, NotDelivered),
        ("crm.csv", {}, SourceMissing),
        ("nowhere/*.csv", {"files": "all"}, SourceMissing),
    ],
)
def test_only_a_path_that_names_the_day_can_lack_its_file(
    tmp_path: Path, path: str, more: dict[str, str], raised: type[Exception]
) -> None:
    """A path that is the same every day and leads nowhere is broken today and was broken yesterday."""
    assert found(tmp_path, path, **more) is raised


def test_file_that_is_being_written_is_coming(tmp_path: Path) -> None:
    """Half a file is no day without one."""
    (tmp_path / f"crm-{DAY}.csv.part").write_text("Email\n")
    assert found(tmp_path, "crm-{date}.csv") is FileUnfinished


def test_day_before_the_first_file_has_none(tmp_path: Path) -> None:
    """A backfill that reaches further back than the exports passes over the days before them."""
    (tmp_path / "crm-2026-11-25.csv").write_text("Email\n")
    assert found(tmp_path, "*.csv", files="newest") is NotDelivered
