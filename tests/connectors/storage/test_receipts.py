"""Receipts: what the destination said is kept word by word, and is read back as it was said."""

import datetime as dt
from pathlib import Path

import polars as pl
import pytest

from connectors.storage.files import StorageError, create_file
from connectors.storage.receipts import Receipt, verdicts
from connectors.storage.sent_rows import SENT
from schemas.row_outcomes import Verdict
from tests.connectors.storage.planning import AT

SENTENCES = ('E-Mail „a@b" ungültig', "日本語 \U0001f600 \u2028", "a\nb\t\\", "")

PERHAPS = (
    '{"batch": "b", "answered_at": "2026-11-24T03:00:00+00:00", "request_ids": [], "inserted": 0, "updated": 0, '
    '"exceptions": [[0, "perhaps"]], "notes": []}'
)


def kept(folder: Path, receipt: Receipt) -> Receipt:
    """Keep a receipt, and read it again."""
    create_file(folder / "receipt.json", receipt.to_json())
    return Receipt.read(folder / "receipt.json")


def test_round_trip(tmp_path: Path) -> None:
    """Every part comes back equal: times to the microsecond, positions as numbers, sentences in any script."""
    exceptions = {
        3: (Verdict.REFUSED, SENTENCES),
        0: (Verdict.WARNED, ("one",)),
        12: (Verdict.UNKNOWN, ()),
    }
    receipt = Receipt("batch", AT, ("id 1", "id 2"), 5, 6, exceptions, SENTENCES)
    again = kept(tmp_path, receipt)
    assert again == receipt
    assert again.answered_at.tzinfo == dt.UTC
    assert [type(position) for position in again.exceptions] == [int] * 3
    assert all(isinstance(verdict, Verdict) for verdict, _ in again.exceptions.values())


def test_a_plain_receipt(tmp_path: Path) -> None:
    """A batch that was applied whole has nothing to say of its rows."""
    receipt = Receipt("batch", AT, (), 0, 0, {}, ())
    assert kept(tmp_path, receipt) == receipt


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{}",
        "null",
        "[]",
        '{"batch": "b", "answered_at": "2026-11-24T03:0',
        '{"batch": "b", "answered_at": "yesterday"}',
        PERHAPS,
    ],
)
def test_a_damaged_receipt(tmp_path: Path, content: str) -> None:
    """A receipt that cannot be understood is told by name: it is neither an answer nor none."""
    (tmp_path / "receipt.json").write_text(content)
    with pytest.raises(StorageError, match=r"receipt\.json cannot be read .+restore it from a backup"):
        Receipt.read(tmp_path / "receipt.json")


def test_verdicts_of_several_receipts() -> None:
    """A position is one of its own batch: the same position of another batch is not touched."""
    rows = [(batch, at, f"{batch}{at}@x.org", "hash", "{}") for batch in ("a", "b", "c") for at in (0, 1)]
    sent = pl.LazyFrame(rows, schema=SENT, orient="row")
    later = AT + dt.timedelta(minutes=1)
    told = verdicts(
        sent,
        [
            Receipt("a", AT, (), 2, 0, {1: (Verdict.REFUSED, ("no",))}, ()),
            Receipt("b", later, (), 2, 0, {0: (Verdict.WARNED, ("hm", "so"))}, ()),
        ],
    ).select("email_key", "payload_hash", "batch", "answered_at", "verdict", "sentences")
    assert sorted(told.collect().rows()) == [
        ("a0@x.org", "hash", "a", AT, "applied", None),
        ("a1@x.org", "hash", "a", AT, "refused", ["no"]),
        ("b0@x.org", "hash", "b", later, "warned", ["hm", "so"]),
        ("b1@x.org", "hash", "b", later, "applied", None),
    ]
