"""The contact's fields as the platform names them."""

from schemas.fields import ASSUMED_LENGTHS, EMAIL, FIELDS, OPT_OUT_FIELDS, FieldType, Place


def test_the_fields_are_those_of_the_platform() -> None:
    """Their order is that of the payload's bytes: adding one in the middle would re-send everybody who has it."""
    top = [name for name, field in FIELDS.items() if field.place is Place.TOP]
    assert top == [
        *("email", "customerID", "userID", "dateOfBirth", "title", "company", "phone", "mobileNumber", "fax"),
        *("firstName", "lastName", "address1", "address2", "city", "state", "zipCode", "country", "notes", "memo"),
        *("originalSource", "purl", "ipAddress", "suppressed", "held"),
    ]
    assert [name for name, field in FIELDS.items() if field.place is Place.CONTENT] == [
        "content1",
        "content2",
        "content3",
    ]
    assert [name for name, field in FIELDS.items() if field.place is Place.CUSTOM] == [
        f"custom{n}" for n in range(1, 31)
    ]


def test_fields_that_only_the_platform_writes_are_no_fields_of_ours() -> None:
    """Its own ids, dates and scores, and the contact's id, are never sent."""
    read_only = {"contactID", "dateAdded", "dateModified", "dateHeld", "dateSuppressed", "contactScore", "groupIDs"}
    assert read_only.isdisjoint(FIELDS)


def test_every_text_has_a_length_and_nothing_else_does() -> None:
    """The lengths are assumptions that a mapping may override, kept in one place."""
    for field in FIELDS.values():
        assert (field.max_length is not None) == (field.type in {FieldType.TEXT, FieldType.EMAIL})
    assert all(FIELDS[name].max_length == length for name, length in ASSUMED_LENGTHS.items())
    assert FIELDS[EMAIL].max_length == 254


def test_opt_outs_are_booleans() -> None:
    """Only `true` of them is ever sent."""
    assert [FIELDS[name].type for name in OPT_OUT_FIELDS] == [FieldType.BOOLEAN] * 2


def test_no_field_s_name_holds_a_space() -> None:
    """Validation puts its own columns beside them, named with one."""
    assert not any(" " in name for name in FIELDS)
