"""A batch is told apart row by row: against a platform that counts, warns, hides, breaks and refuses."""

import pytest

from connectors.emfluence import Fate, errors, import_contacts
from connectors.emfluence.assumptions import import_body
from tests.connectors.emfluence.clocks import Clock, client_on
from tests.connectors.emfluence.importing import emails, imported, with_fate
from tests.connectors.emfluence.platform import counted
from tests.connectors.emfluence.scripted import failure, response, serving, success


def test_the_body_is_joined_and_not_encoded_again() -> None:
    """The platform must get the bytes that were planned; the shape is assumed in this one place."""
    assert import_body(['{"email": "a"}', '{"email":"ü"}'], [7, 8]) == (
        '{"contacts":[{"email": "a"},{"email":"ü"}],"groupIDs":[7,8]}'.encode()
    )
    assert import_body([], []) == b'{"contacts":[]}'


def test_the_batch_goes_out_as_one_request(clock: Clock) -> None:
    """Endpoint, contacts and groups."""
    answer = success({"recordsInserted": 1, "recordsUpdated": 0, "recordsInData": 1})
    with serving(answer) as script, client_on(script.base_url, clock) as client:
        result = import_contacts(client, ['{"email":"a@example.com"}'], ["a@example.com"], [7])
    head, body = script.received[0]
    assert head.startswith(b"POST /v1/contacts/import ")
    assert body == b'{"contacts":[{"email":"a@example.com"}],"groupIDs":[7]}'
    assert (result.inserted, result.updated, result.requests, result.request_ids) == (1, 0, 1, ("R-1",))


def test_nothing_to_send_sends_nothing(clock: Clock) -> None:
    """An empty batch is no reason for a request."""
    with client_on("http://127.0.0.1:9/v1", clock) as client:
        result = import_contacts(client, [], [])
    assert (result.verdicts, result.requests) == ((), 0)


@pytest.mark.parametrize(("contacts", "keys"), [(["{}"], []), (["{}", "{}"], ["a@example.com", "A@example.com"])])
def test_contacts_and_e_mails_must_match(contacts: list[str], keys: list[str], clock: Clock) -> None:
    """An address twice could not be told apart in the answer."""
    with client_on("http://127.0.0.1:9/v1", clock) as client, pytest.raises(errors.WrongSettings):
        import_contacts(client, contacts, keys)


def test_rows_that_warnings_name_are_known_from_one_request() -> None:
    """The common case of a bad row costs nothing."""
    keys = emails(100)
    result, requests = imported(
        lambda sent: counted(sent, {keys[3], keys[50]}, ["P3@example.com: bad", "Row 51: bad"]), keys
    )
    assert with_fate(result, Fate.REFUSED) == [3, 50]
    assert result.verdicts[3].sentences == ("P3@example.com: bad",)
    assert (result.requests, len(requests), result.updated) == (1, 1, 98)


def test_without_counts_nothing_is_known_and_nothing_is_sent_again() -> None:
    """More requests would tell no more."""
    result, requests = imported(lambda _: {"success": 1, "code": 0, "data": {}}, emails(10))
    assert len(with_fate(result, Fate.UNKNOWN)) == 10
    assert len(requests) == 1
    assert result.anomalies


def test_warnings_about_nobody_are_kept_once() -> None:
    """G03."""
    result, _ = imported(lambda sent: counted(sent, set(), ["Odd.", "Odd.", "Eve@example.com is odd"]), emails(3))
    assert result.unplaced == ("Odd.", "Eve@example.com is odd")
    assert len(result.anomalies) == 1


@pytest.mark.parametrize(
    ("code", "kind"),
    [(200, errors.Reauthorise), (204, errors.PermissionNeeded), (3, errors.WrongSettings), (999, errors.UnknownCode)],
)
@pytest.mark.parametrize("before", [0, 1])
def test_what_lies_outside_the_rows_ends_the_import_at_once(
    code: int, kind: type[errors.Failure], before: int, clock: Clock
) -> None:
    """A revoked token refuses no row: the rows stay pending, and a person must act. Also while splitting."""
    short = success({"recordsInserted": 0, "recordsUpdated": 1, "recordsInData": 2})
    with (
        serving(*[short] * before, failure(code, "No.")) as script,
        client_on(script.base_url, clock) as client,
        pytest.raises(kind),
    ):
        import_contacts(client, ["{}", "{}"], emails(2))
    assert script.requests == before + 1


def test_a_first_request_without_an_answer_is_the_caller_s_to_know(clock: Clock) -> None:
    """Nothing is known of any row, and the next batch will hardly fare better."""
    with (
        serving(response(status="503 Busy")) as script,
        client_on(script.base_url, clock) as client,
        pytest.raises(errors.BadStatus),
    ):
        import_contacts(client, ["{}", "{}"], emails(2))


def test_what_is_known_survives_a_breakdown_while_splitting(clock: Clock) -> None:
    """The platform goes down in the middle: the half that was settled stays settled."""
    short = success({"recordsInserted": 0, "recordsUpdated": 3, "recordsInData": 4})
    half = success({"recordsInserted": 0, "recordsUpdated": 2, "recordsInData": 2})
    with serving(short, half, response(status="503 Busy")) as script, client_on(script.base_url, clock) as client:
        result = import_contacts(client, ["{}"] * 4, emails(4))
    assert [verdict.fate for verdict in result.verdicts] == [Fate.APPLIED] * 2 + [Fate.UNKNOWN] * 2
    assert result.verdicts[3].sentences[0].startswith("The platform stopped answering.")
    assert result.requests == 3


def test_a_retried_batch_is_sent_with_the_same_bytes(clock: Clock) -> None:
    """N08: the platform may have applied it the first time."""
    answer = success({"recordsInserted": 1, "recordsUpdated": 0, "recordsInData": 1})
    with serving(b"", failure(1, "Oops."), answer) as script, client_on(script.base_url, clock) as client:
        import_contacts(client, ['{"email":"a@example.com"}'], ["a@example.com"], batch_id="B-7")
    assert script.requests == 3
    assert len(set(script.received)) == 1
