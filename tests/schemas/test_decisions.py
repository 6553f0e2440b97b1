"""What is done with each contact, and how the ledger takes in what was acknowledged."""

import datetime as dt
import random

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.decisions import DOUBTS, LEDGER, SENT, Decision, against_ledger, decide, decisions_on, fold
from tests.schemas.strategies import EXAMPLES

TODAY = dt.date(2024, 3, 10)
YESTERDAY, TOMORROW = TODAY - dt.timedelta(days=1), TODAY + dt.timedelta(days=1)
NOON = dt.datetime(2024, 3, 10, 12, tzinfo=dt.UTC)
ORDER = 5

Entry = tuple[str, str, dt.date]


CONTACT = {"payload_hash": pl.String, "opts_out": pl.Boolean, "held_back": pl.Boolean}
BESIDE = {
    "ledger_hash": pl.String,
    "ledger_as_of": pl.Date,
    "ledger_opted_out": pl.Boolean,
    "doubt_as_of": pl.Date,
}


def decided(**known: object) -> tuple[str, ...]:
    """Return the decisions, without and with `full`, for a contact whose payload's hash is `same`."""
    row = {"payload_hash": "same", "opts_out": False, "held_back": False, **dict.fromkeys(BESIDE), **known}
    frame = pl.DataFrame([row], schema=CONTACT | BESIDE)
    return frame.select(once=decide(TODAY), full=decide(TODAY, full=True)).row(0)


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
    assert decided(ledger_hash=known_hash, ledger_as_of=known_as_of) == (decision, full_decision)


@pytest.mark.parametrize(
    ("known", "decision"),
    [
        ({"ledger_hash": "same", "ledger_as_of": TODAY, "doubt_as_of": YESTERDAY}, "update"),
        ({"ledger_hash": "same", "ledger_as_of": TODAY, "doubt_as_of": TOMORROW}, "superseded"),
        ({"doubt_as_of": TODAY}, "insert"),
        ({"doubt_as_of": TOMORROW}, "superseded"),
    ],
)
def test_what_may_have_been_applied_is_never_unchanged(known: dict[str, object], decision: str) -> None:
    """A request of unknown fate is settled by sending again, unless what it carried was newer."""
    assert decided(**known)[0] == decision


@pytest.mark.parametrize(
    ("known", "decision"),
    [
        ({"ledger_hash": "other", "ledger_as_of": TOMORROW, "ledger_opted_out": False}, "opt_out"),
        ({"ledger_hash": "other", "ledger_as_of": TOMORROW, "ledger_opted_out": True}, "superseded"),
        ({"ledger_hash": "other", "ledger_as_of": TODAY, "ledger_opted_out": False}, "update"),
        ({"doubt_as_of": TOMORROW}, "opt_out"),
        ({}, "insert"),
    ],
)
def test_an_opt_out_is_never_superseded(known: dict[str, object], decision: str) -> None:
    """Somebody who opted out on a day whose sync failed is opted out, however late that day is synced."""
    assert decided(opts_out=True, **known)[0] == decision


def test_whoever_may_have_opted_out_is_held_back() -> None:
    """Nothing else matters then, not even a full sync."""
    assert decided(held_back=True) == ("held_back", "held_back")


def test_only_inserts_updates_and_opt_outs_are_sent() -> None:
    """Every other decision keeps its contact at home."""
    assert set(SENT) == {Decision.INSERT, Decision.UPDATE, Decision.OPT_OUT}
    assert set(Decision) - set(SENT) == {Decision.UNCHANGED, Decision.SUPERSEDED, Decision.HELD_BACK}


def test_a_doubt_ends_with_the_next_acknowledgement() -> None:
    """What a sync after the one in doubt had acknowledged is what the destination has; no clock is asked."""
    contacts = pl.LazyFrame({"email_key": ["later", "earlier", "never", "sure"]})
    known = ledger(("later", "1", TODAY), ("earlier", "1", TODAY), ("sure", "1", TODAY))
    doubted = {"later": ORDER - 1, "earlier": ORDER, "never": 1}
    doubts = pl.LazyFrame([(email, TODAY, order) for email, order in doubted.items()], schema=DOUBTS, orient="row")
    beside = against_ledger(contacts, known, doubts).collect()
    found = dict(beside.select("email_key", "doubt_as_of").iter_rows())
    assert found == {"later": None, "earlier": TODAY, "never": TODAY, "sure": None}


def test_whoever_was_found_unchanged_is_known_to_be_of_that_day() -> None:
    """A backfill between two syncs does not overwrite what the later one has confirmed."""
    known = ledger(("a", "1", YESTERDAY), ("b", "1", YESTERDAY), ("c", "1", TOMORROW))
    found = pl.LazyFrame({"email_key": ["a", "c", "unknown"]})
    after = fold(known, ledger(), found, TODAY).collect()
    assert sorted(after.select("email_key", "as_of").rows()) == [("a", TODAY), ("b", YESTERDAY), ("c", TOMORROW)]


