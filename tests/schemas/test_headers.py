"""Suggestions by a column's name: the exports of common tools are understood, and nothing ambiguous is guessed."""

from collections import Counter

import pytest

from schemas.fields import FIELDS
from schemas.headers import _WORDS, plain_name, suggested_fields


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("E-mail 1 - Value", "email"),
        ("EMAIL", "email"),
        ("Correo electrónico", "email"),
        ("first_name", "firstName"),
        ("Vorname", "firstName"),
        ("Prénom", "firstName"),
        ("Surname", "lastName"),
        ("ZIP", "zipCode"),
        ("Straße", "address1"),
        ("Mobile", "mobileNumber"),
        ("Country/Region", "country"),
        ("OPTIN_IP", "ipAddress"),
        ("Geburtsdatum", "dateOfBirth"),
    ],
)
def test_names_of_common_exports_are_known(name: str, field: str) -> None:
    """Whatever their case, accents and punctuation."""
    assert suggested_fields([name]) == {name: field}


def test_a_field_is_suggested_once_and_to_its_usual_name() -> None:
    """Of several addresses or phones one is meant, the one whose name says it best."""
    header = ["E-mail 2 - Value", "Work Email", "Email", "Contact owner", "Home Phone", "Phone"]
    assert suggested_fields(header) == {"Email": "email", "Phone": "phone"}


def test_names_that_are_not_alone_are_not_guessed() -> None:
    """Columns that differ by case alone can only be told apart by a person."""
    assert suggested_fields(["email", "Email", "EMAIL", "phone"]) == {"phone": "phone"}


def test_every_name_means_one_field_of_a_contact() -> None:
    """No name stands in the table twice, and every field is one there is."""
    names = Counter(plain_name(word) for words in _WORDS.values() for word in words.split(", "))
    fields = Counter(
        plain_name(word) for words in _WORDS.values() for word in {plain_name(one) for one in words.split(", ")}
    )
    assert [name for name, count in fields.items() if count > 1] == []
    assert names.keys() == fields.keys()
    assert _WORDS.keys() <= FIELDS.keys()
