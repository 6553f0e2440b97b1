"""Several files as one source: rows numbered on and traceable, columns that fit, and nothing left open."""

import json
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from connectors.sources.errors import SourceBroken, SourceEmpty, SourceSettingsWrong
from connectors.sources.reading import Request
from connectors.sources.registry import open_source
from tests.connectors.sources.opening import DAY, Held, read, settings

HEADER = "email,name\n"


def write(folder: Path, **files: str) -> None:
    """Write CSV files; `__` in a name is a slash."""
    for name, content in files.items():
        path = folder / f"{name.replace('__', '/')}.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)


def csvs(folder: Path, path: str = "in", **more: object) -> Held:
    """Read CSV files as one source."""
    return read(folder, None, kind="csv", path=path, files="all", **more)


def test_rows_are_numbered_on_and_lines_within_their_file(tmp_path: Path) -> None:
    """Every row leads to its file and the line in it."""
    write(tmp_path, in__b=f"{HEADER}c@b.c,C\n\nd@b.c,D\n", in__a=f"report\n{HEADER}a@b.c,A\nb@b.c,B\n")
    held = csvs(tmp_path)
    first, second = str(tmp_path / "in/a.csv"), str(tmp_path / "in/b.csv")
    assert held.header == ("email", "name", "__file__")
    assert held.rows == {
        1: ("a@b.c", "A", first),
        2: ("b@b.c", "B", first),
        3: ("c@b.c", "C", second),
        4: ("d@b.c", "D", second),
    }
    assert held.lines == [3, 4, 2, 4]
    facts = held.facts
    assert (facts["path"], facts["files"], facts["files_without_rows"]) == (str(tmp_path / "in"), 2, 0)
    assert json.loads(str(facts["first_rows"])) == {first: 1, second: 3}
    assert (facts["rows"], facts["separator"], facts["header_line"]) == (4, ",", "2, 1")
    assert facts["bytes"] == sum(file.stat().st_size for file in (tmp_path / "in").iterdir())


def test_rows_set_aside_say_their_file(tmp_path: Path) -> None:
    """Whoever mends a row knows where; a total ends each of the files."""
    write(tmp_path, in__a=f"{HEADER}a@b.c,A\nTotal,1\n", in__b=f"{HEADER}b@b.c\nc@b.c,C\n")
    held = csvs(tmp_path)
    assert {row: code for row, (code, _) in held.faults.items()} == {2: "total_line", 3: "ragged_row"}
    assert held.facts["set_aside"] == 2


def test_files_may_be_written_and_packed_in_their_own_ways(tmp_path: Path) -> None:
    """Only the columns have to be the same; what differs is said."""
    write(tmp_path, in__a=f"{HEADER}a@b.c,A\n", in__b="email;name\nb@b.c;B\n")
    held = csvs(tmp_path)
    assert [row[:2] for row in held.cells] == [("a@b.c", "A"), ("b@b.c", "B")]
    assert held.facts["separator"] == ",, ;"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("name,email\nB,b@b.c\n", "its columns stand in another order"),
        ("email\nb@b.c\n", 'it lacks "name"'),
        ("email,name,city\nb@b.c,B,C\n", 'it has "city" as well'),
        ("email,Name\nb@b.c,B\n", 'it lacks "name"; it has "Name" as well'),
        ("b@b.c,B\nc@b.c,C\n", "its first line looks like a contact"),
    ],
)
def test_a_file_with_other_columns_is_refused_by_name(tmp_path: Path, content: str, said: str) -> None:
    """A column that is missing in one file is never read as blank for its people; no address is shown."""
    write(tmp_path, in__a=f"{HEADER}a@b.c,A\n", in__b=content)
    with pytest.raises(SourceBroken, match=r"in/b.csv does not fit .*in/a.csv") as caught:
        csvs(tmp_path)
    assert said in str(caught.value)
    assert "b@b.c" not in str(caught.value)


def test_one_file_of_a_pattern_has_the_same_columns_as_several(tmp_path: Path) -> None:
    """A night with one region fewer does not change the snapshot's columns."""
    write(tmp_path, in__a=f"{HEADER}a@b.c,A\n")
    assert csvs(tmp_path, "in/*.csv").header == ("email", "name", "__file__")
    assert csvs(tmp_path, "in/a.csv").header == ("email", "name")
    assert read(tmp_path, None, kind="csv", path="in/*.csv", files="newest").header == ("email", "name")


def test_a_file_without_rows_is_counted_and_all_of_them_are_empty(tmp_path: Path) -> None:
    """A region where nobody signed up is no failure; no rows at all are not everyone gone."""
    write(tmp_path, in__a=HEADER, in__b=f"{HEADER}b@b.c,B\n", in__c=HEADER)
    held = csvs(tmp_path)
    assert held.cells == [("b@b.c", "B", str(tmp_path / "in/b.csv"))]
    assert held.facts["files_without_rows"] == 2
    (tmp_path / "in/b.csv").unlink()
    with pytest.raises(SourceEmpty, match="Source crm is empty"):
        csvs(tmp_path)