def test_whoever_cannot_be_told_apart_by_a_fingerprint_is_by_the_e_mail() -> None:
    """Two entries of one fingerprint, here those of one e-mail, and all are compared as they are written."""
    known = ledger(("a", "1", YESTERDAY), ("a", "2", YESTERDAY), ("b", "1", YESTERDAY), ("c", "1", TOMORROW))
    after = fold(known, ledger(), pl.LazyFrame({"email_key": ["a", "c"]}), TODAY).collect()
    assert sorted(after.select("email_key", "as_of").rows()) == [
        *(("a", TODAY), ("a", TODAY), ("b", YESTERDAY), ("c", TOMORROW))
    ]


@pytest.mark.parametrize("day", [YESTERDAY, TODAY, TOMORROW])
def test_an_acknowledged_opt_out_stays_noted(day: dt.date) -> None:
    """Whichever day's data comes later, and whichever stays."""
    known = ledger(("a", "1", TODAY))
    opted_out = ledger(("a", "2", day)).with_columns(opted_out=pl.lit(value=True))
    once = fold(known, opted_out, NOBODY, TODAY)
    again = fold(once, ledger(("a", "3", TOMORROW)), NOBODY, TODAY).collect()
    assert (once.collect()["opted_out"].to_list(), again["opted_out"].to_list()) == ([True], [True])


NOBODY = pl.LazyFrame(schema={"email_key": pl.String})


def ledger(*entries: Entry) -> pl.LazyFrame:
    """Return a ledger of e-mails, hashes and days."""
    rows = [(email, payload, day, "batch", NOON, False, ORDER) for email, payload, day in entries]
    return pl.DataFrame(rows, schema=LEDGER, orient="row").lazy()


def folded(known: pl.LazyFrame, acknowledged: pl.LazyFrame) -> dict[str, tuple[str, dt.date]]:
    """Return the folded ledger's hash and day of each e-mail, which it must hold once."""
    frame = fold(known, acknowledged, NOBODY, TODAY).collect()
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
    once = fold(ledger(*known), ledger(*fresh), NOBODY, TODAY)
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
        state = fold(state, ledger(("a", str(day), day)), NOBODY, TODAY)
    assert folded(state, ledger()) == {"a": (str(max(days)), max(days))}


def test_a_doubt_about_newer_data_outlives_an_acknowledgement_of_older() -> None:
    """An opt-out alone that was acknowledged since says nothing about the newer data."""
    doubts = pl.LazyFrame([("a", TOMORROW, ORDER - 1)], schema=DOUBTS, orient="row")
    beside = against_ledger(pl.LazyFrame({"email_key": ["a"]}), ledger(("a", "1", TODAY)), doubts).collect()
    assert beside["doubt_as_of"].to_list() == [TOMORROW]


def test_a_certain_opt_out_is_sent_of_whom_else_would_be_held_back() -> None:
    """Two sources, one of them unclear: the person is opted out, and nothing else is sent."""
    assert decided(held_back=True, opts_out=True) == ("opt_out", "opt_out")
    assert decided(held_back=True, opts_out=True, ledger_opted_out=True)[0] == "held_back"


@EXAMPLES
@given(
    st.lists(
        st.tuples(st.sampled_from("abcdefgh"), st.sampled_from(["one", "two"])), max_size=8, unique_by=lambda x: x[0]
    ),
    st.dictionaries(st.sampled_from("abcdefgh"), st.tuples(st.sampled_from(["one", "two"]), st.booleans())),
    st.integers(2, 5),
)
def test_decisions_do_not_depend_on_how_much_is_compared_at_a_time(
    contacts: list[tuple[str, str]], known: dict[str, tuple[str, bool]], parts: int
) -> None:
    """They stand in the order of contacts, and a contact is compared with its own entry, in however many parts."""
    ours = pl.LazyFrame(
        [(email, payload_hash, False, False) for email, payload_hash in contacts],
        schema={"email_key": pl.String, "payload_hash": pl.String, "opts_out": pl.Boolean, "held_back": pl.Boolean},
        orient="row",
    )
    rows = [
        (email, old, TOMORROW if newer else TODAY, "b", NOON, False, ORDER) for email, (old, newer) in known.items()
    ]
    ledger = pl.LazyFrame(rows, schema=LEDGER, orient="row")
    tables = (ours, ledger, pl.LazyFrame(schema=DOUBTS), decide(TODAY))
    expected = []
    for email, payload_hash in contacts:
        old, newer = known.get(email, (None, False))
        changed = "insert" if old is None else "superseded" if newer else "update"
        expected.append("unchanged" if old == payload_hash else changed)
    assert decisions_on(*tables).to_list() == decisions_on(*tables, parts=parts).to_list() == expected
