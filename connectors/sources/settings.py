"""What every kind of source is told in sync.yaml: its name, and how its columns become a contact's fields.

What only one kind is told (a path, a query) stands in that kind's own file.
"""

import json
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PositiveInt, model_validator

from connectors.sources.nearest import did_you_mean
from connectors.sources.timezones import TimezoneName
from schemas.countries import COUNTRIES
from schemas.date_formats import is_format
from schemas.fields import EMAIL, FIELDS, TYPES_WITH_COUNTRY, FieldType
from schemas.issues import IssueCode, Severity
from schemas.mapping import AddressDoubt, AddressForm, FieldMapping, SourceMapping
from schemas.normalise import NO, YES
from schemas.severities import severity_problems

_TIMES = (FieldType.DATE, FieldType.DATETIME)
_OF_A_COUNTRY = (FieldType.PHONE, FieldType.STATE, FieldType.POSTAL_CODE)


def _known_country(code: str) -> str:
    if code not in COUNTRIES:
        raise ValueError("A country is set by its two letters (ISO 3166-1 alpha-2), such as US.")
    return code


CountryCode = Annotated[str, AfterValidator(_known_country)]


def _constant(given: object) -> object:
    """Take YAML's own booleans and whole numbers for the words that they were written as."""
    return json.dumps(given) if isinstance(given, bool | int) else given


