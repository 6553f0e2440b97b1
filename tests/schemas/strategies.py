"""What property tests draw from: awkward texts, addresses good and bad, and whole frames of them."""

import datetime as dt

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from schemas.issues import IssueCode
from schemas.severities import SETTABLE

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

WORDED_DAYS = st.sampled_from(
    ["03/04/2024", "03/14/2024", "03/14/55", "20241102", "2024112", "45351", "60", "2/30/2024", "14 March 2024"]
)
WORDED_TIMES = st.sampled_from(
    ["31.03.2024 01:30", "27.10.2024 01:30", "2024-03-01T10:20:30+0530", "1709289000", "1e9", "1.3.24 9:05", "24:00"]
)
STATUSES = st.sampled_from(["Bounced", " bounced", "active", "Un\u200bsubscribed", "opted out", "-", ""])
CODES = st.sampled_from(["gold", "Gold", " gold ", "AB12", "7", "007", "3", "-"])


def mostly(good: st.SearchStrategy[str], odd: st.SearchStrategy[str | None]) -> st.SearchStrategy[str | None]:
    """Return four good cells for an odd or an empty one: a row of odd ones alone is set aside for the first of them."""
    return st.sampled_from([good, good, good, good, odd | st.none()]).flatmap(lambda chosen: chosen)


FAULTS = st.sampled_from([*[None] * 10, IssueCode.RAGGED_ROW.value, IssueCode.STRAY_QUOTE.value])
PEOPLE = st.sampled_from(["a@example.com", "A@example.com", "b@example.com", "c@b\u00fccher.de", "info@example.com"])
MOMENTS = st.datetimes(dt.datetime(1900, 1, 2), dt.datetime(2100, 12, 30)).map(str)  # noqa: DTZ001 # as cells have them

CELLS = {
    "Email Address": mostly(PEOPLE, ADDRESSES),
    "Other": mostly(
        PEOPLE | st.sampled_from(["j\u00f6@example.com", '"jo lee"@example.com', "jo@[192.0.2.1]"]), ADDRESSES
    ),
    "Name": mostly(st.sampled_from(["Ann", '"Lee"', " 'Cy' ", "Zoe\u0308", "Bartholomew"]), TEXTS),
    "Born": mostly(st.dates(dt.date(1900, 1, 1), dt.date(2100, 12, 31)).map(str), DAYS),
    "Met": mostly(WORDED_DAYS, DAYS),
    "Seen": mostly(MOMENTS, TIMES),
    "Bought": mostly(WORDED_TIMES, TIMES),
    "Out": mostly(st.sampled_from(["yes", "no", " N ", "0"]), WORDS),
    "Status": mostly(st.sampled_from(["Bounced", " bounced", "active", "-"]), STATUSES | WORDS),
    "Owner": mostly(st.integers(-(2**63), 2**63 - 1).map(str), NUMBERS),
    "Code": mostly(CODES, NUMBERS),
    "Phone": mostly(st.sampled_from(["(202) 555-0142", "+44 20 7946 0958", "555-0142"]), PHONES),
    "State": mostly(st.sampled_from(["Kansas", "ks", "ON"]), STATES),
    "ZIP": mostly(st.sampled_from(["2134", "02134", "K1A 0B1"]), POSTAL_CODES),
    "Country": mostly(st.sampled_from(["usa", "United Kingdom", "CA", ""]), COUNTRIES),
}
"""The columns of `test_properties`, and what stands in their cells."""

ROWS = st.lists(st.tuples(FAULTS, *CELLS.values()), max_size=12)
"""Rows as tuples: a fault or none, then a cell of each column."""

SEVERITIES = st.fixed_dictionaries(
    {}, optional={code: st.sampled_from(sorted(choices)) for code, choices in SETTABLE.items()}
)
"""How much issues matter to a source, in any way that it may be set."""
