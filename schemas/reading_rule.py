"""What a rule of the rulebook says of itself."""

from dataclasses import dataclass

from schemas.issues import IssueCode
from schemas.mapping import FieldMapping


@dataclass(frozen=True)
class ReadingRule:
    """One rule by which a cell becomes a value.

    Attributes:
        name: Its name.
        does: What it does, as the rest of a sentence.
        source: Where it comes from.
        example: How the cell of the example is read; its column is `cell`.
        cell: A cell as found.
        value: What the platform is sent for it; None where nothing is.
        code: The issue that it leaves, if it leaves one.
    """

    name: str
    does: str
    source: str
    example: FieldMapping
    cell: str
    value: str | None
    code: IssueCode | None = None
