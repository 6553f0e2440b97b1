"""The table of methods and its dispatch, without a server."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors.sandbox.access import RESTRICTED, grant
from connectors.sandbox.answers import ApiError, Success
from connectors.sandbox.behaviour import Behaviour
from connectors.sandbox.database import Database
from connectors.sandbox.parameters import Parameters
from connectors.sandbox.routes import ROUTES, Answer, Request, dispatch, find_route
from tests.connectors.sandbox.state import NOW, planted, stored

IMPORTER = "importer"
MODIFYING = {"contacts/import", "contacts/save", "contacts/delete", "contacts/deleteGroups"}
PERMISSIONS = {
    "contacts/import": "Contacts (Import)",
    "contacts/delete": "Contacts (Delete)",
    "contacts/deleteGroups": "Contacts (Edit)",
}
EXPORTS = ["Bounces", "Clicks", "Complaints", "Forwards", "Recipients", "Shares", "Unsubscribes", "Views", "WebViews"]


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """A database with a token that may import, and one that may nothing."""
    with planted(tmp_path) as opened:
        with opened.transaction() as db:
            grant(db, IMPORTER, 5, ("Contacts (Import)",))
            grant(db, "nobody", 6, (RESTRICTED,))
        yield opened


def ask(database: Database, endpoint: str, token: str = IMPORTER, **parameters: object) -> Answer:
    """Dispatch a POST in a transaction of its own."""
    request = Request("POST", endpoint, token, Parameters(parameters), f"http://x/v1/{endpoint}", NOW)
    with database.transaction() as db:
        return dispatch(db, request, Behaviour(max_contacts=2))


def code_of(database: Database, endpoint: str, token: str = IMPORTER, **parameters: object) -> int:
    """Give the code with which a call is refused."""
    with pytest.raises(ApiError) as caught:
        ask(database, endpoint, token, **parameters)
    return int(caught.value.code)


def test_the_methods_are_those_of_the_contract() -> None:
    """Each is there, and nothing that the contract does not know."""
    plain = "helper/ping users/lookup groups/search groups/getContacts contacts/lookup contacts/search emails/search"
    assert set(ROUTES) == {*plain.split(), *MODIFYING, *(f"exports/email{kind}" for kind in EXPORTS)}


def test_what_modifies_and_what_it_needs_is_the_contracts() -> None:
    """A table that is wrong in one line is wrong in silence."""
    assert {name for name, route in ROUTES.items() if route.modifies} == MODIFYING
    exports = {f"exports/email{kind}": "Contacts (Export)" for kind in EXPORTS}
    assert {name: route.permission for name, route in ROUTES.items() if route.permission} == PERMISSIONS | exports


@pytest.mark.parametrize(
    ("verb", "endpoint", "code"),
    [
        ("POST", "people/import", 100),
        ("POST", "Contacts/import", 100),
        ("POST", "", 100),
        ("POST", "/contacts/import", 100),
        ("POST", "contacts/Import", 101),
        ("POST", "contacts/import/", 101),
        ("POST", "contacts", 101),
        ("GET", "contacts/import", 2),
        ("PUT", "contacts/import", 2),
        ("HEAD", "contacts/search", 2),
        ("post", "contacts/search", 2),
    ],
)
def test_what_is_not_there_or_not_allowed_has_its_code(verb: str, endpoint: str, code: int) -> None:
    """Names count to the letter; the resource is judged before the method, and that before the verb."""
    with pytest.raises(ApiError) as caught:
        find_route(verb, endpoint)
    assert caught.value.code == code


def test_a_name_that_is_very_long_is_cut_in_the_sentence() -> None:
    """An answer does not grow with what somebody sent."""
    for endpoint in ("x" * 5000, f"contacts/{'x' * 5000}"):
        with pytest.raises(ApiError) as caught:
            find_route("POST", endpoint)
        assert len(str(caught.value)) < 120


def test_checks_come_in_order(database: Database) -> None:
    """The URL, then the token, then the permission, then the parameters: a stranger learns nothing of the last."""
    assert code_of(database, "contacts/merge", token="stranger") == 101
    assert code_of(database, "contacts/import", token="stranger", shoeSize=1) == 200
    assert code_of(database, "contacts/import", token="nobody", shoeSize=1) == 204
    assert code_of(database, "contacts/import", shoeSize=1) == 501


def test_a_refused_call_changes_nothing(database: Database) -> None:
    """More contacts than the setting allows: none is applied."""
    rows = [{"email": f"a{n}@x.co"} for n in range(3)]
    assert code_of(database, "contacts/import", contacts=rows) == 501
    assert isinstance(ask(database, "contacts/import", contacts=rows[:2]), Success)
    with database.transaction() as db:
        assert [(contact.email, contact.user_id) for contact in stored(db)] == [("a0@x.co", 5), ("a1@x.co", 5)]


def test_a_user_without_permissions_can_still_look_who_they_are(database: Database) -> None:
    """That is how a person finds out what is missing."""
    answer = ask(database, "users/lookup", token="nobody")
    assert isinstance(answer, Success)
    assert (answer.data["userID"], answer.data["permissions"]) == (6, ["Restricted User"])


def test_saving_takes_back_what_the_permission_does_not_cover(database: Database) -> None:
    """Whether it adds or edits is known only afterwards; the refusal undoes it."""
    assert code_of(database, "contacts/save", email="a@x.co") == 204
    with database.transaction() as db:
        assert stored(db) == []
