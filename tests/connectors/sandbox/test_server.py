"""The server as a whole: its page, its log, its port, its stop, and what outlives the process."""

import io
import signal
import socket
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from connectors.sandbox import DEFAULT_TOKEN, Fault, FaultPlan, PortTakenError, Sandbox
from tests.connectors.sandbox.api import NO_TLS, call, http, people, post, read

SERVE = """
import sys
from pathlib import Path
from connectors.sandbox import Fault, FaultPlan, serve
serve(Path(sys.argv[1]), 0, faults=FaultPlan([Fault(endpoint="emails/search", probability=0.5)], seed=42), limits=None)
"""


def test_the_front_page_says_in_large_letters_what_it_is(sandbox: Sandbox) -> None:
    """Nobody who opens it takes it for the platform; it counts, escapes and runs no scripts."""
    call(sandbox, "contacts/import", contacts=people(3), groupIDs=[7])
    page = http("GET", f"http://127.0.0.1:{sandbox.port}/")
    assert (page.status_code, page.headers["Server"]) == (200, "contact-sync-sandbox")
    assert "<h1>This is a sandbox</h1>" in page.text
    assert "<strong>3</strong> contacts, <strong>5</strong> groups" in page.text
    assert "<td>7</td><td>Newsletter</td><td>3</td>" in page.text
    assert "<script" not in page.text


def test_any_other_page_is_not_found(sandbox: Sandbox) -> None:
    """Outside the API plain HTTP rules hold."""
    assert http("GET", f"http://127.0.0.1:{sandbox.port}/favicon.ico").status_code == 404


def test_one_connection_serves_many_requests(sandbox: Sandbox) -> None:
    """Keep-alive, also after a failure and after HTTP 404."""
    with httpx.Client(verify=NO_TLS, headers={"Authorization": f"Bearer {DEFAULT_TOKEN}"}) as client:
        ports = set()
        for path in ("/v1/helper/ping", "/v1/helper/pong", "/nothing", "/v1/helper/ping"):
            with client.stream("POST", f"http://127.0.0.1:{sandbox.port}{path}", json={}) as response:
                ports.add(response.extensions["network_stream"].get_extra_info("client_addr"))
                response.read()
    assert len(ports) == 1


def test_a_taken_port_is_said_so(sandbox: Sandbox, tmp_path: Path) -> None:
    """A typed error with a sentence, not a traceback of the socket module."""
    with pytest.raises(PortTakenError, match=f"Port {sandbox.port} on 127.0.0.1 is taken"):
        Sandbox(tmp_path / "second", sandbox.port)


def test_a_folder_that_cannot_be_used_leaves_the_port_free(tmp_path: Path) -> None:
    """A failed start holds on to nothing."""
    (tmp_path / "file").write_text("in the way")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with pytest.raises(FileExistsError):
        Sandbox(tmp_path / "file", port)
    with Sandbox(tmp_path / "good", port) as sandbox:
        assert call(sandbox, "helper/ping").code == 0


def test_the_log_has_a_line_per_request_and_nobodys_data(tmp_path: Path) -> None:
    """Method, endpoint, code and time; no address, no name, no token, not even from a URL or a misspelt path."""
    stream = io.StringIO()
    plan = FaultPlan([Fault(endpoint="contacts/save", status=503)])
    with Sandbox(tmp_path, limits=None, stream=stream, faults=plan) as sandbox:
        call(sandbox, "contacts/import", contacts=[*people(1), {"email": "canary"}])
        http("GET", f"{sandbox.base_url}/contacts/lookup?email=canary%40example.com&token={DEFAULT_TOKEN}")
        call(sandbox, "contacts/canary@example.com")
        post(sandbox, "contacts/save", {"email": "canary@example.com"})
        http("GET", f"http://127.0.0.1:{sandbox.port}/canary")
        records = repr(sandbox.request_log)
    lines = [line.rsplit(" ms", 1)[0].rsplit(" ", 1)[0] for line in stream.getvalue().splitlines()]
    assert lines == [
        "POST contacts/import 200 code 0",
        "GET contacts/lookup 200 code 200",
        "POST unknown 200 code 101",
        "POST contacts/save 503",
    ]
    assert stream.getvalue().endswith("ms [fault: status]\n")
    for secret in ("canary", "person0", DEFAULT_TOKEN):
        assert secret not in stream.getvalue() + records


def test_the_request_log_tells_what_the_server_saw(sandbox: Sandbox) -> None:
    """Order, call numbers, rows and what was applied: enough to measure a client by."""
    call(sandbox, "contacts/import", contacts=people(3))
    call(sandbox, "helper/ping")
    call(sandbox, "contacts/import", contacts={})
    seen = [(record.endpoint, record.call, record.rows, record.code, record.applied) for record in sandbox.request_log]
    assert seen == [
        ("contacts/import", 1, 3, 0, True),
        ("helper/ping", 1, 0, 0, False),
        ("contacts/import", 2, 0, 500, False),
    ]
    arrivals = [record.arrived for record in sandbox.request_log]
    assert arrivals == sorted(arrivals)
    assert all(record.in_flight == 1 and record.status == 200 for record in sandbox.request_log)


