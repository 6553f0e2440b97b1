"""Fields that depend on a country: phones, countries, states and postal codes."""

import polars as pl
import pytest

from schemas.countries import COUNTRIES, alpha2
from schemas.fields import TYPES_WITH_COUNTRY, FieldType
from schemas.mapping import FieldMapping
from schemas.states import STATES
from schemas.validate import Validated, validate
from tests.schemas.frames import EMAIL_COLUMN, extracted, issues_of, mapping_of, read


def mapping(kind: FieldType, country: str | None = None, country_column: str | None = None) -> FieldMapping:
    """Return a mapping of the column `cell`."""
    return FieldMapping("custom1", kind, column="cell", country=country, country_column=country_column)


def beside(kind: FieldType, pairs: list[tuple[str, str | None]], default: str | None = None) -> Validated:
    """Validate cells, each beside the country that its row names."""
    columns: dict[str, list[object]] = {
        EMAIL_COLUMN: [f"a{number}@example.com" for number in range(len(pairs))],
        "cell": [cell for cell, _ in pairs],
        "Country": [country for _, country in pairs],
    }
    return validate(extracted(columns), mapping_of(mapping(kind, default, "Country")))


@pytest.mark.parametrize(
    ("country", "cell", "value"),
    [
        ("US", "(202) 555-0142", "+12025550142"),
        ("US", "202-555-0142", "+12025550142"),
        ("US", "202.555.0142", "+12025550142"),
        ("US", "2025550142", "+12025550142"),
        ("US", "1 202 555 0142", "+12025550142"),
        ("US", "+1 (202) 555-0142", "+12025550142"),
        ("US", "202\u2011555\u20110142", "+12025550142"),
        ("CA", "416-555-0142", "+14165550142"),
        ("GB", "020 7946 0958", "+442079460958"),
        ("GB", "+44 (0)20 7946 0958", "+442079460958"),
        ("FR", "01 02 03 04 05", "+33102030405"),
        ("DE", "030/123456", "+4930123456"),
        ("IT", "06 1234 5678", "+390612345678"),
        ("US", "+44 20 7946 0958", "+442079460958"),
        (None, "+44 20 7946 0958", "+442079460958"),
        (None, "+12025550142", "+12025550142"),
        ("GB", "+1 202 555 0142", "+12025550142"),
    ],
)
def test_a_phone_of_a_known_country(country: str | None, cell: str, value: str) -> None:
    """One number in five spellings is one number; a number that starts with + says its country itself."""
    assert read(mapping(FieldType.PHONE, country), [cell]) == ([value], {})
    assert read(mapping(FieldType.PHONE, country), [value]) == ([value], {})


@pytest.mark.parametrize(
    ("country", "cell", "code"),
    [
        (None, "(202) 555-0142", "phone_country_unknown"),
        (None, "555-0142", "phone_country_unknown"),
        ("US", "555-0142", "phone_invalid"),
        ("US", "(102) 555-0142", "phone_invalid"),
        ("US", "202-555-0142 ext. 7", "phone_invalid"),
        ("US", "202-555-0142 or 202-555-0143", "phone_invalid"),
        ("US", "call me", "phone_invalid"),
        ("US", "2.025550142E9", "phone_invalid"),
        ("GB", "1", "phone_invalid"),
        (None, "+999 1", "phone_invalid"),
    ],
)
def test_a_phone_that_is_not_understood_stays_as_it_is(country: str | None, cell: str, code: str) -> None:
    """A person can still dial it; somebody should look."""
    assert read(mapping(FieldType.PHONE, country), [cell]) == ([cell], {code: [0]})


def test_a_phone_s_country_is_the_row_s_own() -> None:
    """The setting is only for rows that name none, and no guess where a row names one that nobody knows."""
    pairs = [
        ("020 7946 0958", "United Kingdom"),
        ("202 555 0142", "usa"),
        ("202 555 0142", None),
        ("202 555 0142", " "),
        ("202 555 0142", "Atlantis"),
    ]
    result = beside(FieldType.PHONE, pairs, default="US")
    american = "+12025550142"
    assert result.contacts["custom1"].to_list() == ["+442079460958", american, american, american, "202 555 0142"]
    assert issues_of(result) == [(5, "custom1", "phone_country_unknown", "warn")]