def test_the_keys_of_partitions_are_columns_that_can_be_mapped(tmp_path: Path) -> None:
    """Also where the header stands below a preamble, and in a single file."""
    write(tmp_path, **{"in__country=FR__a": f"report\n\n{HEADER}a@b.c,A\n", "in__country=DE__a": f"{HEADER}d@b.c,D\n"})
    fields = {"email": "email", "country": "country", "originalSource": "__file__"}
    held = csvs(tmp_path, fields=fields)
    assert held.header == ("email", "name", "country", "__file__")
    assert [row[:3] for row in held.cells] == [("d@b.c", "D", "DE"), ("a@b.c", "A", "FR")]
    one = read(tmp_path, None, kind="csv", path="in/country=FR/a.csv", fields={"email": "email", "country": "country"})
    assert one.cells == [("a@b.c", "A", "FR")]
    assert one.facts["path"] == str(tmp_path / "in/country=FR/a.csv")


def test_a_key_that_a_file_has_too_is_refused(tmp_path: Path) -> None:
    """Which of the two is right is not guessed; our own column is none of a file's either."""
    write(tmp_path, **{"in__name=x__a": f"{HEADER}a@b.c,A\n"})
    with pytest.raises(SourceSettingsWrong, match=r'a.csv has a column "name", and so has its partition'):
        csvs(tmp_path)
    write(tmp_path, other__a="email,__file__\na@b.c,A\n")
    with pytest.raises(SourceSettingsWrong, match=r'a.csv has a column "__file__"'):
        csvs(tmp_path, "other")


def test_partitions_of_other_keys_do_not_fit(tmp_path: Path) -> None:
    """A file outside of the partitions would have no value in their columns."""
    write(tmp_path, **{"in__a": f"{HEADER}a@b.c,A\n", "in__day=1__b": f"{HEADER}b@b.c,B\n"})
    with pytest.raises(SourceBroken, match='its partitions have the keys "day", those of the first none'):
        csvs(tmp_path)


def test_parquet_files_keep_their_types_and_fit_each_other(tmp_path: Path) -> None:
    """A part without rows is common; a number that is a text in one part is refused by the column's name."""
    parts = tmp_path / "in"
    for number, (emails, dates) in enumerate([(["a@b.c"], [date(2000, 1, 2)]), ([], []), (["b@b.c"], [None])]):
        (parts / f"day={number}").mkdir(parents=True)
        table = pa.table({"email": pa.array(emails, pa.string()), "born": pa.array(dates, pa.date32())})
        pq.write_table(table, parts / f"day={number}/part-0.snappy.parquet")
    (parts / "_SUCCESS").touch()
    held = read(tmp_path, None, kind="parquet", path="in", files="all")
    assert [row[:3] for row in held.cells] == [("a@b.c", date(2000, 1, 2), "0"), ("b@b.c", None, "2")]
    assert held.lines == [None, None]
    pq.write_table(pa.table({"email": ["c@b.c"], "born": ["2000"]}), parts / "day=1/part-0.snappy.parquet")
    with pytest.raises(SourceBroken, match='its column "born" is string instead of date32'):
        read(tmp_path, None, kind="parquet", path="in", files="all")


def test_names_are_known_from_the_first_partition_on(tmp_path: Path) -> None:
    """A list of opt-outs is told by the name of its file or its partition, among others, too."""
    write(
        tmp_path, **{"in__status=active__a": f"{HEADER}a@b.c,A\n", "in__status=unsubscribed__a": f"{HEADER}b@b.c,B\n"}
    )
    given = settings(kind="csv", path="in", files="all")
    with TemporaryDirectory() as scratch, open_source(given, Request(DAY, tmp_path, {}, Path(scratch))) as reading:
        assert reading.files == ("status=active/a.csv", "status=unsubscribed/a.csv")


def test_leaving_in_the_middle_leaves_nothing_open_and_no_copy(tmp_path: Path) -> None:
    """However far it was read, the copies of personal data are gone."""
    rows = "".join(f"{number}@example.com,{'A' * 50}\n" for number in range(60_000))
    write(tmp_path, in__a=HEADER + rows, in__b=HEADER + rows, in__c=HEADER + rows)
    before = len(list(Path("/dev/fd").iterdir()))
    with TemporaryDirectory() as scratch:
        given = settings(kind="csv", path="in", files="all")
        with open_source(given, Request(DAY, tmp_path, {}, Path(scratch))) as reading:
            while next(reading.batches).column("__row__")[0].as_py() <= 60_000:
                pass
        assert list(Path(scratch).iterdir()) == []
    assert len(list(Path("/dev/fd").iterdir())) == before
