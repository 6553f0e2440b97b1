"""Files from a web server: fetched whole or not at all, from the host that was named and no other."""

import hashlib
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme

from connectors.sources.errors import SecretMissing, SourceBroken, SourceMissing
from connectors.sources.https_store import HttpsStore
from tests.connectors.sources.opening import Held, read
from tests.connectors.sources.web import Answer, Web, serving

PEOPLE = b"email,name\na@b.c,A\n" + b"".join(b"%d@b.c,B\n" % number for number in range(20_000))


@pytest.fixture
def web() -> Iterator[Web]:
    """A server that has nothing yet."""
    with serving() as web:
        yield web


@pytest.fixture
def waits() -> list[float]:
    """The pauses between attempts, which take no time."""
    return []


def fetch(web: Web, folder: Path, path: str = "/crm.csv", waits: list[float] | None = None, /, **more: object) -> Held:
    """Read the CSV that the server has."""
    environ = {"SHOP_TOKEN": "Bearer hush"}
    waited: list[float] = [] if waits is None else waits
    return read(folder, environ, waited.append, kind="csv", path=f"{web.url}{path}", **more)


def refusal(web: Web, folder: Path, path: str = "/crm.csv", waits: list[float] | None = None, /, **more: object) -> str:
    """Return why the file cannot be read; neither the query nor the secret is shown."""
    with pytest.raises((SourceBroken, SourceMissing)) as caught:
        fetch(web, folder, path, waits, **more)
    assert "hush" not in str(caught.value)
    assert caught.value.__cause__ is None or "hush" not in str(caught.value.__cause__)
    return str(caught.value)


def test_a_file_is_fetched_whole(web: Web, tmp_path: Path) -> None:
    """Its digest is that of what the server has; what messages call it holds no signature."""
    web.answers["/crm.csv"] = [Answer(PEOPLE, headers={"ETag": '"1"'})]
    held = fetch(web, tmp_path, "/crm.csv?day={date}&sig=hush")
    assert len(held.rows) == 20_001
    assert held.facts["path"] == f"{web.url}/crm.csv"
    assert held.facts["sha256"] == hashlib.sha256(PEOPLE).hexdigest()
    assert ("GET", "/crm.csv?day=2026-11-24&sig=hush", None) in web.asked


def test_the_authorization_comes_from_the_environment(web: Web, tmp_path: Path) -> None:
    """It is sent as it is, and a variable that is not set is named."""
    web.answers["/crm.csv"] = [Answer(PEOPLE)]
    fetch(web, tmp_path, storage_options={"authorization": {"env": "SHOP_TOKEN"}})
    assert {sent for _, _, sent in web.asked} == {"Bearer hush"}
    with pytest.raises(SecretMissing, match="OTHER is not set"):
        fetch(web, tmp_path, storage_options={"authorization": {"env": "OTHER"}})


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (404, "cannot be read: No such file"),
        (410, "cannot be read: No such file"),
        (401, r"access is denied \(HTTP 401\)"),
        (403, r"access is denied \(HTTP 403\)"),
        (500, "answers HTTP 500"),
        (429, "answers HTTP 429"),
        (204, "answers HTTP 204"),
        (206, "answers HTTP 206"),
    ],
)
def test_an_answer_without_the_file_is_said(web: Web, tmp_path: Path, status: int, said: str) -> None:
    """No error page and no part of a file is read as contacts."""
    web.answers["/crm.csv"] = [Answer(PEOPLE if status == 206 else b"", status=status)]
    with pytest.raises((SourceBroken, SourceMissing), match=said):
        fetch(web, tmp_path, "/crm.csv?sig=hush")


def test_a_server_that_knows_no_head_is_asked_otherwise(web: Web, tmp_path: Path) -> None:
    """A URL signed for GET alone works, too."""
    web.answers["/crm.csv"] = [Answer(PEOPLE, heads=False)]
    assert len(fetch(web, tmp_path).rows) == 20_001


def test_a_file_that_breaks_off_is_fetched_again(web: Web, tmp_path: Path, waits: list[float]) -> None:
    """Half of it is never read; what came in the end is all of it."""
    web.answers["/crm.csv"] = [Answer(PEOPLE, cut=100_000), Answer(PEOPLE, cut=0), Answer(PEOPLE)]
    assert len(fetch(web, tmp_path, "/crm.csv", waits).rows) == 20_001
    assert waits == [1, 5]


