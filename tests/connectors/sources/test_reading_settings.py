"""How a source's settings decide how its cells are read: countries, blank words, severities, forms of addresses."""

from itertools import takewhile
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import TypeAdapter, ValidationError

from connectors.sources.account_fields import AccountFields
from connectors.sources.csv_file import CsvSettings
from connectors.sources.settings import FieldSettings, SourceSettings
from schemas.fields import FieldType
from schemas.issues import IssueCode, Severity
from schemas.mapping import AddressDoubt, AddressForm, FieldMapping

PAGE = Path(__file__).parents[3] / "docs" / "rules.md"


def settings(fields: dict[str, Any], **given: Any) -> SourceSettings:
    """Return a source's settings, with an e-mail column beside the fields given."""
    return SourceSettings.model_validate({"name": "crm", "kind": "csv", "fields": {"email": "E-mail"} | fields} | given)


def mapped(field: str, how: Any, **given: Any) -> FieldMapping:
    """Return how one field is mapped."""
    return next(one for one in settings({field: how}, **given).mapping().fields if one.field == field)


def refusal(fields: dict[str, Any], **given: Any) -> str:
    """Return the sentence with which settings are refused."""
    with pytest.raises(ValidationError) as caught:
        settings(fields, **given)
    return str(caught.value)


@pytest.mark.parametrize(
    ("field", "kind"),
    [
        ("phone", FieldType.PHONE),
        ("mobileNumber", FieldType.PHONE),
        ("fax", FieldType.PHONE),
        ("state", FieldType.STATE),
        ("zipCode", FieldType.POSTAL_CODE),
        ("country", FieldType.TEXT),
        ("city", FieldType.TEXT),
    ],
)
def test_with_a_country_its_fields_are_read_as_what_they_are(field: str, kind: FieldType) -> None:
    """One word in the settings turns the rules on; without it everybody's phone stays as it is."""
    assert mapped(field, "c", country="US").type is kind
    assert mapped(field, "c").type is FieldType.TEXT
    assert mapped(field, {"column": "c", "type": "text"}, country="US").type is FieldType.TEXT


def test_a_field_s_country_counts_more_than_the_source_s() -> None:
    """A column of foreign phones has a country of its own."""
    assert mapped("phone", "c", country="US").country == "US"
    assert mapped("phone", {"column": "c", "country": "FR"}, country="US").country == "FR"
    assert mapped("fax", {"column": "c", "country": "FR"}).type is FieldType.PHONE
    assert mapped("firstName", "c", country="US").country is None


def test_a_mapped_country_is_where_phones_look() -> None:
    """The row's own country counts more than any setting."""
    fields = {"phone": {"column": "Tel", "type": "phone"}, "country": "Land", "city": "Ort"}
    by_name = {one.field: one for one in settings(fields).mapping().fields}
    assert by_name["phone"].country_column == "Land"
    assert by_name["country"].country_column is None
    assert by_name["city"].country_column is None
    constant = settings({"phone": {"column": "Tel", "type": "phone"}, "country": {"value": "US"}}).mapping()
    assert [one.country_column for one in constant.fields] == [None] * 3


def test_a_form_makes_a_country_of_a_text() -> None:
    """It means nothing elsewhere."""
    assert mapped("country", {"column": "c", "form": "alpha2"}).type is FieldType.COUNTRY
    assert mapped("custom1", {"column": "c", "form": "name"}).form == "name"


def test_a_field_s_blank_words_take_the_place_of_the_source_s() -> None:
    """A dash means nothing in most columns, and something in one."""
    assert mapped("city", "c", blank_words=["N/A", "-"]).blank_words == ("N/A", "-")
    assert mapped("city", {"column": "c", "blank_words": ["-"]}, blank_words=["N/A"]).blank_words == ("-",)
    assert mapped("city", {"column": "c", "blank_words": []}, blank_words=["N/A"]).blank_words == ()
    assert mapped("email", "E-mail", blank_words=["N/A"]).blank_words == ("N/A",)


def test_severities_reach_the_mapping() -> None:
    """A closed list of codes, each with what it may be."""
    severity = settings({}, severity={"text_too_long": "reject", "email_typo": "reject"}).mapping().severity
    assert severity == {IssueCode.TEXT_TOO_LONG: Severity.REJECT, IssueCode.EMAIL_TYPO: Severity.REJECT}
    assert settings({}).mapping().severity == {}