def test_equal_phones_of_two_countries_are_two_numbers() -> None:
    """Each distinct pair is looked up once, and finds its way back to its rows."""
    pairs: list[tuple[str, str | None]] = [
        ("020 7946 0958", "GB"),
        ("06 1234 5678", "IT"),
        ("020 7946 0958", "IT"),
    ] * 40
    numbers = beside(FieldType.PHONE, pairs).contacts["custom1"].to_list()
    assert numbers[:2] == ["+442079460958", "+390612345678"]
    assert numbers == numbers[:3] * 40


def test_blank_phones_stay_blank() -> None:
    """Nothing is neither wrong nor unknown."""
    assert read(mapping(FieldType.PHONE), [None, " ", "\u200b"]) == ([None] * 3, {})
    assert read(mapping(FieldType.PHONE, "US"), []) == ([], {})


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("alpha2", ["US", "US", "GB", "GB", "DE", "CI", "AX"]),
        ("alpha3", ["USA", "USA", "GBR", "GBR", "DEU", "CIV", "ALA"]),
        (
            "name",
            [
                *("United States", "United States", "United Kingdom", "United Kingdom", "Germany"),
                *("Ivory Coast", "\u00c5land Islands"),
            ],
        ),
        (None, ["usa", "United States of America", "UK", "gbr", "DEUTSCHLAND", "C\u00f4te d'Ivoire", "ax"]),
    ],
)
def test_countries_are_written_in_one_form(form: str | None, expected: list[str]) -> None:
    """A segment by country needs one spelling; without a form everybody keeps his own."""
    cells = ["usa", "United States of America", "UK", "gbr", "DEUTSCHLAND", "C\u00f4te d'Ivoire", "ax"]
    how = {"alpha2": "alpha2", "alpha3": "alpha3", "name": "name"}
    chosen = FieldMapping("country", FieldType.COUNTRY, column="cell", form=None if form is None else how[form])  # type: ignore[arg-type] # a table's column
    assert read(chosen, cells) == (expected, {})


def test_what_is_no_country_stays_and_is_said() -> None:
    """Congo is two countries, and Atlantis none."""
    chosen = FieldMapping("country", FieldType.COUNTRY, column="cell", form="alpha2")
    cells = ["Congo", "Atlantis", "", None, "France", "Saint", "The", "??"]
    assert read(chosen, cells) == (
        ["Congo", "Atlantis", None, None, "FR", "Saint", "The", "??"],
        {"country_unknown": [0, 1, 5, 6, 7]},
    )


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        (["Cote d'Ivoire", "C\u00f4te d\u2019Ivoire", "COTE DIVOIRE", "Ivory Coast"], "CI"),
        (["Bosnia & Herzegovina", "bosnia and herzegovina"], "BA"),
        (["St. Lucia", "St Lucia", "Saint Lucia"], "LC"),
        (["The United States", "the united states of america", "U.S.A.", "'US'"], "US"),
        (["Curacao", "CURA\u00c7AO"], "CW"),
        (["Guinea Bissau", "Guinea-Bissau"], "GW"),
        (["ST", "st"], "ST"),
    ],
)
def test_a_country_is_known_however_it_is_spelled(cells: list[str], code: str) -> None:
    """Accents, dots, `&`, `the` and `St.` are a matter of keyboards."""
    chosen = FieldMapping("country", FieldType.COUNTRY, column="cell", form="alpha2")
    assert read(chosen, cells) == ([code] * len(cells), {})


