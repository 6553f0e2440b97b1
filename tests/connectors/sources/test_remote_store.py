"""Files of an object store and of an SFTP server: the same promises as for files of this machine."""

import hashlib
import os
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors.sources.delivery import take
from connectors.sources.errors import SourceBroken, SourceError, SourceMissing, SourceSettingsWrong
from connectors.sources.finding_files import FoundFile
from connectors.sources.opening_stores import opened_store
from connectors.sources.reading import Request
from connectors.sources.remote_store import RemoteStore
from tests.connectors.sources.opening import DAY, Held, read
from tests.connectors.sources.places import PASSWORD, Place, object_store, sftp_server
from tests.connectors.sources.test_finding_files import given

HEADER = b"email,name\n"
KINDS = ["s3", "sftp"]


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Place]]:
    """Both servers, empty at first."""
    root = tmp_path_factory.mktemp("sftp") / "root"
    root.mkdir()
    with object_store() as s3, sftp_server(root) as sftp:
        yield {"s3": s3, "sftp": sftp}


@pytest.fixture(params=KINDS)
def place(places: dict[str, Place], request: pytest.FixtureRequest) -> Place:
    """One of them."""
    return places[request.param]


def fetch(place: Place, folder: Path, path: str, **more: object) -> Held:
    """Read the CSVs of a path."""
    waits: list[float] = []
    return read(folder, place.environ, waits.append, kind="csv", path=f"{place.url}/{path}", **{**place.given, **more})


def refusal(place: Place, folder: Path, path: str, **more: object) -> str:
    """Return why it cannot be read; neither that nor its whole traceback shows the password."""
    with pytest.raises(SourceError) as caught:
        fetch(place, folder, path, **more)
    assert PASSWORD not in "".join(traceback.format_exception(caught.value))
    return str(caught.value)


def test_a_file_is_fetched_whole(place: Place, tmp_path: Path) -> None:
    """Its digest is that of what lies there, and its name shows no user."""
    content = HEADER + b"".join(b"%d@example.com,%s\n" % (number, b"A" * 90) for number in range(60_000))
    place.put("whole/crm-2026-11-24.csv", content)
    held = fetch(place, tmp_path, "whole/crm-{date}.csv")
    assert len(held.rows) == 60_000
    assert held.facts["sha256"] == hashlib.sha256(content).hexdigest()
    assert held.facts["path"] == f"{place.url.replace('ann@', '')}/whole/crm-2026-11-24.csv"


def test_a_file_that_only_drips_is_given_up(place: Place, tmp_path: Path) -> None:
    """The night is not filled by one file."""
    place.put("slow/crm.csv", HEADER)
    seconds = iter([0.0, 11.0])
    path = f"{place.url}/slow/crm.csv"
    with opened_store(given(path, **place.given), Request(DAY, tmp_path, place.environ, tmp_path)) as store:
        assert isinstance(store, RemoteStore)
        slow = RemoteStore(store._files, "", most_seconds=10, clock=lambda: next(seconds))  # noqa: SLF001 - its server's
        with pytest.raises(SourceBroken, match="takes longer than 10 seconds"):
            list(slow.read(path))


def test_patterns_folders_and_partitions(place: Place, tmp_path: Path) -> None:
    """They mean there what they mean here."""
    for name in ("a", "b"):
        place.put(f"many/day={name}/crm.csv", HEADER + name.encode() + b"@b.c,A\n")
    place.put("many/day=b/_SUCCESS", b"")
    for path in ("many/", "many/*/crm.csv"):
        held = fetch(place, tmp_path, path, files="all")
        assert [(row[0], row[2]) for row in held.cells] == [("a@b.c", "a"), ("b@b.c", "b")]
    assert held.cells[0][3] == f"{place.url.replace('ann@', '')}/many/day=a/crm.csv"
    assert fetch(place, tmp_path, "many/day=b/crm.csv", complete_when="_SUCCESS").cells == [("b@b.c", "A", "b")]


def test_the_newest_file(place: Place, tmp_path: Path) -> None:
    """By the date in the name, whatever was uploaded last."""
    place.put("new/crm-2026-11-24.csv", HEADER + b"new@b.c,A\n")
    place.put("new/crm-2026-11-23.csv", HEADER + b"old@b.c,A\n")
    assert fetch(place, tmp_path, "new/crm-*.csv", files="newest").cells == [("new@b.c", "A")]


