"""Batches over slices: nothing lost, nothing twice, order kept, limits kept, groups never mixed."""

import os
from collections import defaultdict
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.storage.batch_writer import BatchWriter
from connectors.storage.files import StorageError
from connectors.storage.plan import Batch
from connectors.storage.sent_rows import SENT
from schemas.batches import Limits, batch_id, cut
from tests.connectors.storage.folders import mode
from tests.connectors.storage.planning import CONTACTS, contacts
from tests.connectors.storage.processes import room_for

ROOMY = Limits(1000, 4_000_000)

GROUPS = st.sampled_from([[], [7], [7, 8], [8]])
PAYLOADS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=12)
SLICES = st.lists(st.lists(st.tuples(GROUPS, PAYLOADS), max_size=12), max_size=6)


def batched(path: Path, limits: Limits, *slices: pl.DataFrame) -> tuple[list[Batch], pl.DataFrame]:
    """Write slices, and return the batches and the file's rows."""
    with BatchWriter(path, limits) as writer:
        for rows in slices:
            writer.write(rows)
    return writer.batches, pl.read_parquet(path)


def numbers(rows: pl.DataFrame, batch: Batch) -> list[int]:
    """Return the numbers of a batch's contacts, in their order."""
    keys = rows.filter(pl.col("batch") == batch.id).sort("position")["email_key"]
    return [int(key.removesuffix("@x.org")) for key in keys]


def fail_after(writer: BatchWriter, rows: pl.DataFrame) -> None:
    """Write a slice, then fail."""
    writer.write(rows)
    raise ZeroDivisionError


def test_batches_fill_over_slices(tmp_path: Path) -> None:
    """A batch does not end with a slice: three slices of two are two batches of three."""
    batches, rows = batched(tmp_path / "sent", Limits(3, 9999), contacts([1, 2]), contacts([3, 4]), contacts([5, 6]))
    assert [numbers(rows, batch) for batch in batches] == [[1, 2, 3], [4, 5, 6]]
    assert [batch.contacts for batch in batches] == [3, 3]


def test_the_remainder_is_written(tmp_path: Path) -> None:
    """Contacts that fill no batch go out in a smaller one when all are there."""
    batches, rows = batched(tmp_path / "sent", Limits(3, 9999), contacts(range(7)))
    assert [numbers(rows, batch) for batch in batches] == [[0, 1, 2], [3, 4, 5], [6]]


def test_groups_never_share_a_batch(tmp_path: Path) -> None:
    """A request has one list of groups: whoever enters others is in another request."""
    batches, rows = batched(
        tmp_path / "sent",
        ROOMY,
        pl.concat([contacts([1]), contacts([2], [8]), contacts([3])]),
        pl.concat([contacts([4], [7, 8]), contacts([5], []), contacts([6], [8])]),
    )
    by_groups = {batch.group_ids: numbers(rows, batch) for batch in batches}
    assert by_groups == {(7,): [1, 3], (8,): [2, 6], (7, 8): [4], (): [5]}
    assert len(batches) == 4


def test_bytes_limit_a_batch_over_slices(tmp_path: Path) -> None:
    """Bytes count as they are sent, commas between the payloads included."""
    one = len('{"email":"1@x.org"}')
    slices = [contacts([number]) for number in range(1, 6)]
    batches, rows = batched(tmp_path / "sent", Limits(1000, 2 * one + 1), *slices)
    assert [numbers(rows, batch) for batch in batches] == [[1, 2], [3, 4], [5]]
    batches, rows = batched(tmp_path / "sent", Limits(1000, 2 * one), *slices)
    assert [numbers(rows, batch) for batch in batches] == [[1], [2], [3], [4], [5]]


def test_a_contact_larger_than_the_limit_is_sent_alone(tmp_path: Path) -> None:
    """No contact is too large to be planned: the platform is the judge of it."""
    batches, rows = batched(tmp_path / "sent", Limits(1000, 5), contacts([1, 2]))
    assert [numbers(rows, batch) for batch in batches] == [[1], [2]]


def test_ids_are_hashes_of_the_content(tmp_path: Path) -> None:
    """The same contacts in the same groups have the same batch id, whatever their slices; other groups have another."""
    whole, _ = batched(tmp_path / "whole", ROOMY, contacts([1, 2]))
    sliced, _ = batched(tmp_path / "sliced", ROOMY, contacts([1]), contacts([2]))
    other, _ = batched(tmp_path / "other", ROOMY, contacts([1, 2], [8]))
    assert whole[0].id == sliced[0].id == batch_id('{"email":"1@x.org"}\n{"email":"2@x.org"}', [7])
    assert other[0].id != whole[0].id


