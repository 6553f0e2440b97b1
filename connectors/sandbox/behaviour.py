"""What the platform publishes nowhere and the sandbox therefore assumes: one place, each with a setting."""

from dataclasses import dataclass
from typing import Literal

WarningStyle = Literal["row_and_email", "email", "row", "neither"]
"""How an import's warning says which row it means; rows are numbered from 1."""


@dataclass(frozen=True)
class Behaviour:
    """The assumptions, adjustable so that a client can be tried against each.

    Attributes:
        warning_style: What a row's warning names.
        max_contacts: The most contacts one `contacts/import` takes.
        max_body_bytes: The largest request body, in bytes.
        export_delimiter: One character between the columns of an export.
        export_encoding: The encoding of an export's text, a Python codec name.
    """

    warning_style: WarningStyle = "row_and_email"
    max_contacts: int = 1000
    max_body_bytes: int = 10_000_000
    export_delimiter: str = ","
    export_encoding: str = "utf-8"