class FieldSettings(BaseModel):
    """How one field of a contact is filled; `schemas.mapping.FieldMapping` says what each word does.

    Attributes:
        column: The source's column; exactly one of `column` and `value` is set.
        value: A constant for every row.
        type: How the text is read; the field's own type if left out.
        format: One or more strftime patterns for dates and datetimes, or `excel`, `epoch`, `epoch_ms`; ISO 8601 if left
            out.
        timezone: The zone of datetimes without an offset; the source's if left out.
        blank: What an empty cell does.
        when: The words that mean yes, for booleans; `*` is any word at all.
        max_length: The longest text in characters; the field's own limit if left out.
        blank_words: Texts that stand for an empty cell; the source's if left out.
        form: How countries are written; as they are if left out.
        country: Of which country phones, states and postal codes are; the source's if left out.
        allow: For e-mails: the forms that are valid beside the plain one.
        flag: For e-mails: the doubts that are worth a warning.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    column: str | None = None
    value: Annotated[str | None, BeforeValidator(_constant)] = None
    type: FieldType | None = None
    format: tuple[str, ...] = ()
    timezone: TimezoneName | None = None
    blank: Literal["keep", "clear"] = "keep"
    when: tuple[str, ...] = ()
    max_length: PositiveInt | None = None
    blank_words: tuple[str, ...] | None = None
    form: Literal["alpha2", "alpha3", "name"] | None = None
    country: CountryCode | None = None
    allow: tuple[AddressForm, ...] = ()
    flag: tuple[AddressDoubt, ...] = (AddressDoubt.TYPO,)

    @model_validator(mode="before")
    @classmethod
    def _one_format_is_a_list_of_one(cls, given: object) -> object:
        if isinstance(given, dict) and isinstance(given.get("format"), str):
            return {**given, "format": (given["format"],)}
        return given

    @model_validator(mode="after")
    def _column_or_value(self) -> Self:
        if (self.column is None) == (self.value is None):
            raise ValueError("Set exactly one of column and value.")
        return self


def _spelled_out(given: object) -> object:
    return {"column": given} if isinstance(given, str) else given


def _known_fields(fields: dict[str, FieldSettings]) -> dict[str, FieldSettings]:
    unknown = [
        f'"{name}" is not a field of a contact.{did_you_mean(name, FIELDS)}' for name in fields if name not in FIELDS
    ]
    if unknown:
        raise ValueError(" ".join(unknown))
    if EMAIL not in fields:
        raise ValueError("email is required: it is how the platform tells contacts apart.")
    problems = [problem for name, one in fields.items() for problem in _misfits(name, one)]
    if problems:
        raise ValueError(" ".join(problems))
    return fields


def _misfits(name: str, one: FieldSettings) -> list[str]:
    kind = _kind(name, one, one.country)
    problems = []
    if name == EMAIL and kind is not FieldType.EMAIL:
        problems.append("email is read as an address: leave its type out.")
    if name == EMAIL and one.column is None:
        problems.append("email must come from a column.")
    if one.format and kind not in _TIMES:
        problems.append(f"{name}: format is for a date or datetime, and this is read as {kind.value}; set its type.")
    problems += [f'{name}: "{words}" is no format: it has no %.' for words in one.format if not is_format(words)]
    if one.value is not None and kind is FieldType.BOOLEAN and one.value.lower() not in (*YES, *NO):
        problems.append(f"{name}: the value must be true or false.")
    if one.blank == "clear" and kind in (FieldType.BOOLEAN, FieldType.INTEGER, FieldType.EMAIL):
        problems.append(f"{name}: an e-mail, a yes or no or a number cannot be cleared; leave blank out.")
    if one.when and kind is not FieldType.BOOLEAN:
        problems.append(f"{name}: when is for a boolean, and this is read as {kind.value}; set its type.")
    if one.form and kind is not FieldType.COUNTRY:
        problems.append(f"{name}: form is for a country, and this is read as {kind.value}; leave its type out.")
    if one.country and kind not in _OF_A_COUNTRY:
        problems.append(f"{name}: country is for a phone, state or postal_code, and this is read as {kind.value}.")
    if {"allow", "flag"} & one.model_fields_set and kind is not FieldType.EMAIL:
        problems.append(f"{name}: allow and flag are for an e-mail, and this is read as {kind.value}.")
    return problems


def _kind(name: str, one: FieldSettings, country: str | None) -> FieldType:
    """Return how a field is read: as it is set to, else as its form or a known country says, else as its own type."""
    if one.type is not None:
        return one.type
    if one.form is not None:
        return FieldType.COUNTRY
    return TYPES_WITH_COUNTRY.get(name, FIELDS[name].type) if country else FIELDS[name].type


def _possible_severities(severity: dict[IssueCode, Severity]) -> dict[IssueCode, Severity]:
    if problems := severity_problems(severity):
        raise ValueError(" ".join(problems))
    return severity


class SourceSettings(BaseModel):
    """What every kind of source is told.

    Attributes:
        name: A short name that stays the same for ever: it is part of asset keys and of the ledger.
        kind: The kind of source, a key of `connectors.sources.registry.KINDS`.
        timezone: The zone of datetimes without an offset.
        priority: 1 wins over 2 where two sources hold the same person.
        groups: The ids of the platform's groups that the source's contacts enter.
        country: Of which country its people are where a row's mapped country is blank; with it, phones, states and
            postal codes are read as such.
        blank_words: Texts that stand for an empty cell, whatever their case: `N/A`, `-`.
        severity: How much an issue matters, by its code, where that is not what docs/rules.md says.
        fields: The contact's fields and where they come from; a bare string is a column.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    kind: str
    timezone: TimezoneName = "UTC"
    priority: PositiveInt = 1
    groups: tuple[PositiveInt, ...] = ()
    country: CountryCode | None = None
    blank_words: tuple[str, ...] = ()
    severity: Annotated[dict[IssueCode, Severity], AfterValidator(_possible_severities)] = {}
    fields: Annotated[
        dict[str, Annotated[FieldSettings, BeforeValidator(_spelled_out, json_schema_input_type=str | FieldSettings)]],
        AfterValidator(_known_fields),
    ]

    def mapping(self) -> SourceMapping:
        """Return the mapping with every default filled in, fields in the order of the settings."""
        fields = tuple(self._field_mapping(name, one) for name, one in self.fields.items())
        return SourceMapping(self.name, fields, tuple(sorted(set(self.groups))), self.priority, self.severity)

    def _field_mapping(self, name: str, one: FieldSettings) -> FieldMapping:
        country = one.country or self.country
        kind = _kind(name, one, country)
        of_country = kind in _OF_A_COUNTRY
        return FieldMapping(
            field=name,
            type=kind,
            column=one.column,
            value=one.value,
            formats=one.format,
            timezone=one.timezone or self.timezone,
            when=one.when,
            blank=one.blank,
            max_length=one.max_length or FIELDS[name].max_length,
            blank_words=self.blank_words if one.blank_words is None else one.blank_words,
            form=one.form,
            country=country if of_country else None,
            country_column=self._country_column() if of_country else None,
            allow=one.allow,
            flag=one.flag,
        )

    def _country_column(self) -> str | None:
        mapped = self.fields.get("country")
        return None if mapped is None else mapped.column