def test_an_unfinished_upload_is_named(place: Place, tmp_path: Path) -> None:
    """As on a disk."""
    place.put("part/crm-a.csv", HEADER + b"a@b.c,A\n")
    place.put("part/crm-b.csv.filepart", HEADER)
    for path in ("part/crm-b.csv", "part/crm-*.csv", "part"):
        assert "crm-b.csv.filepart" in refusal(place, tmp_path, path, files="all")


@pytest.mark.parametrize("path", ["nothing.csv", "nothing/crm.csv", "nothing/*.csv"])
def test_what_is_not_there_is_missing(place: Place, tmp_path: Path, path: str) -> None:
    """The sentence names it."""
    with pytest.raises(SourceMissing, match="nothing"):
        fetch(place, tmp_path, path, files="all")


def test_a_file_that_was_replaced_since_it_was_found_is_refused(place: Place, tmp_path: Path) -> None:
    """Whatever its size: the ETag or the time is another one."""
    path = f"{place.url}/change/crm.csv"
    place.put("change/crm.csv", HEADER + b"a@b.c,A\n")
    request = Request(DAY, tmp_path, place.environ, tmp_path)
    with opened_store(given(path, **place.given), request) as store:
        seen = store.look(path)
        assert seen is not None
        assert seen.modified is not None
        place.put("change/crm.csv", HEADER + b"b@b.c,Bert\n")
        with pytest.raises(SourceBroken, match=r"change/crm.csv changed while it was read"):
            take(FoundFile(path, store.name(path), seen), store, request)


def test_leaving_hangs_up(place: Place, tmp_path: Path) -> None:
    """A night reads many sources, and holds no connection to one that was read."""
    place.put("open/crm.csv", HEADER + b"a@b.c,A\n")
    fetch(place, tmp_path, "open/crm.csv")
    before = len(list(Path("/dev/fd").iterdir()))
    for _ in range(3):
        fetch(place, tmp_path, "open/crm.csv")
    assert len(list(Path("/dev/fd").iterdir())) <= before


def test_a_server_that_is_gone_is_a_sentence(tmp_path: Path) -> None:
    """The connection is told apart from the file."""
    (tmp_path / "root").mkdir()
    with sftp_server(tmp_path / "root") as sftp:
        pass
    assert "the connection failed" in refusal(sftp, tmp_path, "crm.csv")


def test_a_wrong_password_is_a_sentence(places: dict[str, Place], tmp_path: Path) -> None:
    """It says where to look, and not what was tried."""
    sftp = places["sftp"]
    wrong = Place(sftp.url, sftp.put, sftp.given, {**sftp.environ, "SFTP_PASSWORD": f"{PASSWORD}!"})
    assert "access is denied (PermissionError). Check its credentials" in refusal(wrong, tmp_path, "crm.csv")


def test_a_server_that_nobody_has_confirmed_is_refused(places: dict[str, Place], tmp_path: Path) -> None:
    """The password goes to the server that is known, and to no other that answers in its place."""
    sftp = places["sftp"]
    (tmp_path / "hosts").write_text("")
    options = {**sftp.given["storage_options"], "known_hosts": "hosts"}
    assert "is not known yet" in refusal(sftp, tmp_path, "crm.csv", storage_options=options)


def test_without_credentials_an_object_store_is_denied(
    places: dict[str, Place], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where neither the settings nor the environment hold a key, the sentence says where one belongs."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    endpoint = places["s3"].given["storage_options"]["endpoint_url"]
    said = refusal(places["s3"], tmp_path, "crm.csv", storage_options={"endpoint_url": endpoint})
    assert "access is denied (NoCredentialsError)" in said


@pytest.mark.parametrize(
    ("scheme", "package", "extra"),
    [("s3", "s3fs", "s3"), ("gs", "gcsfs", "gcs"), ("az", "adlfs", "azure"), ("sftp", "sshfs", "sftp")],
)
def test_a_package_that_is_not_installed_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scheme: str, package: str, extra: str
) -> None:
    """Whoever reads a folder of this machine does not have to install the clouds."""
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(
        SourceSettingsWrong, match=rf"takes the package {package}: pip install 'contact-sync\[{extra}\]'"
    ):
        read(tmp_path, None, kind="csv", path=f"{scheme}://place/crm.csv")
