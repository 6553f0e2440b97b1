"""`contacts/lookup` and `contacts/search`: who is found, in which order, on which page."""

from collections.abc import Iterator
from typing import Any

import pytest

from connectors.sandbox import DEFAULT_TOKEN, Sandbox
from tests.connectors.sandbox.api import call, contact, http, paging, people, read, records


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """A sandbox with 45 contacts that no test changes."""
    with Sandbox(tmp_path_factory.mktemp("full"), limits=None) as sandbox:
        rows = people(45)
        rows[3] |= {"customerID": "C-3", "customFields": {"custom2": {"value": "blue"}}}
        call(sandbox, "contacts/import", contacts=rows[:30], groupIDs=[7])
        call(sandbox, "contacts/import", contacts=rows[30:])
        sandbox.stage.suppress("person7@example.com")
        sandbox.stage.hold("person8@example.com")
        yield sandbox


def found(sandbox: Sandbox, **parameters: Any) -> list[str]:
    """Give the local parts that a search finds, in its order."""
    answer = call(sandbox, "contacts/search", fields="email", rpp=50, **parameters)
    assert answer.success == 1
    return [str(record["email"]).split("@")[0] for record in records(answer)]


def test_looks_up_by_contact_id_or_by_address(full: Sandbox) -> None:
    """Either names the contact; the case of an address means nothing."""
    by_email = call(full, "contacts/lookup", email="PERSON3@example.com").data
    by_id = call(full, "contacts/lookup", contactID=by_email["contactID"]).data
    assert by_id == by_email == contact(full, "person3@example.com")


def test_a_lookup_that_cannot_be_says_why(full: Sandbox) -> None:
    """Not found is 300, nothing to look for 502, a word for an ID 500, a misspelt parameter 501."""
    codes = [
        call(full, "contacts/lookup", email="nobody@example.com").code,
        call(full, "contacts/lookup").code,
        call(full, "contacts/lookup", contactID="seven").code,
        call(full, "contacts/lookup", mail="person3@example.com").code,
    ]
    assert codes == [300, 502, 500, 501]


def test_pages_cover_everything_once(full: Sandbox) -> None:
    """20 a page unless said otherwise; following `next` gives every record exactly once."""
    answer = call(full, "contacts/search")
    expected = {"page": 1, "rpp": 20, "totalPages": 3, "totalRecords": 45, "prev": ""}
    assert {name: paging(answer)[name] for name in expected} == expected
    seen = [record["contactID"] for record in records(answer)]
    while paging(answer)["next"]:
        headers = {"Authorization": f"Bearer {DEFAULT_TOKEN}"}
        answer = read(http("GET", str(paging(answer)["next"]), headers=headers))
        assert paging(answer)["prev"]
        seen += [record["contactID"] for record in records(answer)]
    assert (len(seen), len(set(seen))) == (45, 45)


@pytest.mark.parametrize(("page", "rpp", "code"), [(1, 50, 0), (9, 50, 0), (0, 20, 501), (1, 0, 501), (1, 51, 501)])
def test_pages_have_bounds(full: Sandbox, page: int, rpp: int, code: int) -> None:
    """50 a page at most, counted from 1; a page after the last is empty and no error."""
    answer = call(full, "contacts/search", page=page, rpp=rpp)
    assert answer.code == code
    assert page < 9 or records(answer) == []


def test_the_wildcard_is_a_star_and_nothing_else(full: Sandbox) -> None:
    """`*` stands for anything; what SQL takes for a wildcard is an ordinary character."""
    assert found(full, email="person4*") == ["person4", "person40", "person41", "person42", "person43", "person44"]
    assert found(full, email="PERSON4@example.com") == ["person4"]
    assert found(full, email="*4@*") == ["person4", "person14", "person24", "person34", "person44"]
    assert found(full, email="person_@example.com") == found(full, email="%") == []


def test_filters_add_up(full: Sandbox) -> None:
    """Each filter of the contract narrows the search."""
    ids = [contact(full, f"person{n}@example.com")["contactID"] for n in (1, 2, 31)]
    assert found(full, suppressed=1) == ["person7"]
    assert found(full, held="true") == ["person8"]
    assert len(found(full, suppressed=0, held=False)) == 43
    assert len(found(full, groupID=7)) == 30
    assert found(full, customerID="C-3") == ["person3"]
    assert found(full, contactIDs=ids) == ["person1", "person2", "person31"]
    assert found(full, contactIDs=",".join(map(str, ids)), groupID=7) == ["person1", "person2"]


def test_sorts_by_each_sort_field(full: Sandbox) -> None:
    """The order is the one asked for, and the contactID decides between equals."""
    assert found(full, sortField="email")[:2] == ["person0", "person10"]
    assert found(full, sortField="email", sortDirection="desc")[0] == "person9"
    assert found(full, sortField="contactID", sortDirection="desc")[0] == "person44"
    assert found(full, sortField="contactScore") == found(full)
    assert len(found(full, sortField="dateModified")) == 45


def test_fields_choose_what_comes_back_flat(full: Sandbox) -> None:
    """Clients read custom fields of a search at the top of a record."""
    answer = call(full, "contacts/search", customerID="C-3", fields="email,custom2")
    assert records(answer) == [{"email": "person3@example.com", "custom2": "blue"}]
    listed = call(full, "contacts/search", customerID="C-3", fields=["email", "custom2"])
    assert records(listed) == records(answer)


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({"sortField": "shoeSize"}, 501),
        ({"sortDirection": "up"}, 501),
        ({"fields": "shoeSize"}, 501),
        ({"suppressed": "maybe"}, 500),
        ({"email": 7}, 500),
        ({"contactIDs": [1, "x"]}, 500),
        ({"contactIDs": {"a": 1}}, 500),
        ({"fields": [1]}, 500),
        ({"groupID": -1}, 501),
        ({"groupID": True}, 500),
        ({"supressed": 1}, 501),
    ],
)
def test_a_search_that_cannot_be_says_why(full: Sandbox, parameters: dict[str, Any], code: int) -> None:
    """A filter that is misspelt or of a wrong type is an error and never "everybody"."""
    assert call(full, "contacts/search", **parameters).code == code


def test_url_parameters_win_over_the_body(full: Sandbox) -> None:
    """API: URL parameters take precedence over duplicates in the body."""
    response = http(
        "POST",
        f"{full.base_url}/contacts/lookup?email=person5%40example.com",
        json={"email": "person6@example.com"},
        headers={"Authorization": f"bearer {DEFAULT_TOKEN}"},
    )
    assert read(response).data["email"] == "person5@example.com"


def test_a_restricted_user_sees_only_what_they_own(sandbox: Sandbox) -> None:
    """Others' records are 303 in a lookup, missing in a search, and a refused row in an import."""
    sandbox.stage.grant("own", "Restricted User", "Contacts (Import)", user_id=5)
    call(sandbox, "contacts/import", contacts=people(2), groupIDs=[7])
    answer = call(sandbox, "contacts/import", token="own", contacts=people(2, start=1), groupIDs=[7])
    assert answer.data["recordsInserted"] == len(answer.warnings) == 1
    assert call(sandbox, "contacts/lookup", token="own", email="person0@example.com").code == 303
    mine = call(sandbox, "contacts/search", token="own", fields="email")
    assert records(mine) == [{"email": "person2@example.com"}]
    assert paging(call(sandbox, "groups/getContacts", token="own", groupID=7))["totalRecords"] == 1
