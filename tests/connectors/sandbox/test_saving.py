"""Applying rows to stored contacts, without a server: who is meant, what is refused, what is written."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors.sandbox.access import RESTRICTED, Caller
from connectors.sandbox.answers import ApiError, Code
from connectors.sandbox.drafts import read_draft
from connectors.sandbox.memberships import Memberships
from connectors.sandbox.saving import save_drafts
from tests.connectors.sandbox.state import ADMIN, LATER, NOW, planted, save, stored


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """A transaction on a database with the default groups."""
    with planted(tmp_path) as database, database.transaction() as connection:
        yield connection


def groups_of(db: sqlite3.Connection) -> list[tuple[int, int]]:
    """Give every membership as contactID and groupID."""
    return [tuple(row) for row in db.execute("select contact_id, group_id from memberships order by 1, 2")]


def mails(db: sqlite3.Connection) -> list[tuple[int, int, int]]:
    """Give every automated e-mail as contactID, groupID and emailID."""
    return [tuple(row) for row in db.execute("select contact_id, group_id, email_id from sent_mails")]


def test_contact_ids_count_up_and_are_never_reused(db: sqlite3.Connection) -> None:
    """Also after the last contact is deleted."""
    assert save(db, {"email": "a@x.co"}, {"email": "b@x.co"}) == ["inserted 1", "inserted 2"]
    db.execute("delete from contacts where contact_id = 2")
    assert save(db, {"email": "c@x.co"}) == ["inserted 3"]


def test_a_contact_is_found_by_id_before_its_address(db: sqlite3.Connection) -> None:
    """With both, the ID says who is meant and the address is the new one."""
    save(db, {"email": "a@x.co"})
    assert save(db, {"contactID": 1, "email": "b@x.co"}) == ["updated 1"]
    assert save(db, {"contactID": 1, "email": "B@X.co"}) == ["updated 1"]
    assert save(db, {"contactID": 1, "title": "Dr"}) == ["updated 1"]
    assert [(contact.email, contact.texts["title"]) for contact in stored(db)] == [("B@X.co", "Dr")]


def test_an_address_that_was_given_up_is_free_in_the_next_row(db: sqlite3.Connection) -> None:
    """Rows are applied one after the other, in memory as in storage."""
    save(db, {"email": "a@x.co"})
    assert save(db, {"contactID": 1, "email": "b@x.co"}, {"email": "a@x.co"}, {"email": "b@x.co"}) == [
        "updated 1",
        "inserted 2",
        "updated 1",
    ]


def test_a_refused_row_changes_nothing_at_all(db: sqlite3.Connection) -> None:
    """Neither the contact nor its groups nor what later rows see of it."""
    save(db, {"email": "a@x.co", "purl": "a", "groupIDs": [1]})
    rows = [
        {"email": "a@x.co", "city": "Rome", "groupIDs": [2, 999]},
        {"email": "b@x.co", "city": "Rome", "removeGroupIDs": [999]},
        {"email": "c@x.co", "purl": "a", "groupIDs": [9]},
        {"contactID": 5, "email": "d@x.co"},
        {"city": "Rome"},
    ]
    assert save(db, *rows, groups=[7]) == ["refused 501", "refused 501", "refused 301", "refused 300", "refused 502"]
    assert [(contact.email, contact.texts) for contact in stored(db)] == [("a@x.co", {"purl": "a"})]
    assert (groups_of(db), mails(db)) == ([(1, 1)], [])


def test_a_row_that_was_refused_before_stays_refused_in_its_place(db: sqlite3.Connection) -> None:
    """Results stand in the order of the rows."""
    refused = ApiError(Code.BAD_VALUE, "no")
    assert save_drafts(db, ADMIN, [refused], (), NOW) == [refused]
    assert stored(db) == []


def test_a_duplicate_tells_whose_the_value_is(db: sqlite3.Connection) -> None:
    """For an address as for a purl."""
    save(db, {"email": "a@x.co", "purl": "a"}, {"email": "b@x.co"})
    for row in ({"contactID": 2, "email": "a@x.co"}, {"contactID": 2, "purl": "a"}):
        (result,) = save_drafts(db, ADMIN, [read_draft(row)], (), NOW)
        assert isinstance(result, ApiError)
        assert (result.code, result.data) == (301, {"contactID": 1})


def test_an_empty_purl_belongs_to_nobody(db: sqlite3.Connection) -> None:
    """Many contacts have none, and clearing one frees it."""
    save(db, {"email": "a@x.co", "purl": "a"}, {"email": "b@x.co", "purl": ""}, {"email": "c@x.co", "purl": ""})
    assert save(db, {"email": "a@x.co", "purl": ""}, {"email": "b@x.co", "purl": "a"}) == ["updated 1", "updated 2"]
    assert save(db, {"email": "b@x.co", "purl": "a"}) == ["updated 2"]


def test_dates_tell_when(db: sqlite3.Connection) -> None:
    """Added once, modified each time, opted out and held when it first happened."""
    save(db, {"email": "a@x.co"})
    save(db, {"email": "a@x.co", "suppressed": True}, now=LATER)
    save(db, {"email": "a@x.co", "suppressed": True, "held": True}, now="2026-11-24 12:00:00")
    (contact,) = stored(db)
    assert (contact.date_added, contact.date_modified) == (NOW, "2026-11-24 12:00:00")
    assert (contact.date_suppressed, contact.date_held) == (LATER, "2026-11-24 12:00:00")


@pytest.mark.parametrize("gone", ["suppressed", "held"])
@pytest.mark.parametrize("flag", ["suppressed", "held"])
def test_no_row_undoes_an_opt_out(db: sqlite3.Connection, gone: str, flag: str) -> None:
    """Whichever of the two it says, for whichever of the two reasons nobody may write to the address."""
    save(db, {"email": "a@x.co", gone: True})
    assert save(db, {"email": "a@x.co", flag: False, "city": "Rome"}) == ["refused 302"]
    (contact,) = stored(db)
    assert getattr(contact, gone) is True
    assert contact.texts == {}
    assert [tuple(row) for row in db.execute("select contact_id, field, undoes, date from violations")] == [
        (1, flag, 1, NOW)
    ]


def test_an_opt_out_in_the_same_request_counts(db: sqlite3.Connection) -> None:
    """The second row sees what the first one did."""
    rows = [{"email": "a@x.co", "suppressed": True}, {"email": "a@x.co", "suppressed": False}]
    assert save(db, *rows) == ["inserted 1", "refused 302"]
    assert stored(db)[0].suppressed is True


def test_both_flags_at_once_are_two_violations(db: sqlite3.Connection) -> None:
    """Each is on record."""
    save(db, {"email": "a@x.co", "suppressed": False, "held": False})
    assert [row["field"] for row in db.execute("select field from violations")] == ["suppressed", "held"]


def test_a_restricted_user_reaches_their_own_only(db: sqlite3.Connection) -> None:
    """By address and by ID; what they add is theirs."""
    save(db, {"email": "a@x.co"})
    own = Caller(5, frozenset({RESTRICTED}))
    rows = [{"email": "a@x.co"}, {"contactID": 1, "email": "z@x.co"}, {"email": "b@x.co"}, {"email": "b@x.co"}]
    assert save(db, *rows, caller=own) == ["refused 303", "refused 303", "inserted 2", "updated 2"]
    assert [contact.user_id for contact in stored(db)] == [1, 5]


def test_a_contact_can_be_given_to_another_user(db: sqlite3.Connection) -> None:
    """`userID` names the owner; the caller is it where nothing is said."""
    save(db, {"email": "a@x.co", "userID": 5}, {"email": "b@x.co"})
    save(db, {"email": "b@x.co", "userID": 6}, {"email": "a@x.co", "city": "Rome"})
    assert [contact.user_id for contact in stored(db)] == [5, 6]


def test_groups_of_request_and_row_are_entered_once(db: sqlite3.Connection) -> None:
    """The same group twice is one membership and one e-mail."""
    save(db, {"email": "a@x.co", "groupIDs": [9, 1, 9]}, groups=[9, 9])
    assert (groups_of(db), mails(db)) == ([(1, 1), (1, 9)], [(1, 9, 90)])


def test_leaving_wins_over_entering(db: sqlite3.Connection) -> None:
    """A row that does both is not in the group afterwards."""
    save(db, {"email": "a@x.co", "removeGroupIDs": [7]}, groups=[7])
    assert groups_of(db) == []


def test_leaving_a_group_one_is_not_in_is_no_error(db: sqlite3.Connection) -> None:
    """It is what the row asked for."""
    assert save(db, {"email": "a@x.co", "removeGroupIDs": [7]}) == ["inserted 1"]


def test_entering_again_after_leaving_sends_again(db: sqlite3.Connection) -> None:
    """The platform sends to whoever is added: it does not remember who was there once."""
    save(db, {"email": "a@x.co"}, groups=[9])
    save(db, {"email": "a@x.co"}, groups=[9])
    assert len(mails(db)) == 1
    save(db, {"email": "a@x.co", "removeGroupIDs": [9]})
    save(db, {"email": "a@x.co"}, groups=[9])
    assert len(mails(db)) == 2


@pytest.mark.parametrize("flag", ["suppressed", "held"])
def test_nobody_who_opted_out_is_sent_the_automated_email(db: sqlite3.Connection, flag: str) -> None:
    """They become members all the same, and nothing follows later."""
    save(db, {"email": "a@x.co", flag: True}, groups=[9])
    save(db, {"email": "a@x.co", "city": "Rome"}, groups=[9])
    assert (groups_of(db), mails(db)) == ([(1, 9)], [])


def test_unknown_groups_are_named(db: sqlite3.Connection) -> None:
    """An ID is nobody's personal data, and without it the sentence would help nobody."""
    with pytest.raises(ApiError, match="There is no group with the groupID 999"):
        Memberships(db, (), NOW).refuse_unknown([7, 999])