def test_the_table_of_countries_is_whole_and_without_doubles() -> None:
    """ISO 3166-1 has 249 officially assigned codes; each spelling means one of them."""
    assert len(COUNTRIES) == 249
    for form in ("alpha2", "alpha3", "name"):
        written = [country[form] for country in COUNTRIES.values()]
        assert len(set(written)) == 249
        found = pl.DataFrame({"text": written}).select(alpha2(pl.col("text")))["text"].to_list()
        assert found == list(COUNTRIES)
    assert all(len(code) == 2 and len(country["alpha3"]) == 3 for code, country in COUNTRIES.items())


@pytest.mark.parametrize(
    ("country", "cells", "values"),
    [
        ("US", ["Kansas", "new york", "KS", "ks", "District of Columbia", "Ontario"], ["KS", "NY", "KS", "KS", "DC"]),
        ("US", ["N.Y.", "d.c.", "Armed Forces Europe", "AP", "PQ"], ["NY", "DC", "AE", "AP"]),
        ("CA", ["PQ", "B.C.", "Newfoundland", "AA"], ["QC", "BC", "NL"]),
        (
            "CA",
            ["Ontario", "qc", "Qu\u00e9bec", "quebec", "British Columbia", "Kansas"],
            ["ON", "QC", "QC", "QC", "BC"],
        ),
    ],
)
def test_states_of_the_usa_and_canada_are_two_letters(country: str, cells: list[str], values: list[str]) -> None:
    """A state is only known together with its country."""
    assert read(mapping(FieldType.STATE, country), cells) == ([*values, cells[-1]], {})


def test_other_states_stay_as_they_are() -> None:
    """Georgia is a country too, and a German Land has no two letters."""
    assert read(mapping(FieldType.STATE), ["Kansas", "ks"]) == (["Kansas", "ks"], {})
    result = beside(
        FieldType.STATE, [("Bayern", "DE"), ("Georgia", "US"), ("on", "Canada"), ("on", "US")], default="US"
    )
    assert result.contacts["custom1"].to_list() == ["Bayern", "GA", "ON", "on"]


def test_the_tables_of_states_are_whole() -> None:
    """Fifty states, a district, five territories and three posts of the forces; ten provinces, three territories."""
    assert (len(set(STATES["US"].values())), len(set(STATES["CA"].values()))) == (59, 13)


@pytest.mark.parametrize(
    ("country", "cell", "short"),
    [
        ("US", "2134", True),
        ("US", "2134-1000", True),
        ("US", "601", True),
        ("DE", "1067", True),
        ("FR", "1000", True),
        ("US", "02134", False),
        ("US", "02134-1000", False),
        ("US", "K1A 0B1", False),
        ("US", "21", False),
        ("CH", "8000", False),
        (None, "2134", False),
    ],
)
def test_a_postal_code_that_may_have_lost_a_zero_is_said(
    country: str | None,
    cell: str,
    short: bool,  # noqa: FBT001 # a table's column
) -> None:
    """A spreadsheet drops it; nothing is put back, since four digits may be another country's code."""
    found = {"postal_code_short": [0]} if short else {}
    assert read(mapping(FieldType.POSTAL_CODE, country), [cell]) == ([cell], found)


def test_a_postal_code_kept_as_a_number() -> None:
    """That is how it lost its zero."""
    values, findings = read(mapping(FieldType.POSTAL_CODE, "US"), pl.Series([2134, 21340, None]))
    assert (values, findings) == (["2134", "21340", None], {"postal_code_short": [0]})


@pytest.mark.parametrize("kind", [*set(TYPES_WITH_COUNTRY.values()), FieldType.COUNTRY])
def test_they_are_texts_like_others(kind: FieldType) -> None:
    """They are cleaned, and have a length to keep."""
    assert read(mapping(kind), ["a\x00b"])[1]["control_characters"] == [0]
    long = FieldMapping("custom1", kind, column="cell", max_length=3)
    rows = extracted({EMAIL_COLUMN: ["a@example.com"], "cell": ["Atlantis"]})
    assert "text_too_long" in [code for _, _, code, _ in issues_of(validate(rows, mapping_of(long)))]
