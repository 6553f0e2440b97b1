"""A contact's canonical JSON: its bytes, its hash, and what is never in it."""

import json

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.fields import FIELDS, OPT_OUT_FIELDS, FieldType, Place
from schemas.payload import opt_out_payloads, payload_hashes, payloads
from tests.schemas.strategies import EXAMPLES, TEXTS

ANN = {
    "lastName": 'O"Neil',
    "email": "ann@example.com",
    "custom30": "gold",
    "firstName": "Zo\u00eb",
    "userID": "7",
    "content1": "hat",
    "custom2": "",
    "dateOfBirth": "1990-02-01",
    "suppressed": "true",
    "held": "false",
    "notes": None,
    "custom1": "2024-03-01 00:00:00",
}
ANN_AS_SENT = (
    '{"email":"ann@example.com","userID":7,"dateOfBirth":"1990-02-01","firstName":"Zo\u00eb",'
    '"lastName":"O\\"Neil","suppressed":true,'
    '"customFields":{"custom1":{"value":"2024-03-01 00:00:00"},"custom2":{"value":""},"custom30":{"value":"gold"}},'
    '"contentVariables":{"content1":"hat"}}'
)


def texts_of(*contacts: dict[str, str | None]) -> list[str]:
    """Return the payloads of contacts that all have the same columns."""
    return payloads(pl.DataFrame(list(contacts), schema=dict.fromkeys(contacts[0], pl.String))).to_list()


def test_the_bytes_are_pinned() -> None:
    """Other bytes for the same contact would be another hash, and an update of everybody."""
    assert texts_of(ANN) == [ANN_AS_SENT]


def test_the_hash_is_pinned_and_depends_on_groups() -> None:
    """The ledger holds these hashes for years; a contact that enters another group is sent again."""
    groups = pl.Series([[7, 12], [7], [], [71, 2]], dtype=pl.List(pl.Int64))
    hashes = payload_hashes(pl.Series([ANN_AS_SENT] * 4), groups).to_list()
    assert hashes[0] == "73d1b2f5715158d903d6e66885dbe6d4"
    assert len(set(hashes)) == 4


@pytest.mark.parametrize(
    ("said", "groups", "expected"),
    [
        ('{name} "\\\u00e9\u65e5\U0001f600', [], "2d85a0508b673f827f37fae95db9db3f"),
        ('{name} "\\\u00e9\u65e5\U0001f600', [7, 12], "5f8489249d0c2a6e706ec8509ce4f8be"),
        ("{name}", [7], "431cbee3d0d1389a56d451cf04cc670c"),
        ("", [7], "e1f20ee85f8239b7df35e6c59f2b22cb"),
        (None, [7], "df90487c3bd6153b154ad525f213de33"),
    ],
)
def test_the_hash_of_every_kind_of_field_is_pinned(said: str | None, groups: list[int], expected: str) -> None:
    """Written, cleared and left alone: an upgrade of anything that changes one of them would send everybody again."""
    kinds = {FieldType.BOOLEAN: "true", FieldType.INTEGER: "7", FieldType.EMAIL: "a@b.co"}
    contact = {
        name: said if not said and name != "email" else kinds.get(field.type, (said or "").format(name=name))
        for name, field in FIELDS.items()
    }
    texts = payloads(pl.DataFrame([contact], schema=dict.fromkeys(contact, pl.String)))
    assert payload_hashes(texts, pl.Series([groups], dtype=pl.List(pl.Int64))).to_list() == [expected]


def test_hashes_stand_in_the_order_of_their_contacts() -> None:
    """Each contact's own payload decides, not its neighbours'."""
    groups = pl.Series([[], []], dtype=pl.List(pl.Int64))
    first = payload_hashes(pl.Series(["{}", '{"email":"a@b.co"}']), groups).to_list()
    assert payload_hashes(pl.Series(['{"email":"a@b.co"}', "{}"]), groups).to_list() == first[::-1]


def test_no_contacts_have_no_hashes() -> None:
    """A source whose rows all lost their e-mail to another's writes an empty slice."""
    nothing = payload_hashes(pl.Series([], dtype=pl.String), pl.Series([], dtype=pl.List(pl.Int64)))
    assert nothing.is_empty()
    assert nothing.dtype == pl.String


def test_hashes_need_the_groups_of_every_contact() -> None:
    """One short would pair contacts with the groups of others."""
    with pytest.raises(pl.exceptions.ShapeError):
        payload_hashes(pl.Series(["{}", "{}"]), pl.Series([[1]]))


def test_the_order_of_columns_does_not_matter() -> None:
    """It is the settings' order, and reordering them changes nobody's data."""
    assert texts_of(dict(reversed(ANN.items()))) == texts_of(dict(sorted(ANN.items()))) == texts_of(ANN)


def test_columns_that_are_no_field_are_left_out() -> None:
    """Keys, ranks and hashes are ours."""
    assert texts_of({"email": "a@b.co", "email_key": "a@b.co", "source": "crm"}) == ['{"email":"a@b.co"}']