def test_a_file_that_always_breaks_off_is_refused(web: Web, tmp_path: Path, waits: list[float]) -> None:
    """After three attempts the sentence says so."""
    web.answers["/crm.csv"] = [Answer(PEOPLE, cut=100_000)]
    assert "the connection failed (RemoteProtocolError)" in refusal(web, tmp_path, "/crm.csv", waits)
    assert len(waits) == 2


@pytest.mark.parametrize("after", [Answer(PEOPLE, headers={"ETag": '"2"'}), Answer(PEOPLE + b"x@y.z,X\n")])
def test_a_file_that_changes_while_it_is_fetched_is_refused(web: Web, tmp_path: Path, after: Answer) -> None:
    """Another ETag or another length: the file that was chosen is not the one that came."""
    web.answers["/crm.csv"] = [Answer(PEOPLE, headers={"ETag": '"1"'}), after]
    assert "changed while it was read" in refusal(web, tmp_path)


def test_a_length_that_is_not_kept_is_refused(web: Web, tmp_path: Path) -> None:
    """A server that promised more than it sent is not believed."""
    web.answers["/crm.csv"] = [Answer(PEOPLE), Answer(PEOPLE[:100])]
    assert "changed while it was read" in refusal(web, tmp_path)


def test_redirects_on_the_same_host_are_followed(web: Web, tmp_path: Path) -> None:
    """As a server does that moved its files, within bounds."""
    web.answers["/crm.csv"] = [Answer(status=302, headers={"Location": "/new/crm.csv"})]
    web.answers["/new/crm.csv"] = [Answer(PEOPLE)]
    assert len(fetch(web, tmp_path).rows) == 20_001
    web.answers["/new/crm.csv"] = [Answer(status=307, headers={"Location": "/crm.csv"})]
    assert "redirects more than 5 times" in refusal(web, tmp_path)


@pytest.mark.parametrize("other", ["http://localhost:{port}/crm.csv", "https://127.0.0.1:{port}/c", "//example.com/c"])
def test_redirects_elsewhere_are_not_followed(web: Web, tmp_path: Path, other: str) -> None:
    """No other host is asked, and none gets to see the authorization."""
    target = other.format(port=web.url.rpartition(":")[2])
    web.answers["/crm.csv"] = [Answer(status=302, headers={"Location": target})]
    said = refusal(web, tmp_path, storage_options={"authorization": {"env": "SHOP_TOKEN"}})
    assert "redirects to another host" in said
    assert len(web.asked) == 1


def test_a_redirect_to_no_url_is_a_sentence(web: Web, tmp_path: Path) -> None:
    """Whatever stands in the header."""
    web.answers["/crm.csv"] = [Answer(status=302, headers={"Location": "http://[::1"})]
    assert "cannot be read" in refusal(web, tmp_path)


def test_nobody_answers_is_a_sentence(tmp_path: Path) -> None:
    """A server that is down is told apart from a file that is not there."""
    with serving() as web:
        pass
    assert "the connection failed (ConnectError)" in refusal(web, tmp_path)


def test_a_file_without_end_is_given_up(web: Web) -> None:
    """Neither the disk nor the night is filled by one file."""
    web.answers["/crm.csv"] = [Answer(PEOPLE)]
    with HttpsStore(most_bytes=1000) as store, pytest.raises(SourceBroken, match="larger than 1,000 bytes"):
        list(store.read(f"{web.url}/crm.csv"))
    seconds = iter([0.0, 11.0])
    slow = HttpsStore(most_seconds=10, clock=lambda: next(seconds))
    with slow as store, pytest.raises(SourceBroken, match="takes longer than 10 seconds"):
        list(store.read(f"{web.url}/crm.csv"))


def test_only_a_server_that_somebody_vouches_for_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A certificate of nobody ends the call; one that the company signed is trusted once the environment says so."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.cert_pem.write_to_path(tmp_path / "company.pem")
    with serving(context) as web:
        web.answers["/crm.csv"] = [Answer(PEOPLE)]
        assert "the connection failed (ConnectError)" in refusal(web, tmp_path)
        assert web.asked == []
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "company.pem"))
        assert len(fetch(web, tmp_path).rows) == 20_001


def test_a_marker_is_looked_for_beside_the_file(web: Web, tmp_path: Path) -> None:
    """A file on a web server may be waited for as any other."""
    web.answers["/crm.csv"] = [Answer(PEOPLE)]
    assert "crm.csv.done is not there" in refusal(web, tmp_path, complete_when="{path}.done")
    web.answers["/crm.csv.done"] = [Answer()]
    assert len(fetch(web, tmp_path, complete_when="{path}.done").rows) == 20_001