def test_forms_and_doubts_of_addresses_reach_the_mapping() -> None:
    """What a source allows and what it minds are its own."""
    email = mapped("email", {"column": "c", "allow": ["international", "quoted"], "flag": ["role"]})
    assert email.allow == (AddressForm.INTERNATIONAL, AddressForm.QUOTED)
    assert email.flag == (AddressDoubt.ROLE,)
    assert mapped("email", "c").flag == (AddressDoubt.TYPO,)


@pytest.mark.parametrize(
    ("fields", "given", "words"),
    [
        ({}, {"country": "USA"}, "two letters"),
        ({}, {"country": "us"}, "two letters"),
        ({}, {"country": "XX"}, "two letters"),
        ({"phone": {"column": "c", "country": "Germany"}}, {}, "two letters"),
        ({"city": {"column": "c", "country": "US"}}, {}, "city: country is for a phone"),
        ({"phone": {"column": "c", "form": "name", "type": "phone"}}, {}, "phone: form is for a country"),
        ({"country": {"column": "c", "form": "iso"}}, {}, "alpha2"),
        ({"dateOfBirth": {"column": "c", "format": "YYYY-MM-DD"}}, {}, '"YYYY-MM-DD" cannot be used: it has no %'),
        ({"dateOfBirth": {"column": "c", "format": ["%Y", "epochs"]}}, {}, '"epochs" cannot be used: it has no %'),
        ({"city": {"column": "c", "flag": ["role"]}}, {}, "city: flag is for an e-mail"),
        ({"city": {"column": "c", "allow": ["quoted"]}}, {}, "city: allow is for an e-mail"),
        ({"email": {"column": "c", "flag": ["rude"]}}, {}, "throwaway"),
        ({}, {"severity": {"text_to_long": "reject"}}, "text_too_long"),
        ({}, {"severity": {"text_too_long": "ignore"}}, "reject"),
        ({}, {"severity": {"email_missing": "warn"}}, "email_missing is always reject:"),
        ({}, {"severity": {"date_invalid": "warn"}}, "date_invalid may be blank or reject, not warn:"),
    ],
)
def test_what_cannot_be_meant_is_refused(fields: dict[str, Any], given: dict[str, Any], words: str) -> None:
    """A setting that would do nothing, or what it may not, is refused before the night."""
    assert words in refusal(fields, **given)


@pytest.mark.parametrize("word", ["excel", "epoch", "epoch_ms", "%d.%m.%Y"])
def test_formats_are_patterns_or_words(word: str) -> None:
    """The words are for numbers that no pattern reads."""
    assert mapped("dateOfBirth", {"column": "c", "format": word}).formats == (word,)


def indented(page: str, first: str) -> Any:
    """Return the YAML of an indented example by its first line."""
    start = page.index(f"    {first}:\n")
    return yaml.safe_load(
        "".join(takewhile(lambda line: line.startswith("    "), page[start:].splitlines(keepends=True)))
    )


def test_the_examples_of_the_page_are_valid() -> None:
    """Whoever copies them gets what the page says."""
    page = PAGE.read_text(encoding="utf-8")
    sources, account = indented(page, "sources")["sources"], indented(page, "destination")["destination"]
    mapping = CsvSettings.model_validate(sources[0]).mapping()
    by_name = {one.field: one for one in mapping.fields}
    assert by_name["phone"].country_column == "Country"
    assert by_name["dateOfBirth"].formats == ("%m/%d/%Y", "%m/%d")
    assert mapping.severity[IssueCode.POSTAL_CODE_SHORT] is Severity.BLANK
    assert by_name["phone"].blank_words == ("N/A", "null", "-")
    assert TypeAdapter(AccountFields).validate_python(account["fields"])["custom2"].values == ("gold", "silver")


@pytest.mark.parametrize(("given", "kept"), [(True, "true"), (False, "false"), (5, "5"), ("x", "x")])
def test_a_constant_may_be_written_as_yaml_knows_it(given: object, kept: str) -> None:
    """`{value: true}` is what everybody writes for a list of opt-outs."""
    assert FieldSettings.model_validate({"value": given}).value == kept


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ({"suppressed": {"value": "maybe"}}, "suppressed: the value must be true or false."),
        ({"suppressed": {"column": "x", "blank": "clear"}}, "suppressed: an e-mail, a yes or no or a number cannot be"),
        ({"userID": {"column": "x", "blank": "clear"}}, "userID: an e-mail, a yes or no or a number cannot be"),
    ],
)
def test_what_cannot_work_is_refused_in_the_settings(field: dict[str, object], said: str) -> None:
    """Nobody finds out at night that a setting did nothing, or set every row aside."""
    with pytest.raises(ValidationError, match=said):
        SourceSettings.model_validate({"name": "s", "kind": "csv", "fields": {"email": "E", **field}})
