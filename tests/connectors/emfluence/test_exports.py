"""Exports: a whole zip or nothing, and failures recognised although a file was asked for."""

import gzip
import io
import json
import zipfile
from pathlib import Path

import pytest

from connectors.emfluence import errors
from connectors.emfluence.exchange import ANSWER_BYTES
from connectors.emfluence.exports import export
from tests.connectors.emfluence.clocks import Clock, client_on
from tests.connectors.emfluence.scripted import Step, drip, failure, response, serving, success


def zipped(text: str = "email,date\r\n") -> bytes:
    """Return a zip of one text file."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("bounces.txt", text)
    return content.getvalue()


ZIP = zipped()


def exported(clock: Clock, path: Path, *steps: Step, **options: int) -> tuple[int, list[bytes]]:
    """Export bounces; return the file's size and the requests' bodies."""
    with serving(*steps) as script, client_on(script.base_url, clock) as client:
        size = export(client, "emailBounces", path, {"emailID": 7, "fields": ["email"]}, **options)
    assert script.received[0][0].startswith(b"POST /v1/exports/emailBounces ")
    return size, [body for _, body in script.received]


def test_the_zip_is_written_as_it_came(clock: Clock, tmp_path: Path) -> None:
    """What is inside is read elsewhere, with its own checks."""
    size, sent = exported(clock, tmp_path / "bounces.zip", response(ZIP, kind="application/zip"))
    assert (tmp_path / "bounces.zip").read_bytes() == ZIP
    assert size == len(ZIP)
    assert json.loads(sent[0]) == {"emailID": 7, "fields": ["email"]}
    assert list(tmp_path.iterdir()) == [tmp_path / "bounces.zip"]


def test_a_zip_that_comes_in_drips_is_whole(clock: Clock, tmp_path: Path) -> None:
    """The first part may be one byte, too few to know a zip by."""
    exported(clock, tmp_path / "bounces.zip", drip(response(ZIP, kind="application/zip"), 0.0))
    assert (tmp_path / "bounces.zip").read_bytes() == ZIP


def test_a_failure_that_comes_in_drips_is_recognised(clock: Clock, tmp_path: Path) -> None:
    """The first part may be too short to tell a file from an envelope by."""
    with pytest.raises(errors.RequestRefused, match="No such e-mail"):
        exported(clock, tmp_path / "bounces.zip", drip(failure(300, "No such e-mail."), 0.0))


def test_an_answer_that_is_no_file_is_not_read_for_ever(clock: Clock, tmp_path: Path) -> None:
    """A file may be large, an envelope may not."""
    page = response(b"<" * (ANSWER_BYTES + 100_000))
    with pytest.raises(errors.UnknownAnswer, match="not JSON"):
        exported(clock, tmp_path / "bounces.zip", page)


def test_an_empty_zip_is_a_file(clock: Clock, tmp_path: Path) -> None:
    """Nobody bounced: that is an answer, too."""
    content = io.BytesIO()
    zipfile.ZipFile(content, "w").close()
    assert exported(clock, tmp_path / "bounces.zip", response(content.getvalue()))[0] == 22


def test_compression_on_the_way_is_undone(clock: Clock, tmp_path: Path) -> None:
    """A proxy may compress what is compressed already."""
    exported(clock, tmp_path / "b.zip", response(gzip.compress(ZIP), headers=["Content-Encoding: gzip"]))
    assert (tmp_path / "b.zip").read_bytes() == ZIP


@pytest.mark.parametrize("kind", ["application/json", "application/zip"])
def test_a_failure_is_recognised_whatever_its_header_says(kind: str, clock: Clock, tmp_path: Path) -> None:
    """A refusal must not be saved as a file."""
    envelope = {"success": 0, "code": 204, "errors": ["requires the permission 'Contacts (Export)'"], "data": {}}
    with pytest.raises(errors.PermissionNeeded) as raised:
        exported(clock, tmp_path / "bounces.zip", response(envelope, kind=kind))
    assert raised.value.permission == "Contacts (Export)"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "step",
    [success(), response(b""), response("<html>"), response(ZIP[:-5]), response(b"PK" + b"x" * 100), response(b"P")],
    ids=["success without a file", "empty", "html", "cut off", "damaged", "one byte"],
)
def test_what_is_no_zip_is_asked_for_again(step: bytes, clock: Clock, tmp_path: Path) -> None:
    """L01: half a file is never left behind, and never replaces a whole one."""
    path = tmp_path / "bounces.zip"
    path.write_bytes(b"yesterday")
    with pytest.raises(errors.UnknownAnswer):
        exported(clock, path, step)
    assert path.read_bytes() == b"yesterday"
    assert list(tmp_path.iterdir()) == [path]
    exported(clock, path, step, response(ZIP))
    assert path.read_bytes() == ZIP


@pytest.mark.parametrize("step", [response(ZIP, status="503 Busy"), response(ZIP)[:-5], failure(1, "Oops.")])
def test_a_passing_fault_is_tried_again(step: bytes, clock: Clock, tmp_path: Path) -> None:
    """A zip with another status is no zip; one cut short on the way is not whole."""
    assert len(exported(clock, tmp_path / "bounces.zip", step, response(ZIP))[1]) == 2


def test_a_file_beyond_its_limit_is_given_up(clock: Clock, tmp_path: Path) -> None:
    """A disk that is full stops more than an export."""
    with pytest.raises(errors.UnknownAnswer, match="larger"):
        exported(clock, tmp_path / "bounces.zip", response(ZIP), most_bytes=len(ZIP) - 1)
    assert list(tmp_path.iterdir()) == []
    assert exported(clock, tmp_path / "bounces.zip", response(ZIP), most_bytes=len(ZIP))[0] == len(ZIP)


def test_a_folder_that_is_missing_is_the_caller_s_to_make(clock: Clock, tmp_path: Path) -> None:
    """The disk's own words are the clearest."""
    with pytest.raises(FileNotFoundError):
        exported(clock, tmp_path / "missing" / "bounces.zip", response(ZIP))


def test_a_large_zip_arrives_whole(clock: Clock, tmp_path: Path) -> None:
    """It comes in many parts, and is written part by part."""
    content = zipped("".join(f"p{number}@example.com\r\n" for number in range(200_000)))
    assert len(content) > 300_000
    exported(clock, tmp_path / "bounces.zip", response(content))
    assert (tmp_path / "bounces.zip").read_bytes() == content
