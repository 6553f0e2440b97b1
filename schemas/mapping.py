"""How a source's columns become a contact's fields, and whether a header can carry that mapping."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from enum import StrEnum
from typing import Final, Literal

from schemas.column_names import looks_like_data, named
from schemas.fields import FIELDS, FieldType
from schemas.issues import IssueCode, Severity
from schemas.severities import severity_problems

NEWEST_BY: Final = "newest_by"
"""Stands where a field does for the column that says how new a row is; the platform has no such field."""


class AddressForm(StrEnum):
    """A form of e-mail address beyond the plain one, which few mail hosts take and a source has to allow."""

    INTERNATIONAL = "international"
    """A local part beyond ASCII (RFC 6531)."""

    QUOTED = "quoted"
    """A local part between quotation marks (RFC 5321, 4.1.2)."""

    LITERAL = "literal"
    """A host's number instead of its name (RFC 5321, 4.1.3)."""


class AddressDoubt(StrEnum):
    """What makes a valid e-mail address doubtful."""

    ROLE = "role"
    """It belongs to a function and not to a person."""

    THROWAWAY = "throwaway"
    """Its domain hands out addresses that live for minutes."""

    TYPO = "typo"
    """Its domain is a well-known one but for a typing error."""


@dataclass(frozen=True)
class FieldMapping:
    """Where one field of a contact comes from and how its text is read.

    Attributes:
        field: The contact's field, a key of `schemas.fields.FIELDS`; or `NEWEST_BY`.
        type: How the source's text is read.
        column: The source's column, exactly as its header has it; None where `value` is set.
        value: A constant for every row, instead of a column.
        formats: Patterns for dates and datetimes (strftime's, or `excel`, `epoch`, `epoch_ms`), tried in order; empty
            means ISO 8601.
        timezone: IANA name of the zone of datetimes that carry no offset.
        when: For booleans: the words that mean yes; any other word then means no. `*` is any word at all, for a
            column that holds the day or the reason of an opt-out.
        blank: What an empty cell does: `keep` leaves the destination's value alone, `clear` empties it.
        max_length: The longest text in characters, or None for no limit.
        pattern: For texts and whole numbers: what the whole of one must fit, as a regular expression.
        values: For the same: the only ones that are allowed; empty for any.
        blank_words: Texts that stand for an empty cell, whatever their case: `N/A`, `-`.
        form: For countries: how they are written; None leaves them as they are.
        country: For phones, states and postal codes: the country where the row names none (ISO 3166-1 alpha-2).
        country_column: For the same: the column that names the row's country.
        allow: For e-mails: the forms that are valid beside the plain one.
        flag: For e-mails: the doubts that are worth a warning.
    """

    field: str
    type: FieldType
    column: str | None = None
    value: str | None = None
    formats: tuple[str, ...] = ()
    timezone: str = "UTC"
    when: tuple[str, ...] = ()
    blank: Literal["keep", "clear"] = "keep"
    max_length: int | None = None
    blank_words: tuple[str, ...] = ()
    form: Literal["alpha2", "alpha3", "name"] | None = None
    country: str | None = None
    country_column: str | None = None
    allow: tuple[AddressForm, ...] = ()
    flag: tuple[AddressDoubt, ...] = (AddressDoubt.TYPO,)
    pattern: str | None = None
    values: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse to read a field as what it cannot hold: an opt-out read as text would be lost without a word.

        Raises:
            ValueError: The field is not of text, and its type is not the field's own.
        """
        if self.field == NEWEST_BY:
            if self.type not in (FieldType.DATE, FieldType.DATETIME):
                raise ValueError(f"{NEWEST_BY} is read as date or datetime, never as {self.type.value}.")
            return
        own = FIELDS[self.field].type
        if self.type is not own and own is not FieldType.TEXT:
            raise ValueError(f"{self.field} is always read as {own.value}, never as {self.type.value}.")


@dataclass(frozen=True)
class SourceMapping:
    """All that turns one source's rows into contacts.

    Attributes:
        source: The source's name.
        fields: One mapping per field; `email` is always among them. `NEWEST_BY` may be, and is never sent.
        group_ids: The groups that the source's contacts enter, ascending.
        priority: 1 wins over 2 where two sources hold the same person.
        severity: How much an issue matters in this source, where that is not what its rule says.
    """

    source: str
    fields: tuple[FieldMapping, ...]
    group_ids: tuple[int, ...] = ()
    priority: int = 1
    severity: Mapping[IssueCode, Severity] = field(default_factory=dict)
    columns: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        """Derive the mapped columns, each once, in mapping order.

        Raises:
            ValueError: A code is given a severity that it cannot have.
        """
        if problems := severity_problems(self.severity):
            raise ValueError(" ".join(problems))
        names = dict.fromkeys(mapping.column for mapping in self.fields if mapping.column is not None)
        object.__setattr__(self, "columns", tuple(names))


def header_problems(columns: Iterable[str], header: Sequence[str]) -> list[str]:
    """Say why a header cannot carry a mapping; an empty list means that it can.

    A column is found by its exact name. It is ambiguous where the header repeats it, also in another case:
    a guess between `email` and `EMAIL` would send the wrong address.

    Args:
        columns: The mapped column names.
        header: The source's column names as found, repeats included.
    """
    return [problem for column in columns if (problem := _problem(column, header)) is not None]


def _problem(column: str, header: Sequence[str]) -> str | None:
    alike = [name for name in header if name.strip().casefold() == column.strip().casefold()]
    if len(alike) > 1:
        return f'column "{column}" is ambiguous: the header has {named(alike)}. Rename them so that one is meant.'
    if column in header:
        return None
    if looks_like_data(header):
        return (
            f'column "{column}" is not there. The {len(header)} cells of the header are not shown, because some look '
            "like a person's data and not like names. See to it that the names stand where the header is looked for."
        )
    nearest = alike or get_close_matches(column, header, n=1, cutoff=0.6)
    hint = f" Did you mean {named(nearest)}?" if nearest else ""
    return f'column "{column}" is not there.{hint} The header has {named(header)}.'
