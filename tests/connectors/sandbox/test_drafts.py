"""One contact of a request by itself: what each field takes, and what a refusal says and keeps to itself."""

import pytest

from connectors.sandbox.answers import ApiError
from connectors.sandbox.contacts import CONTENT_NAMES, CUSTOM_NAMES, TOP_TEXTS
from connectors.sandbox.drafts import Draft, is_email, read_draft
from schemas.fields import FIELDS

READ_ONLY = ("dateAdded", "dateModified", "dateHeld", "dateSuppressed", "contactScore")


def refusal(raw: object) -> ApiError:
    """Give the error with which a contact is refused."""
    with pytest.raises(ApiError) as caught:
        read_draft(raw)
    assert "canary" not in str(caught.value)
    return caught.value


@pytest.mark.parametrize(
    "email",
    [
        "a@b.co",
        "first.last@example.com",
        "first+tag@sub.sub.example.com",
        "o'hara@example.com",
        "a_b-c@example-site.com",
        "!#$%&'*+/=?^_`{|}~-@example.com",
        "1@2.example",
        "ü@example.com",
        "ada@exämple.de",
        "用户@例子.广告",
        "a@xn--exmple-cua.de",
        f"{'a' * 64}@example.com",
        "a@हिन्दी.भारत",
        f"a@{'b' * 63}.{'c' * 63}.{'d' * 63}.{'e' * 60}",
    ],
)
def test_these_are_addresses(email: str) -> None:
    """Dot-atoms and domains with a dot, in any script, up to the lengths of RFC 5321."""
    assert is_email(email)


@pytest.mark.parametrize(
    "email",
    [
        "",
        "a",
        "@",
        "a@",
        "@example.com",
        "a@b",
        "a@localhost",
        "a@@example.com",
        "a@b@example.com",
        "a b@example.com",
        "a@exam ple.com",
        ".a@example.com",
        "a.@example.com",
        "a..b@example.com",
        "a@.example.com",
        "a@example.com.",
        "a@example..com",
        "a@-example.com",
        "a@exa_mple.com",
        "a@[127.0.0.1]",
        '"a b"@example.com',
        "Ada <a@example.com>",
        "a@example.com,b@example.com",
        "a;b@example.com",
        "a\\b@example.com",
        "a@example.com\n",
        "a\x00b@example.com",
        "a\x7fb@example.com",
        f"{'a' * 65}@example.com",
        "a@b-.example.com",
        "a@ex\u00a0ample.com",
        f"a@{'b' * 64}.example.com",
        f"a@{'b' * 63}.{'c' * 63}.{'d' * 63}.{'e' * 61}",
    ],
)
def test_these_are_no_addresses(email: str) -> None:
    """What an export, a hand or a formula leaves behind."""
    assert not is_email(email)


def test_an_address_is_trimmed_and_keeps_its_case() -> None:
    """The platform shows it as it was written."""
    assert read_draft({"email": " Ada@Example.com "}).email == "Ada@Example.com"


def test_an_empty_contact_leaves_everything_alone() -> None:
    """Nothing passed is nothing said."""
    assert read_draft({}) == Draft()


def test_each_text_field_takes_texts_and_nothing_else() -> None:
    """All of the contract's, empty texts included; any other type is code 500 and names the field."""
    for name in set(TOP_TEXTS) - {"dateOfBirth", "customerID"}:
        assert read_draft({name: "text"}).texts == {name: "text"}
        assert read_draft({name: ""}).texts == {name: ""}
        for value in (7, None, True, ["canary"], {"canary": 1}):
            error = refusal({name: value})
            assert (error.code, str(error)) == (500, f'The field "{name}" must be a string.')


def test_every_field_that_a_source_may_be_mapped_to_is_known_here() -> None:
    """The sandbox must not refuse what our own payloads may hold."""
    known = {*TOP_TEXTS, *CUSTOM_NAMES, *CONTENT_NAMES, "email", "userID", "suppressed", "held"}
    assert set(FIELDS) == known


def test_a_customer_id_may_be_a_number() -> None:
    """It is the key of somebody else's system."""
    assert read_draft({"customerID": 42}).texts == read_draft({"customerID": "42"}).texts == {"customerID": "42"}
    assert refusal({"customerID": 4.2}).code == 500