def test_simultaneous_imports_lose_nothing(sandbox: Sandbox) -> None:
    """Ten clients write overlapping contacts; every address is there once and the counts add up."""

    def work(worker: int) -> dict[str, object]:
        return call(sandbox, "contacts/import", contacts=people(50, start=worker * 25), groupIDs=[9]).data

    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(work, range(10)))
    assert sum(int(str(answer["recordsInserted"])) for answer in answers) == len(sandbox.contacts()) == 275
    assert sum(int(str(answer["recordsUpdated"])) for answer in answers) == 225
    assert len(sandbox.sent_mails()) == 275


def test_a_client_that_hangs_up_applies_nothing(sandbox: Sandbox) -> None:
    """Half a request is no request, and the server goes on."""
    head = f"POST /v1/contacts/import HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {DEFAULT_TOKEN}\r\n"
    with socket.create_connection(("127.0.0.1", sandbox.port)) as connection:
        connection.sendall(f"{head}Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n".encode())
        connection.sendall(b'{"contacts": [{"email": "a@example.com"}]')
    assert call(sandbox, "helper/ping").code == 0
    assert sandbox.contacts() == []


def test_stopping_hangs_up_on_idle_clients_and_ends_every_thread(tmp_path: Path) -> None:
    """A keep-alive connection does not hold the sandbox up, and nothing of it is left running."""
    before = threading.active_count()
    with httpx.Client(verify=NO_TLS, headers={"Authorization": f"Bearer {DEFAULT_TOKEN}"}) as client:
        with Sandbox(tmp_path) as sandbox:
            assert read(client.post(f"{sandbox.base_url}/helper/ping", json={})).code == 0
        assert threading.active_count() == before
        with pytest.raises(httpx.TransportError):
            client.post(f"{sandbox.base_url}/helper/ping", json={})


def test_everything_is_there_after_a_restart(tmp_path: Path) -> None:
    """Contacts, memberships, e-mails sent, opt-outs and further tokens outlive the process."""
    with Sandbox(tmp_path, limits=None) as first:
        call(first, "contacts/import", contacts=people(3), groupIDs=[9])
        first.stage.suppress("person1@example.com")
        first.stage.grant("other", "Contacts (Add)")
        before = (first.contacts(), first.groups(), first.sent_mails())
    with Sandbox(tmp_path, limits=None) as second:
        assert (second.contacts(), second.groups(), second.sent_mails()) == before
        assert call(second, "users/lookup", token="other").data["permissions"] == ["Contacts (Add)"]


def test_two_sandboxes_may_share_a_folder(tmp_path: Path) -> None:
    """Whoever forgets that one is running still loses nothing: both see the same contacts."""
    with Sandbox(tmp_path, limits=None) as first, Sandbox(tmp_path, limits=None) as second:
        call(first, "contacts/import", contacts=people(3))
        answer = call(second, "contacts/import", contacts=people(3, start=2))
        assert (answer.data["recordsInserted"], answer.data["recordsUpdated"]) == (2, 1)
        assert first.contacts() == second.contacts()
        assert first.port != second.port


def start(folder: Path) -> tuple["subprocess.Popen[str]", list[str], str]:
    """Serve a sandbox in a process of its own; give it with its welcome and its base URL."""
    command = [sys.executable, "-c", SERVE, str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    welcome = [process.stdout.readline().rstrip() for _ in range(6)]
    return process, welcome, welcome[1].split()[1]


def test_a_killed_process_loses_nothing_it_acknowledged(tmp_path: Path) -> None:
    """SIGKILL in the middle of a stream of imports: every batch that was answered is there afterwards, whole."""
    process, _, base_url = start(tmp_path)
    acknowledged: list[int] = []
    enough = threading.Event()

    def work() -> None:
        headers = {"Authorization": f"Bearer {DEFAULT_TOKEN}"}
        with httpx.Client(verify=NO_TLS, headers=headers) as client:
            for n in range(100_000):
                try:
                    answer = client.post(f"{base_url}/contacts/import", json={"contacts": people(20, start=20 * n)})
                except httpx.TransportError:
                    return
                assert answer.json()["data"]["recordsInserted"] == 20
                acknowledged.append(n)
                if n == 20:
                    enough.set()

    client = threading.Thread(target=work)
    client.start()
    assert enough.wait(20)
    process.kill()
    process.communicate()
    client.join(20)
    with Sandbox(tmp_path, limits=None) as sandbox:
        emails = {str(saved["email"]) for saved in sandbox.contacts()}
    expected = {str(person["email"]) for person in people(20 * len(acknowledged))}
    assert expected <= emails
    assert len(emails) - len(expected) in (0, 20)


def test_serve_says_what_it_is_and_ends_when_interrupted(tmp_path: Path) -> None:
    """The welcome names URL, token and seed; Ctrl-C ends it with status 0 and without a traceback."""
    process, welcome, base_url = start(tmp_path)
    headers = {"Authorization": f"Bearer {DEFAULT_TOKEN}"}
    assert read(http("POST", f"{base_url}/helper/ping", json={}, headers=headers)).code == 0
    process.send_signal(signal.SIGINT)
    rest, _ = process.communicate(timeout=20)
    assert welcome[0].startswith("contact-sync sandbox: a stand-in for the platform")
    assert welcome[3] == f"  token  {DEFAULT_TOKEN}"
    assert "seed: 42" in welcome[5]
    assert rest.splitlines()[0].startswith("POST helper/ping 200 code 0")
    assert rest.splitlines()[-1] == "contact-sync sandbox: stopped"
    assert process.returncode == 0
