"""The file and its transactions, contacts in and out of it, seeds and tokens: no server."""

import sqlite3
import threading
from pathlib import Path

import pytest

from connectors.sandbox.access import ADMINISTRATOR, RESTRICTED, Caller, authenticate, bearer_token, grant, revoke
from connectors.sandbox.answers import ApiError
from connectors.sandbox.contacts import Contact, email_key, group_ids, record, records, replace, select
from connectors.sandbox.database import FILE_NAME, Database
from connectors.sandbox.endpoints.groups import list_groups
from connectors.sandbox.seeds import DEFAULT_GROUPS, Group, plant
from tests.connectors.sandbox.state import LATER, NOW, planted, save, stored


def someone(contact_id: int, email: str, **texts: str) -> Contact:
    """Make a contact."""
    return Contact(contact_id, email, 1, NOW, NOW, texts=texts)


def _save_and_fail(database: Database) -> None:
    with database.transaction() as db:
        save(db, {"email": "b@x.co"})
        raise ZeroDivisionError


def _save_within_and_fail(database: Database) -> None:
    with database.transaction() as inner:
        save(inner, {"email": "a@x.co"})
    raise ZeroDivisionError


def test_a_transaction_is_committed_at_its_end_and_undone_by_an_error(tmp_path: Path) -> None:
    """All of a call or nothing of it."""
    with planted(tmp_path) as database:
        with database.transaction() as db:
            save(db, {"email": "a@x.co"})
        with pytest.raises(ZeroDivisionError):
            _save_and_fail(database)
        with database.transaction() as db:
            assert [contact.email for contact in stored(db)] == ["a@x.co"]


def test_a_transaction_within_another_joins_it(tmp_path: Path) -> None:
    """The outer one decides: a campaign with a recipient who is unknown leaves no half behind."""
    with planted(tmp_path) as database:
        with pytest.raises(ZeroDivisionError), database.transaction():
            _save_within_and_fail(database)
        with database.transaction() as db:
            assert stored(db) == []


def test_one_transaction_at_a_time(tmp_path: Path) -> None:
    """A second thread waits for the first one's end and then sees what it did."""
    seen: list[int] = []
    with planted(tmp_path) as database:

        def look() -> None:
            with database.transaction() as db:
                seen.append(len(stored(db)))

        with database.transaction() as db:
            reader = threading.Thread(target=look)
            reader.start()
            save(db, {"email": "a@x.co"}, {"email": "b@x.co"})
        reader.join(10)
    assert seen == [2]


def test_what_is_committed_is_in_the_file(tmp_path: Path) -> None:
    """Another process reads it at once, before anything is closed."""
    with planted(tmp_path / "deep" / "folder") as database:
        with database.transaction() as db:
            save(db, {"email": "a@x.co"})
        other = sqlite3.connect(tmp_path / "deep" / "folder" / FILE_NAME)
        assert other.execute("select email from contacts").fetchall() == [("a@x.co",)]
        other.close()


def test_contacts_come_back_as_they_were_written(tmp_path: Path) -> None:
    """Every attribute, also those that only the platform sets."""
    contact = someone(7, "Ada@X.co", firstName="Ada ü 漢", purl="ada", customerID="C1")
    contact.suppressed, contact.held, contact.contact_score = True, True, 42
    contact.date_suppressed, contact.date_held, contact.date_modified = NOW, LATER, LATER
    with planted(tmp_path) as database, database.transaction() as db:
        replace(db, [contact])
        assert select(db, "email_key = ?", ("ada@x.co",)) == [contact]


def test_replacing_swaps_unique_values(tmp_path: Path) -> None:
    """Two contacts exchange address and purl in one write."""
    with planted(tmp_path) as database, database.transaction() as db:
        replace(db, [someone(1, "a@x.co", purl="a"), someone(2, "b@x.co", purl="b")])
        swapped = [someone(1, "b@x.co", purl="b"), someone(2, "a@x.co", purl="a")]
        replace(db, swapped)
        assert stored(db) == swapped


@pytest.mark.parametrize(("email", "key"), [("Ada@X.CO", "ada@x.co"), (" a@x.co ", "a@x.co"), ("Ü@x.co", "ü@x.co")])
def test_addresses_are_compared_without_case(email: str, key: str) -> None:
    """Blanks around them do not count either."""
    assert email_key(email) == key


