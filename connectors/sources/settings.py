"""What every kind of source is told in sync.yaml: its name, and how its columns become a contact's fields.

What only one kind is told (a path, a query) stands in that kind's own file.
"""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PositiveInt, model_validator

from connectors.sources.nearest import did_you_mean
from connectors.sources.timezones import TimezoneName
from schemas.fields import EMAIL, FIELDS, FieldType
from schemas.mapping import FieldMapping, SourceMapping

_TIMES = (FieldType.DATE, FieldType.DATETIME)


class FieldSettings(BaseModel):
    """How one field of a contact is filled; `schemas.mapping.FieldMapping` says what each word does.

    Attributes:
        column: The source's column; exactly one of `column` and `value` is set.
        value: A constant for every row.
        type: How the text is read; the field's own type if left out.
        format: One or more strftime patterns for dates and datetimes; ISO 8601 if left out.
        timezone: The zone of datetimes without an offset; the source's if left out.
        blank: What an empty cell does.
        when: The words that mean yes, for booleans.
        max_length: The longest text in characters; the field's own limit if left out.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    column: str | None = None
    value: str | None = None
    type: FieldType | None = None
    format: tuple[str, ...] = ()
    timezone: TimezoneName | None = None
    blank: Literal["keep", "clear"] = "keep"
    when: tuple[str, ...] = ()
    max_length: PositiveInt | None = None

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
    kind = one.type or FIELDS[name].type
    problems = []
    if name == EMAIL and kind is not FieldType.EMAIL:
        problems.append("email is read as an address: leave its type out.")
    if name == EMAIL and one.column is None:
        problems.append("email must come from a column.")
    if one.format and kind not in _TIMES:
        problems.append(f"{name}: format is for a date or datetime, and this is read as {kind.value}; set its type.")
    if one.when and kind is not FieldType.BOOLEAN:
        problems.append(f"{name}: when is for a boolean, and this is read as {kind.value}; set its type.")
    return problems


class SourceSettings(BaseModel):
    """What every kind of source is told.

    Attributes:
        name: A short name that stays the same for ever: it is part of asset keys and of the ledger.
        kind: The kind of source, a key of `connectors.sources.registry.KINDS`.
        timezone: The zone of datetimes without an offset.
        priority: 1 wins over 2 where two sources hold the same person.
        groups: The ids of the platform's groups that the source's contacts enter.
        fields: The contact's fields and where they come from; a bare string is a column.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    kind: str
    timezone: TimezoneName = "UTC"
    priority: PositiveInt = 1
    groups: tuple[PositiveInt, ...] = ()
    fields: Annotated[
        dict[str, Annotated[FieldSettings, BeforeValidator(_spelled_out, json_schema_input_type=str | FieldSettings)]],
        AfterValidator(_known_fields),
    ]

    def mapping(self) -> SourceMapping:
        """Return the mapping with every default filled in, fields in the order of the settings."""
        fields = tuple(self._field_mapping(name, one) for name, one in self.fields.items())
        return SourceMapping(self.name, fields, tuple(sorted(set(self.groups))), self.priority)

    def _field_mapping(self, name: str, one: FieldSettings) -> FieldMapping:
        known = FIELDS[name]
        return FieldMapping(
            field=name,
            type=one.type or known.type,
            column=one.column,
            value=one.value,
            formats=one.format,
            timezone=one.timezone or self.timezone,
            when=one.when,
            blank=one.blank,
            max_length=one.max_length or known.max_length,
        )
