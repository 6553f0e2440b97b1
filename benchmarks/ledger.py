"""The ledger on a night on which 1 % changed: the diff and the fold, beside a bare polars anti-join of the same files.

All take turns, so that a busy machine is as busy for the one as for the other.
"""

import datetime as dt
import tempfile
from pathlib import Path
from typing import Final

import polars as pl

from benchmarks.measuring import measure_once, medians
from connectors.storage.batch_writer import BatchWriter
from connectors.storage.files import make_folder
from connectors.storage.ledger import Ledger
from connectors.storage.plan import Plan, decisions_path, sent_path
from connectors.storage.plans import Plans
from connectors.storage.receipts import Receipt
from connectors.storage.sync_result import SyncResult, result_of
from pipelines.steps.plan import MOST_KNOWN
from schemas.batches import Limits
from schemas.contact import EMAIL_KEY
from schemas.decisions import DOUBTS, LEDGER, Decision, decide, decisions_on

DAY: Final = dt.date(2026, 11, 24)
NEXT_DAY: Final = DAY + dt.timedelta(days=1)
AT: Final = dt.datetime(2026, 11, 24, 3, tzinfo=dt.UTC)
CHANGED_OF: Final = 100  # one contact of so many changes over night
TURNS: Final = 3
TARGETS: Final = "targets at 10,000,000 contacts: at most 2 times the anti-join's time, at most 2,048 MiB"


def run(rows: int) -> None:
    """Print times, peaks and ratios of the diff and of the fold."""
    with tempfile.TemporaryDirectory() as name:
        measure_once("ledger", "write_night", name, rows)
        works = ("bare", "diff", "fold")
        taken = [{work: measure_once("ledger", work, name) for work in works} for _ in range(TURNS)]
        found = {work: medians([turn[work] for turn in taken]) for work in works}
    print(f"ledger of {rows:,} contacts, {1 / CHANGED_OF:.0%} of them changed; medians of {TURNS}; {TARGETS}")
    for work, one in found.items():
        ratio = one.seconds / found["bare"].seconds
        print(
            f"  {work:6}{one.seconds:8.2f} s  {one.cpu_seconds:8.2f} s of CPU  {one.peak_mib:6.0f} MiB  {ratio:5.2f}x"
        )


def write_night(name: str, rows: int) -> None:
    """Write a ledger, the contacts of the next day, and that day's plan with all its receipts."""
    root = Path(name)
    known = _contacts(rows).select(
        *(EMAIL_KEY, "payload_hash"),
        as_of=pl.lit(DAY),
        batch=_hex(pl.col("number") // 1000),
        acknowledged_at=pl.lit(AT).cast(LEDGER["acknowledged_at"]),
        opted_out=pl.col("number") % 50 == 0,
        order=pl.lit(1, pl.Int64),
    )
    nobody = pl.LazyFrame(schema={EMAIL_KEY: pl.String})
    Ledger(root).fold(SyncResult("first", "a platform", DAY, 1, known.cast(dict(LEDGER)), nobody), AT)
    tonight = _contacts(rows).with_columns(
        payload_hash=pl.when(pl.col("number") % CHANGED_OF == 0)
        .then(_hex(pl.col("number") + rows))
        .otherwise("payload_hash"),
        held_back=False,
        opts_out=False,
    )
    tonight.sink_parquet(root / "contacts.parquet")
    _write_plan(root, rows)


def bare(name: str) -> int:
    """Do what polars alone does: find whom the ledger does not hold as they are."""
    contacts = pl.scan_parquet(Path(name, "contacts.parquet")).select(EMAIL_KEY, "payload_hash")
    known = pl.scan_parquet(Path(name, "ledger", "000001.parquet")).select(EMAIL_KEY, "payload_hash")
    changed = contacts.join(known, on=[EMAIL_KEY, "payload_hash"], how="anti")
    return changed.collect(engine="streaming").height


def diff(name: str) -> dict[str, int]:
    """Decide on every contact, as a sync does."""
    ledger = Ledger(Path(name))
    version = ledger.current()
    contacts = pl.scan_parquet(Path(name, "contacts.parquet")).drop("number")
    parts = 1 + version.rows // MOST_KNOWN
    doubts = pl.LazyFrame(schema=DOUBTS)
    decisions = decisions_on(contacts, ledger.scan(version), doubts, decide(NEXT_DAY), parts=parts)
    return dict(decisions.cast(pl.String).value_counts().iter_rows())


def fold(name: str) -> int:
    """Take the night's receipts into the ledger, and put it back as it was."""
    root = Path(name)
    ledger, plan = Ledger(root), Plans(root).get(f"{NEXT_DAY}-0001")
    before = ledger.current()
    after = ledger.fold(result_of(plan), AT)
    for left in (root / "ledger").glob(f"{after.number:06d}.*"):
        left.unlink()
    ledger.note_written(before)
    return after.rows


def _contacts(rows: int) -> pl.LazyFrame:
    number = pl.col("number")
    shuffled = (number * 7919) % rows  # sources and ledger do not stand in the order of addresses
    address = pl.format("person{}@example{}.com", shuffled, shuffled % 997)
    numbers = pl.LazyFrame({"number": pl.int_range(rows, eager=True)})
    return numbers.with_columns(address.alias(EMAIL_KEY), payload_hash=_hex(number))


def _hex(number: pl.Expr) -> pl.Expr:
    """Return 32 digits that compress as badly as those of a hash."""
    halves = [(number.hash(seed) % 10**16).cast(pl.String).str.zfill(16) for seed in (1, 2)]
    return pl.concat_str(halves)


def _write_plan(root: Path, rows: int) -> None:
    plans = Plans(root)
    folder = make_folder(plans.folder(f"{NEXT_DAY}-0001"))
    contacts = pl.scan_parquet(root / "contacts.parquet")
    is_changed = pl.col("number") % CHANGED_OF == 0
    word = pl.when(is_changed).then(pl.lit(Decision.UPDATE.value)).otherwise(pl.lit(Decision.UNCHANGED.value))
    decided = contacts.select(EMAIL_KEY, pl.lit("crm").alias("source"), "number", "payload_hash", decision=word)
    decided.rename({"number": "row"}).sink_parquet(decisions_path(folder))
    payload = pl.format('{{"email":"{}","notes":"{}"}}', EMAIL_KEY, pl.lit("x" * 300))
    groups = pl.lit([7], pl.List(pl.Int64)).alias("group_ids")
    sent = contacts.filter(is_changed).select(EMAIL_KEY, groups, "payload_hash", payload=payload).collect()
    with BatchWriter(sent_path(folder), Limits(1000, 4_000_000)) as writer:
        writer.write(sent)
    inputs, counts = {"contacts": 1}, {"update": sent.height, "unchanged": rows - sent.height}
    plan = Plan(
        *(folder.name, NEXT_DAY, 1, inputs, "a platform", "digest of settings"),
        full=False,
        counts=counts,
        batches=tuple(writer.batches),
        folder=folder,
    )
    plans.fix(plan)
    for batch in plan.batches:
        plan.mark(batch, AT)
        plan.resolve(Receipt(batch.id, AT + dt.timedelta(days=1), ("request",), 0, batch.contacts, {}, ()))