def test_the_file_has_its_columns(tmp_path: Path) -> None:
    """Positions start at 0 in every batch, and hash and payload stand beside their e-mail."""
    batches, rows = batched(tmp_path / "sent", Limits(2, 9999), contacts([1, 2, 3]))
    assert rows.schema == SENT
    assert rows.rows() == [
        (batches[0].id, 0, "1@x.org", "hash 1", '{"email":"1@x.org"}'),
        (batches[0].id, 1, "2@x.org", "hash 2", '{"email":"2@x.org"}'),
        (batches[1].id, 0, "3@x.org", "hash 3", '{"email":"3@x.org"}'),
    ]
    assert mode(tmp_path / "sent") == 0o600


@pytest.mark.parametrize("slices", [0, 1, 2])
def test_nobody_to_send(tmp_path: Path, slices: int) -> None:
    """A plan without contacts is a file with columns and no batch, not a missing file."""
    batches, rows = batched(tmp_path / "sent", ROOMY, *[contacts([])] * slices)
    assert batches == []
    assert rows.schema == SENT
    assert rows.is_empty()


def test_an_error_writes_no_remainder(tmp_path: Path) -> None:
    """What was waiting when something failed is not made a batch: it never was all there."""
    with (
        pytest.raises(ZeroDivisionError),
        BatchWriter(tmp_path / "sent", Limits(2, 9999)) as writer,
    ):
        fail_after(writer, contacts([1, 2, 3]))
    assert [batch.contacts for batch in writer.batches] == [2]
    assert pl.read_parquet(tmp_path / "sent").height == 2


def test_what_was_there_is_begun_anew(tmp_path: Path) -> None:
    """The file of a plan that was killed before it was fixed leaves no contact in the next one."""
    batched(tmp_path / "sent", ROOMY, contacts(range(100)))
    _, rows = batched(tmp_path / "sent", ROOMY, contacts([1]))
    assert rows["email_key"].to_list() == ["1@x.org"]


def test_no_room(tmp_path: Path) -> None:
    """A full disk is told with the path and what to do, whether it fills while writing or at the end."""
    payloads = [os.urandom(500).hex() for _ in range(200)]
    rows = contacts(range(200)).with_columns(payload=pl.Series(payloads))
    for limits in (Limits(10, 4_000_000), ROOMY):
        with (
            room_for(20_000),
            pytest.raises(StorageError, match=r"sent cannot be written: .+\. Make room"),
            BatchWriter(tmp_path / "sent", limits) as writer,
        ):
            writer.write(rows)


def test_no_folder(tmp_path: Path) -> None:
    """A plan's folder that is gone is told at once."""
    with (
        pytest.raises(StorageError, match="sent cannot be written: No such file"),
        BatchWriter(tmp_path / "none" / "sent", ROOMY),
    ):
        pass


@given(
    SLICES,
    st.builds(Limits, contacts=st.integers(1, 5), size=st.integers(1, 60)),
)
@settings(max_examples=60, deadline=None, derandomize=True, database=None)
def test_whatever_the_slices(slices: list[list[tuple[list[int], str]]], limits: Limits) -> None:
    """Every contact is in exactly one batch, of its own groups, in its order, cut as if all had come at once."""
    count = iter(range(1000))
    frames, expected = [], defaultdict[tuple[int, ...], list[tuple[str, str]]](list)
    for one in slices:
        rows = [(f"{next(count)}@x.org", groups, "hash", f"{payload}") for groups, payload in one]
        frames.append(pl.DataFrame(rows, schema=CONTACTS, orient="row"))
        for email, groups, _, payload in rows:
            expected[tuple(groups)].append((email, payload))
    with TemporaryDirectory() as folder:
        batches, written = batched(Path(folder) / "sent", limits, *frames)
        row_groups = pq.read_metadata(Path(folder) / "sent").num_row_groups
    found = defaultdict[tuple[int, ...], list[tuple[str, str]]](list)
    sizes = defaultdict[tuple[int, ...], list[int]](list)
    start = 0
    for batch in batches:
        rows_of = written.slice(start, batch.contacts)
        start += batch.contacts
        assert set(rows_of["batch"]) == {batch.id}
        assert rows_of["position"].to_list() == list(range(batch.contacts))
        assert batch.id == batch_id("\n".join(rows_of["payload"]), batch.group_ids)
        found[batch.group_ids] += rows_of.select("email_key", "payload").rows()
        sizes[batch.group_ids].append(batch.contacts)
    assert start == written.height
    assert found == expected
    assert {batch.row_group for batch in batches} == set(range(row_groups if batches else 0))
    for group_ids, pairs in expected.items():
        assert sizes[group_ids] == cut(pl.Series([len(payload.encode()) for _, payload in pairs]), limits)