@pytest.mark.parametrize(
    ("value", "read"),
    [("1815-12-10", "1815-12-10"), ("1900-12-10", "1900-12-10"), ("", ""), ("1815-12-10 08:00:00", "1815-12-10")],
)
def test_a_birthday_is_a_date_or_empty(value: str, read: str) -> None:
    """Empty clears it, a time part is ignored."""
    assert read_draft({"dateOfBirth": value}).texts == {"dateOfBirth": read}


@pytest.mark.parametrize("value", ["canary", "10.12.1815", "1815-12-32", 18151210, None])
def test_what_is_no_birthday_is_refused(value: object) -> None:
    """Code 500: a wrong type of data."""
    assert refusal({"dateOfBirth": value}).code == 500


@pytest.mark.parametrize(("name", "attribute"), [("contactID", "contact_id"), ("userID", "user_id")])
def test_ids_are_whole_numbers_from_1(name: str, attribute: str) -> None:
    """Digits in a text do not count here: a row comes as JSON, never from a URL."""
    assert getattr(read_draft({name: 7}), attribute) == 7
    assert [refusal({name: value}).code for value in ("7", 7.0, True, None, [7])] == [500] * 5
    assert [refusal({name: value}).code for value in (0, -1, 2**63)] == [501] * 3


@pytest.mark.parametrize("name", ["suppressed", "held"])
def test_flags_are_booleans_or_1_and_0(name: str) -> None:
    """The platform answers with both, so it takes both."""
    assert [getattr(read_draft({name: value}), name) for value in (True, 1, False, 0)] == [True, True, False, False]
    assert [refusal({name: value}).code for value in ("true", "1", 2, 1.0, None)] == [500] * 5


@pytest.mark.parametrize(("name", "attribute"), [("groupIDs", "group_ids"), ("removeGroupIDs", "remove_group_ids")])
def test_groups_are_lists_of_ids(name: str, attribute: str) -> None:
    """One wrong element makes the whole list wrong."""
    assert getattr(read_draft({name: [7, 8]}), attribute) == (7, 8)
    assert getattr(read_draft({name: []}), attribute) == ()
    assert [refusal({name: value}).code for value in (7, "7", None, ["7"], [7, None])] == [500] * 5


def test_custom_fields_have_a_value_and_may_have_a_label() -> None:
    """Written as they are read, so that an answer can be sent back."""
    customs = {"custom1": {"value": "x"}, "custom30": {"label": "Custom 30", "value": ""}}
    assert read_draft({"customFields": customs}).texts == {"custom1": "x", "custom30": ""}


@pytest.mark.parametrize(
    ("customs", "code"),
    [
        (["canary"], 500),
        ("canary", 500),
        (None, 500),
        ({"custom0": {"value": "x"}}, 501),
        ({"custom31": {"value": "x"}}, 501),
        ({"Custom1": {"value": "x"}}, 501),
        ({"custom1": "canary"}, 500),
        ({"custom1": {"value": 7}}, 500),
        ({"custom1": {"value": None}}, 500),
        ({"custom1": {"text": "canary"}}, 501),
        ({"custom1": {}}, 502),
    ],
)
def test_custom_fields_of_another_shape_are_refused(customs: object, code: int) -> None:
    """A custom field that is lost without a word is what nobody notices."""
    assert refusal({"customFields": customs}).code == code


def test_content_variables_are_texts() -> None:
    """Three of them, by name."""
    contents = {"content1": "a", "content3": ""}
    assert read_draft({"contentVariables": contents}).texts == contents
    assert refusal({"contentVariables": {"content4": "canary"}}).code == 501
    assert refusal({"contentVariables": {"content1": 7}}).code == 500
    assert refusal({"contentVariables": ["canary"]}).code == 500


@pytest.mark.parametrize("name", [*READ_ONLY, "shoeSize", "Email", "EMAIL", "custom1", "content1", ""])
def test_what_is_not_a_field_to_write_is_refused(name: str) -> None:
    """Names count to the letter; dates that the platform sets itself cannot be passed."""
    error = refusal({"email": "a@example.com", name: "canary"})
    assert (error.code, str(error)) == (501, f'There is no field "{name}".')


@pytest.mark.parametrize("raw", ["canary", 7, None, True, [], ["canary"]])
def test_what_is_no_object_is_no_contact(raw: object) -> None:
    """Code 500."""
    assert refusal(raw).code == 500
