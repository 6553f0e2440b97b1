"""What is done with each contact, and how the ledger takes in what was acknowledged."""

import datetime as dt
import random

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.decisions import LEDGER, SENT, Decision, decide, fold
from tests.schemas.strategies import EXAMPLES

TODAY = dt.date(2024, 3, 10)
YESTERDAY, TOMORROW = TODAY - dt.timedelta(days=1), TODAY + dt.timedelta(days=1)
NOON = dt.datetime(2024, 3, 10, 12, tzinfo=dt.UTC)

Entry = tuple[str, str, dt.date]


@pytest.mark.parametrize(
    ("known_hash", "known_as_of", "decision", "full_decision"),
    [
        (None, None, "insert", "insert"),
        ("same", YESTERDAY, "unchanged", "update"),
        ("same", TODAY, "unchanged", "update"),
        ("same", TOMORROW, "unchanged", "superseded"),
        ("other", YESTERDAY, "update", "update"),
        ("other", TODAY, "update", "update"),
        ("other", TOMORROW, "superseded", "superseded"),
    ],
)
def test_the_truth_table(
    known_hash: str | None, known_as_of: dt.date | None, decision: str, full_decision: str
) -> None:
    """Older data never overwrites newer, even in a full sync, and what is there already is not sent."""
    frame = pl.DataFrame(
        {"payload_hash": ["same"], "ledger_hash": [known_hash], "ledger_as_of": [known_as_of]},
        schema={"payload_hash": pl.String, "ledger_hash": pl.String, "ledger_as_of": pl.Date},
    )
    assert frame.select(one=decide(pl.lit(TODAY)))["one"].to_list() == [decision]
    assert frame.select(one=decide(pl.lit(TODAY), full=True))["one"].to_list() == [full_decision]


def test_only_inserts_and_updates_are_sent() -> None:
    """Every other decision keeps its contact at home."""
    assert set(SENT) == {Decision.INSERT, Decision.UPDATE}
    assert set(Decision) - set(SENT) == {Decision.UNCHANGED, Decision.SUPERSEDED}


def ledger(*entries: Entry) -> pl.LazyFrame:
    """Return a ledger of e-mails, hashes and days."""
    rows = [(email, payload, day, "batch", NOON) for email, payload, day in entries]
    return pl.DataFrame(rows, schema=LEDGER, orient="row").lazy()


def folded(known: pl.LazyFrame, acknowledged: pl.LazyFrame) -> dict[str, tuple[str, dt.date]]:
    """Return the folded ledger's hash and day of each e-mail, which it must hold once."""
    frame = fold(known, acknowledged).collect()
    assert frame.schema == LEDGER
    assert not frame["email_key"].is_duplicated().any()
    return {row[0]: (row[1], row[2]) for row in frame.rows()}


def test_new_e_mails_enter_and_known_ones_are_replaced() -> None:
    """The latest day's entry stays; on one day the later acknowledgement."""
    known = ledger(("kept", "1", TODAY), ("older", "1", YESTERDAY), ("same day", "1", TODAY), ("newer", "1", TOMORROW))
    fresh = ledger(("older", "2", TODAY), ("same day", "2", TODAY), ("newer", "2", TODAY), ("unknown", "2", TODAY))
    assert folded(known, fresh) == {
        "kept": ("1", TODAY),
        "older": ("2", TODAY),
        "same day": ("2", TODAY),
        "newer": ("1", TOMORROW),
        "unknown": ("2", TODAY),
    }


def test_nothing_acknowledged_changes_nothing() -> None:
    """A plan whose batches all failed leaves the ledger as it was, and the first ledger is empty."""
    assert folded(ledger(("a", "1", TODAY)), ledger()) == {"a": ("1", TODAY)}
    assert folded(ledger(), ledger(("a", "1", TODAY))) == {"a": ("1", TODAY)}
    assert folded(ledger(), ledger()) == {}


ENTRIES = st.lists(
    st.tuples(
        st.sampled_from("abcde"), st.sampled_from(["1", "2", "3"]), st.sampled_from([YESTERDAY, TODAY, TOMORROW])
    ),
    max_size=5,
    unique_by=lambda entry: entry[0],
)


@EXAMPLES
@given(ENTRIES, ENTRIES)
def test_folding_twice_is_folding_once(known: list[Entry], fresh: list[Entry]) -> None:
    """A sync that died after folding folds again; nothing is lost, and no day goes back."""
    once = fold(ledger(*known), ledger(*fresh))
    assert folded(once, ledger(*fresh)) == folded(ledger(*known), ledger(*fresh))
    days = {email: day for email, _, day in known}
    for email, (_, day) in folded(ledger(*known), ledger(*fresh)).items():
        assert day >= days.get(email, day)


@EXAMPLES
@given(st.lists(st.sampled_from([YESTERDAY, TODAY, TOMORROW]), min_size=1, max_size=4, unique=True), st.randoms())
def test_the_latest_day_stays_in_whatever_order_days_arrive(days: list[dt.date], shuffler: random.Random) -> None:
    """Backfills run when somebody starts them."""
    arriving = list(days)
    shuffler.shuffle(arriving)
    state = ledger()
    for day in arriving:
        state = fold(state, ledger(("a", str(day), day)))
    assert folded(state, ledger()) == {"a": (str(max(days)), max(days))}
