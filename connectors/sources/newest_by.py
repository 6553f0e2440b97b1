"""The column that says how new a source's rows are, as sync.yaml names it."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, model_validator

from connectors.sources.setting_types import misplaced
from connectors.sources.timezones import TimezoneName
from schemas.fields import FieldType
from schemas.format_problems import format_problem
from schemas.mapping import NEWEST_BY, FieldMapping


def _list_of_one(given: object) -> object:
    return (given,) if isinstance(given, str) else given


class NewestBySettings(BaseModel):
    """How new a row is: the newer one of two rows of a person wins.

    Attributes:
        column: The source's column; it need not be mapped to a field.
        type: How its text is read: `datetime`, or `date` where it holds days.
        format: One or more strftime patterns, or `excel`, `epoch`, `epoch_ms`; ISO 8601 if left out.
        timezone: The zone of datetimes without an offset; the source's if left out.
        blank_words: Texts that stand for an empty cell; the source's if left out.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    column: str
    type: Literal[FieldType.DATETIME, FieldType.DATE] = FieldType.DATETIME
    format: Annotated[tuple[str, ...], BeforeValidator(_list_of_one, json_schema_input_type=str | tuple[str, ...])] = ()
    timezone: TimezoneName | None = None
    blank_words: tuple[str, ...] | None = None

    @model_validator(mode="after")
    def _can_be_read(self) -> Self:
        problems = misplaced(self.model_fields_set, self.type)
        found = ((words, format_problem(words, self.type)) for words in self.format)
        problems += [f'the format "{words}" cannot be used: {problem}' for words, problem in found if problem]
        if problems:
            raise ValueError(" ".join(problems))
        return self

    def mapping(self, timezone: str, blank_words: tuple[str, ...]) -> FieldMapping:
        """Return the mapping with every default filled in.

        Args:
            timezone: The source's.
            blank_words: The source's.
        """
        return FieldMapping(
            field=NEWEST_BY,
            type=self.type,
            column=self.column,
            formats=self.format,
            timezone=self.timezone or timezone,
            blank_words=blank_words if self.blank_words is None else self.blank_words,
        )


def _spelled_out(given: object) -> object:
    return {"column": given} if isinstance(given, str) else given


NewestBy = Annotated[NewestBySettings, BeforeValidator(_spelled_out, json_schema_input_type=str | NewestBySettings)]
"""A bare string is a column."""