def test_groups_come_sorted_and_empty_where_there_are_none(tmp_path: Path) -> None:
    """Every contact asked for has an entry."""
    with planted(tmp_path) as database, database.transaction() as db:
        save(db, {"email": "a@x.co", "groupIDs": [9, 1, 7]}, {"email": "b@x.co"})
        assert group_ids(db, stored(db)) == {1: [1, 7, 9], 2: []}
        assert [shown["groupIDs"] for shown in records(db, stored(db))] == [[1, 7, 9], []]
        assert records(db, []) == []


def test_a_record_has_every_field_with_its_type() -> None:
    """Clients read these names; what is not set is an empty text."""
    shown = record(someone(7, "a@x.co", content2="c", custom3="d"), [7])
    numbers = {name for name, value in shown.items() if type(value) is int}
    flags = {name for name, value in shown.items() if type(value) is bool}
    assert numbers == {"contactID", "userID", "contactScore"}
    assert flags == {"held", "suppressed"}
    assert (shown["content2"], shown["dateHeld"], shown["groupIDs"]) == ("c", "", [7])
    assert shown["contentVariables"] == {"content1": "", "content2": "c", "content3": ""}
    assert shown["customFields"]["custom3"] == {"label": "Custom 3", "value": "d"}  # type: ignore[index]
    assert len(shown["customFields"]) == 30  # type: ignore[arg-type]


def test_planting_adds_what_is_missing_and_changes_nothing(tmp_path: Path) -> None:
    """A sandbox that is started again keeps its groups as they are."""
    with planted(tmp_path) as database, database.transaction() as db:
        plant(db, (Group(7, "Renamed", 5), Group(70, "New", 90), Group(71, "Newer", 91)), LATER)
        shown = {group["groupID"]: group for group in list_groups(db)}
        assert len(shown) == len(DEFAULT_GROUPS) + 2
        assert (shown[7]["groupName"], shown[7]["autoResponseEmailID"], shown[7]["dateAdded"]) == (
            "Newsletter",
            "",
            NOW,
        )
        assert (shown[71]["groupName"], shown[71]["autoResponseEmailID"], shown[71]["dateAdded"]) == (
            "Newer",
            91,
            LATER,
        )
        titles = [tuple(row) for row in db.execute("select email_id, title from emails order by 1")]
        assert titles == [(5, "Renamed (automated)"), (90, "Welcome (automated)"), (91, "Newer (automated)")]


def test_the_default_groups_are_those_of_the_documentation() -> None:
    """7 and 8 send nothing by themselves, 9 does."""
    automated = {group.group_id: group.auto_response_email_id for group in DEFAULT_GROUPS}
    assert (automated[7], automated[8], automated[9]) == (None, None, 90)


@pytest.mark.parametrize(
    ("header", "token"),
    [
        ("Bearer abc", "abc"),
        ("bearer abc", "abc"),
        ("  BEARER   abc  ", "abc"),
        ("Bearer", ""),
        ("Bearer ", ""),
        ("abc", ""),
        ("Basic abc", ""),
        ("", ""),
    ],
)
def test_the_token_stands_after_the_scheme(header: str, token: str) -> None:
    """Whatever the scheme's case; another scheme holds none."""
    assert bearer_token(header) == token


def test_tokens_are_granted_revoked_and_granted_again(tmp_path: Path) -> None:
    """A grant replaces what the token could do before."""
    with planted(tmp_path) as database, database.transaction() as db:
        grant(db, "t", 5, ("Contacts (Add)",))
        assert authenticate(db, "t") == Caller(5, frozenset({"Contacts (Add)"}))
        revoke(db, "t")
        for token in ("t", "", "unknown"):
            with pytest.raises(ApiError) as caught:
                authenticate(db, token)
            assert caught.value.code == 200
        grant(db, "t", 6, ())
        assert authenticate(db, "t") == Caller(6, frozenset())


def test_an_administrator_needs_no_other_permission() -> None:
    """Anybody else needs the very one."""
    Caller(1, frozenset({ADMINISTRATOR})).require("Contacts (Import)")
    Caller(1, frozenset({"Contacts (Import)"})).require("Contacts (Import)")
    with pytest.raises(ApiError, match=r"requires the permission 'Contacts \(Import\)'"):
        Caller(1, frozenset({"Contacts (Add)"})).require("Contacts (Import)")


def test_only_a_restricted_user_is_kept_from_others_records() -> None:
    """And not from their own."""
    assert Caller(5, frozenset({"Contacts (Edit)"})).may_see(6)
    assert Caller(5, frozenset({RESTRICTED})).may_see(5)
    assert not Caller(5, frozenset({RESTRICTED})).may_see(6)


def test_a_database_can_be_opened_again(tmp_path: Path) -> None:
    """The tables are made once."""
    for _ in range(2):
        Database(tmp_path).close()
