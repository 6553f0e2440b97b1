"""What property tests draw from: awkward texts, addresses good and bad, and whole frames of them."""

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from schemas.issues import IssueCode

EXAMPLES = settings(
    max_examples=25,
    deadline=None,  # the machine may be busy
    derandomize=True,  # a red build is due to the change, not to the draw
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)

_AWKWARD = [
    '"',
    "\\",
    "\n",
    "\r",
    "\t",
    "\x00",
    "\x1f",
    "\x85",
    "\u00a0",
    "\u200b",
    "\u2028",
    "\ufeff",
    "e\u0301",
    "\u212b",
]

TEXTS = st.text(st.characters(codec="utf-8"), max_size=20) | st.lists(
    st.sampled_from([*_AWKWARD, "a", "\U0001f600", " "]), max_size=6
).map("".join)

ADDRESSES = st.one_of(
    st.sampled_from(
        ["a@example.com", "A@EXAMPLE.com", "b@b\u00fccher.de", " c@example.com\n", "d@example.com\x00", "e@"]
    ),
    st.from_regex(r"[a-zA-Z.+]{1,6}@[a-zA-Z-]{1,6}\.[a-z]{1,4}", fullmatch=True),
    st.sampled_from(["Jo <jo@example.com>", "mailto:jo@gmial.com", "'a@example.com'", "n/a", "info@yopmail.com"]),
    TEXTS,
    st.none(),
)

DAYS = st.dates().map(str) | st.sampled_from(["2024-02-30", "29.02.2024", "", "+262142-01-01", "2024-2-3"]) | TEXTS
TIMES = (
    st.datetimes().map(str) | st.sampled_from(["2024-03-10 02:30", "2024-11-03 01:30", "-262143-01-01 00:00"]) | TEXTS
)
WORDS = st.sampled_from(["yes", "no", "", " Y ", "perhaps", "0"]) | TEXTS
NUMBERS = st.integers(-(2**70), 2**70).map(str) | TEXTS

PHONES = st.sampled_from(["(202) 555-0142", "+44 20 7946 0958", "555-0142", "06 1234 5678", "-"]) | TEXTS
STATES = st.sampled_from(["Kansas", "ks", "ON", "Bayern"]) | TEXTS
POSTAL_CODES = st.sampled_from(["2134", "02134", "601-1000", "K1A 0B1"]) | TEXTS
COUNTRIES = st.sampled_from(["usa", "United Kingdom", "IT", "Canada", "Congo", "N/A", "", "'US'"]) | TEXTS

FAULTS = st.sampled_from([None, None, None, IssueCode.RAGGED_ROW.value, IssueCode.STRAY_QUOTE.value])

ROWS = st.lists(
    st.tuples(
        FAULTS,
        ADDRESSES,
        st.none() | TEXTS,
        st.none() | DAYS,
        st.none() | TIMES,
        st.none() | WORDS,
        st.none() | NUMBERS,
        st.none() | PHONES,
        st.none() | STATES,
        st.none() | POSTAL_CODES,
        st.none() | COUNTRIES,
    ),
    max_size=12,
)
"""Rows as tuples: a fault or none, then the cells of the columns of `test_properties`."""
