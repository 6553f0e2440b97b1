"""The Big List of Naughty Strings (Max Woolf): from a CSV and from a Parquet file to the bodies of the requests."""

import csv
import datetime as dt
import json
import os
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq
import yaml

from connectors.emfluence.assumptions import import_body
from pipelines.installation import Installation, open_installation
from tests.corpora.score import Score
from tests.pipelines.night import plan_night
from tests.schemas.test_odd_texts import ruled

_DAY: Final = dt.date(2026, 11, 24)
_KINDS: Final = ("csv", "parquet")


def score(file: Path) -> Score:
    """Score a list of strings in JSON."""
    return score_strings(json.loads(file.read_text(encoding="utf-8")))


def score_strings(strings: Sequence[str]) -> Score:
    """Score strings: each is sent to the byte, or changed by the documented rules and by no other."""
    result = Score()
    sent = sent_values(strings)
    for kind in _KINDS:
        for number, (text, value) in enumerate(zip(strings, sent[kind], strict=True)):
            if value is not None and value.encode() == text.encode():
                result.add(f"{kind} {number}", f"{kind}, byte-equal")
            else:
                wrong = value != ruled(text)
                result.add(f"{kind} {number}", f"{kind}, {'wrong' if wrong else 'changed by a documented rule'}", wrong)
    return result


def sent_values(strings: Sequence[str]) -> dict[str, list[str | None]]:
    """Return by kind of source what the requests say of each string, None where they leave it out."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        write_files(folder, strings)
        installation = opened(folder)
        plan_night(installation, _DAY)
        contacts = {contact["email"]: contact for body in bodies(installation) for contact in body["contacts"]}
    return {kind: [value_of(contacts[address(kind, place)]) for place in range(len(strings))] for kind in _KINDS}


def address(kind: str, place: int) -> str:
    """Return the address of the contact that carries a string."""
    return f"{kind}{place}@example.com"


def write_files(folder: Path, strings: Sequence[str]) -> None:
    """Write the strings as a CSV and as a Parquet file."""
    with (folder / "strings.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["email", "text"])
        writer.writerows((address("csv", place), text) for place, text in enumerate(strings))
    emails = [address("parquet", place) for place in range(len(strings))]
    pq.write_table(pa.table({"email": emails, "text": list(strings)}), folder / "strings.parquet")


def opened(folder: Path) -> Installation:
    """Return an installation with the two files as its sources."""
    fields = {"email": "email", "custom1": {"column": "text", "max_length": 100_000}}
    sources = [{"name": kind, "kind": kind, "path": f"strings.{kind}", "fields": fields} for kind in _KINDS]
    config = folder / "sync.yaml"
    config.write_text(yaml.safe_dump({"sources": sources}), encoding="utf-8")
    return open_installation({**os.environ, "CONTACT_SYNC_STORAGE": str(folder / "storage")}, config)


def bodies(installation: Installation) -> list[Any]:
    """Return the bodies of the day's requests as the platform would read them."""
    plan = installation.plans.latest(_DAY)
    assert plan is not None
    contents = plan.contents(plan.unanswered())
    return [json.loads(import_body(rows["payload"].to_list(), batch.group_ids)) for batch, rows in contents]


def value_of(contact: dict[str, Any]) -> str | None:
    """Return what a contact says of its string."""
    value: str | None = contact.get("customFields", {}).get("custom1", {}).get("value")
    return value
