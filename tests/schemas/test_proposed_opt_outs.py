"""Opt-outs are proposed where names and words leave no doubt, and a person is asked where they do."""

from typing import Any

import polars as pl
import pytest

from schemas.fields import FieldType
from schemas.mapping import FieldMapping, SourceMapping
from schemas.proposed_opt_outs import OptOuts, proposed_opt_outs

MAPPING = SourceMapping("s", (FieldMapping("email", FieldType.EMAIL, "email"),))


def proposed(columns: dict[str, list[Any]], *files: str) -> OptOuts:
    """Return the proposal for people with these columns."""
    rows = pl.DataFrame({"email": ["a@b.co", "b@b.co"], **columns})
    return proposed_opt_outs(MAPPING, rows, rows.columns, files)


def test_a_file_of_opt_outs_opts_out_everybody_in_it() -> None:
    """Whoever is listed in it has left, whatever its columns say."""
    assert proposed({"UNSUB_REASON": ["NORMAL", ""]}, "unsubscribed.csv") == OptOuts({"value": True})


@pytest.mark.parametrize(
    ("columns", "found"),
    [
        ({"EMAIL_BLACKLISTED": ["Yes", "No"], "SMS_BLACKLISTED": ["No", "No"]}, OptOuts("EMAIL_BLACKLISTED")),
        ({"opted_out": [True, False]}, OptOuts("opted_out")),
        ({"Newsletter opt-in": ["Y", "N"]}, OptOuts({"column": "Newsletter opt-in", "when": ["N"]})),
        ({"Newsletter opt-in": ["1", "1"]}, OptOuts({"column": "Newsletter opt-in", "when": ["0"]})),
        ({"Unsubscribed at": [None, "2026-01-02 10:00"]}, OptOuts({"column": "Unsubscribed at", "when": ["*"]})),
        ({"Abgemeldet": ["nein", "nein"]}, OptOuts({"column": "Abgemeldet", "when": ["ja"]})),
        ({"Désabonné": ["Oui", "Non"]}, OptOuts({"column": "Désabonné", "when": ["Oui"]})),
        ({"Opt-in": ["ja", "nein"]}, OptOuts({"column": "Opt-in", "when": ["nein"]})),
        ({"Opt-in": ["ja", "ja"]}, OptOuts({"column": "Opt-in", "when": ["nee", "nein"]})),
        ({"Unsubscribe reason": ["bored", "moved"]}, OptOuts(doubtful="Unsubscribe reason")),
        ({"Opt-out": [None, None]}, OptOuts(doubtful="Opt-out")),
        ({"City": ["Chicago", "no"]}, OptOuts()),
    ],
)
def test_columns(columns: dict[str, list[Any]], found: OptOuts) -> None:
    """Yes and no, words and days are each mapped as they mean it; what says too little is left to a person."""
    assert proposed(columns) == found
