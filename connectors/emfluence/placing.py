"""Finds the row that each warning of an import speaks of: by the e-mail in it, else by a row number. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from connectors.emfluence.assumptions import ROW_NUMBER

_ADDRESS: Final = re.compile(r"[^\s\"'<>(),;:\[\]]+@[^\s\"'<>(),;:\[\]]+")
_EDGES: Final = ".!?*`|/"


@dataclass(frozen=True)
class Placed:
    """Warnings, each at the rows that it speaks of.

    Attributes:
        by_position: The sentences about each row that is named, by its position from 0.
        unplaced: Sentences that speak of no row of the request.
        anomalies: What does not fit, in our words, without personal data.
        is_certain: Whether each sentence speaks of exactly one row, so that a refused row can be told by its name.
    """

    by_position: Mapping[int, tuple[str, ...]] = field(repr=False)
    unplaced: tuple[str, ...] = field(repr=False)
    anomalies: tuple[str, ...]
    is_certain: bool


def place(warnings: Sequence[str], emails: Sequence[str], first_row: int) -> Placed:
    """Place warnings at rows.

    Args:
        warnings: The platform's sentences.
        emails: The e-mail of each row, in order, each once.
        first_row: The number that a warning gives the first row.
    """
    if not warnings:
        return Placed({}, (), (), is_certain=True)
    by_email = {email.casefold(): position for position, email in enumerate(emails)}
    # Quotes and brackets end an address in a sentence, so addresses that hold them are looked for on their own.
    odd = [email for email in by_email if not _ADDRESS.fullmatch(email)]
    spoken_of = [_by_address(warning.casefold(), by_email, odd) for warning in warnings]
    numbers = [_number(warning) if of is None else None for warning, of in zip(warnings, spoken_of, strict=True)]
    trusted = all(number is None or 0 <= number - first_row < len(emails) for number in numbers)
    # What speaks of nobody, in the answer to a single row, speaks of that row.
    default: set[int] = {0} if len(emails) == 1 else set()
    positions = [
        of if of is not None else {number - first_row} if trusted and number is not None else default
        for of, number in zip(spoken_of, numbers, strict=True)
    ]
    return Placed(
        by_position=_by_position(warnings, positions),
        unplaced=tuple(warning for warning, at in zip(warnings, positions, strict=True) if not at),
        anomalies=_anomalies(spoken_of.count(set()), trusted=trusted),
        # One about an address that was not sent changes no row; one about nobody may be about any.
        is_certain=all(of == set() or len(at) == 1 for of, at in zip(spoken_of, positions, strict=True)),
    )


def _by_address(sentence: str, by_email: Mapping[str, int], odd: Sequence[str]) -> set[int] | None:
    """Return the positions of the addresses in a sentence: empty if none was sent, None if it holds no address."""
    positions = set()
    for email in odd:
        if email in sentence:
            positions.add(by_email[email])
            sentence = sentence.replace(email, " ")
    tokens = [token.strip(_EDGES) for token in _ADDRESS.findall(sentence)]
    known = {by_email.get(token, by_email.get(token.rpartition("=")[2])) for token in tokens}
    positions |= {position for position in known if position is not None}
    return positions if positions or tokens else None


def _number(sentence: str) -> int | None:
    found = ROW_NUMBER.search(sentence)
    return int(found[1] or found[2]) if found else None


def _by_position(warnings: Sequence[str], positions: Iterable[Iterable[int]]) -> dict[int, tuple[str, ...]]:
    said: dict[int, dict[str, None]] = {}
    for warning, at in zip(warnings, positions, strict=True):
        for position in at:
            said.setdefault(position, {})[warning] = None
    return {position: tuple(sentences) for position, sentences in said.items()}


def _anomalies(strangers: int, *, trusted: bool) -> tuple[str, ...]:
    anomalies = []
    if strangers:
        anomalies.append(f"Warnings that name only addresses that were not sent: {strangers}.")
    if not trusted:
        anomalies.append("A warning names a row number that was not sent, so no row number is trusted.")
    return tuple(anomalies)
