"""What every kind of source is told in sync.yaml: its name, and how its columns become a contact's fields.

What only one kind is told (a path, a query) stands in that kind's own file.
"""

import json
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PositiveInt, model_validator

from connectors.sources.nearest import did_you_mean
from connectors.sources.newest_by import NewestBy
from connectors.sources.setting_types import OF_A_COUNTRY, misplaced
from connectors.sources.timezones import TimezoneName
from schemas.allowed import is_pattern
from schemas.countries import COUNTRIES
from schemas.fields import EMAIL, FIELDS, TYPES_WITH_COUNTRY, FieldType
from schemas.format_problems import format_problem
from schemas.issues import IssueCode, Severity
from schemas.mapping import AddressDoubt, AddressForm, FieldMapping, SourceMapping
from schemas.normalise import NO, YES
from schemas.severities import severity_problems
from schemas.written_values import written_value_problems


def _known_country(code: str) -> str:
    if code not in COUNTRIES:
        raise ValueError("A country is set by its two letters (ISO 3166-1 alpha-2), such as US.")
    return code


CountryCode = Annotated[str, AfterValidator(_known_country)]


def _constant(given: object) -> object:
    """Take YAML's own booleans and whole numbers for the words that they were written as."""
    return json.dumps(given) if isinstance(given, bool | int) else given


def _written_number(given: object) -> object:
    """Take a whole number for its digits; a boolean is refused, since YAML reads an unquoted yes as one."""
    return str(given) if isinstance(given, int) and not isinstance(given, bool) else given


def _regular_expression(pattern: str) -> str:
    if not is_pattern(pattern):
        raise ValueError("This is no regular expression, or one that looks ahead or behind, which is not supported.")
    return pattern


ListedValue = Annotated[str, BeforeValidator(_written_number), Field(min_length=1)]
Pattern = Annotated[str, Field(min_length=1), AfterValidator(_regular_expression)]


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
        pattern: For texts and whole numbers: what the whole of one must fit, as a regular expression.
        values: For texts and whole numbers: the only ones that are allowed, to the letter.
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
    pattern: Pattern | None = None
    values: tuple[ListedValue, ...] = ()

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
    written = [setting for setting in type(one).model_fields if setting in one.model_fields_set]
    problems = [f"{name}: {problem}" for problem in misplaced(written, kind)]
    if name == EMAIL and kind is not FieldType.EMAIL:
        problems.append("email is read as an address: leave its type out.")
    if name == EMAIL and one.column is None:
        problems.append("email must come from a column.")
    if kind in (FieldType.DATE, FieldType.DATETIME):
        found = ((words, format_problem(words, kind)) for words in one.format)
        problems += [f'{name}: the format "{words}" cannot be used: {problem}' for words, problem in found if problem]
    if one.value is not None and kind is FieldType.BOOLEAN and one.value.lower() not in (*YES, *NO):
        problems.append(f"{name}: the value must be true or false.")
    if one.blank == "clear" and kind in (FieldType.BOOLEAN, FieldType.INTEGER, FieldType.EMAIL):
        problems.append(f"{name}: an e-mail, a yes or no or a number cannot be cleared; leave blank out.")
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
        newest_by: The column that says how new a row is: of two rows of a person the newer one wins, between sources
            where their priorities are equal; a bare string is a column.
        groups: The ids of the platform's groups that the source's contacts enter.
        country: Of which country its people are where a row's mapped country is blank; with it, phones, states and
            postal codes are read as such.
        blank_words: Texts that stand for an empty cell, whatever their case: `N/A`, `-`.
        severity: How much an issue matters, by its code, where that is not what docs/rules.md says.
        stale_after_days: For how many days it may say the same without a word; for ever if left out.
        fields: The contact's fields and where they come from; a bare string is a column.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    kind: str
    timezone: TimezoneName = "UTC"
    priority: PositiveInt = 1
    newest_by: NewestBy | None = None
    groups: tuple[PositiveInt, ...] = ()
    country: CountryCode | None = None
    blank_words: tuple[str, ...] = ()
    severity: Annotated[dict[IssueCode, Severity], AfterValidator(_possible_severities)] = {}
    stale_after_days: PositiveInt | None = None
    fields: Annotated[
        dict[str, Annotated[FieldSettings, BeforeValidator(_spelled_out, json_schema_input_type=str | FieldSettings)]],
        AfterValidator(_known_fields),
    ]

    @model_validator(mode="after")
    def _what_is_written_can_be_read(self) -> Self:
        if problems := [problem for one in self.mapping().fields for problem in written_value_problems(one)]:
            raise ValueError(" ".join(problems))
        return self

    def mapping(self) -> SourceMapping:
        """Return the mapping with every default filled in, fields in the order of the settings."""
        fields = tuple(self._field_mapping(name, one) for name, one in self.fields.items())
        if self.newest_by is not None:
            fields = (*fields, self.newest_by.mapping(self.timezone, self.blank_words))
        return SourceMapping(self.name, fields, tuple(sorted(set(self.groups))), self.priority, self.severity)

    def _field_mapping(self, name: str, one: FieldSettings) -> FieldMapping:
        country = one.country or self.country
        kind = _kind(name, one, country)
        of_country = kind in OF_A_COUNTRY
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
            pattern=one.pattern,
            values=one.values,
        )

    def _country_column(self) -> str | None:
        mapped = self.fields.get("country")
        return None if mapped is None else mapped.column