def test_null_is_left_out_and_an_empty_text_clears() -> None:
    """Only data for parameters passed in is saved (API, contacts/save)."""
    keeps: dict[str, str | None] = {"email": "a@b.co", "city": None, "custom1": None, "content1": None}
    clears: dict[str, str | None] = {"email": "a@b.co", "city": "", "custom1": "", "content1": ""}
    assert texts_of(keeps, clears) == [
        '{"email":"a@b.co"}',
        '{"email":"a@b.co","city":"","customFields":{"custom1":{"value":""}},"contentVariables":{"content1":""}}',
    ]


def test_an_owner_cannot_be_cleared() -> None:
    """There is no number that means nobody."""
    assert texts_of({"email": "a@b.co", "userID": ""}) == ['{"email":"a@b.co"}']


@pytest.mark.parametrize("field", FIELDS)
def test_every_field_stands_in_its_place(field: str) -> None:
    """The shape is the one that contacts/save takes."""
    value = {FieldType.BOOLEAN: "true", FieldType.INTEGER: "7"}.get(FIELDS[field].type, "x")
    sent = json.loads(texts_of({"email": "a@b.co", field: value})[0])
    match FIELDS[field].place:
        case Place.CUSTOM:
            assert sent["customFields"] == {field: {"value": "x"}}
        case Place.CONTENT:
            assert sent["contentVariables"] == {field: "x"}
        case Place.TOP:
            assert str(sent[field]).lower() == value


@pytest.mark.parametrize("field", ["firstName", "custom1", "content1"])
@pytest.mark.parametrize(
    "text",
    [
        *('"', "\\", '\\"', '"}', "}", "{}", "\n", "\r\n\t", "\x00\x01\x1f", "\x7f\x85", "\u2028\u2029", "\U0001f600"),
        *(
            "\ufeff",
            "\ufffd",
            "e\u0301",
            "\U0001f468\u200d\U0001f469",
            "</script>",
            "null",
            "true",
            "1e5",
            " ",
            "'",
            "/",
        ),
    ],
)
def test_nasty_texts_come_back_as_they_were(field: str, text: str) -> None:
    """A payload that is broken in one contact fails the whole batch."""
    sent = json.loads(texts_of({"email": "a@b.co", field: text})[0])
    inner = {
        "firstName": sent.get(field),
        "custom1": sent.get("customFields"),
        "content1": sent.get("contentVariables"),
    }
    assert (
        inner[field]
        == {"firstName": text, "custom1": {"custom1": {"value": text}}, "content1": {"content1": text}}[field]
    )


NESTED = st.fixed_dictionaries(
    {name: st.none() | TEXTS for name in ("firstName", "notes", "custom1", "custom30", "content3")}
    | {name: st.sampled_from([None, "", "true", "false", "True", "1"]) for name in OPT_OUT_FIELDS}
)


@EXAMPLES
@given(st.lists(NESTED, min_size=2, max_size=8))
def test_a_contact_s_payload_does_not_depend_on_its_neighbours(contacts: list[dict[str, str | None]]) -> None:
    """How a slice's columns are encoded depends on what stands in them; what is sent must not."""
    rows = [{**one, "email": "a@b.co"} for one in contacts]
    assert texts_of(*rows) == [texts_of(row)[0] for row in rows]


def test_every_character_is_written_as_json_demands() -> None:
    """Characters that need escaping are escaped, alone in their column and among empty cells, and no others are."""
    characters = [chr(code) for code in (*range(0x500), *range(0x1FFE, 0x2070), 0xFFFD, 0x1F600)]
    for gap in ([], [None]):
        rows = pl.DataFrame({"email": "a@b.co", "notes": [*characters, *gap], "custom1": [*characters, *gap]})
        sent = [json.loads(text) for text in payloads(rows)]
        assert [one.get("notes") for one in sent] == [*characters, *gap]
        assert [one["customFields"]["custom1"]["value"] for one in sent[: len(characters)]] == characters
        assert sum("\\" in text for text in payloads(rows)) == 32 + 2


def test_an_opt_out_alone_says_nothing_else() -> None:
    """Of data that is older than what the destination has, the opt-out alone is sent."""
    rows = pl.DataFrame({"held": [None], "suppressed": ["true"], "firstName": ["Ann"], "email": ["a@b.co"]})
    assert opt_out_payloads(rows.cast(pl.String)).to_list() == ['{"email":"a@b.co","suppressed":true}']


@EXAMPLES
@given(st.lists(NESTED, min_size=1, max_size=5))
def test_any_contact_comes_back_and_opt_ins_are_never_sent(contacts: list[dict[str, str | None]]) -> None:
    """Opt-outs travel, opt-ins never do, whatever stands in the column."""
    for contact, text in zip(contacts, texts_of(*({**one, "email": "a@b.co"} for one in contacts)), strict=True):
        sent = json.loads(text)
        assert text.encode().decode() == text
        assert {name: sent.get(name) for name in OPT_OUT_FIELDS} == {
            name: True if contact[name] == "true" else None for name in OPT_OUT_FIELDS
        }
        assert [sent.get(name) for name in ("firstName", "notes")] == [contact["firstName"], contact["notes"]]
        custom = {name: contact[name] for name in ("custom1", "custom30") if contact[name] is not None}
        assert {name: value["value"] for name, value in sent.get("customFields", {}).items()} == custom
        assert sent.get("contentVariables", {}).get("content3") == contact["content3"]
