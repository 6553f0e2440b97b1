"""Invented people for the sample sources: the same ones every time, with addresses in reserved domains."""

import datetime as dt
from dataclasses import dataclass
from random import Random
from typing import Final

_FIRST: Final = (
    *("Ada", "Ben", "Chloé", "Daniel", "Eva", "Farid", "Greta", "Héctor", "Ines", "Jonas", "Katrin", "Liam"),
    *("María", "Nils", "Olivia", "Paul", "Quentin", "Renée", "Søren", "Tomás", "Uma", "Victor", "Wanda", "Zoë"),
)
_LAST: Final = (
    *("Adams", "Bakker", "Castro", "Dubois", "Evans", "Fischer", "García", "Hansen", "Ito", "Jensen", "Kowalski"),
    *("Lopez", "Müller", "Nowak", "O'Brien", "Peña", "Quinn", "Rossi", "Schäfer", "Tremblay", "Ueda", "Vargas", "Weiß"),
)
_DOMAINS: Final = ("example.com", "example.net", "example.org", "mail.example.com", "Example.COM")
_CITIES: Final = (
    ("Chicago", "IL", "60601", "US"),
    ("Kansas City", "MO", "64105", "US"),
    ("Boston", "MA", "02108", "US"),
    ("Montréal", "QC", "H2Y 1C6", "CA"),
    ("München", "", "80331", "DE"),
)
_FIRST_BIRTHDAY: Final = dt.date(1940, 1, 1)
_BIRTHDAYS: Final = 365 * 65


@dataclass(frozen=True)
class Person:
    """One invented person; `number` tells two of the same name apart."""

    number: int
    first_name: str
    last_name: str
    email: str
    born: dt.date
    city: str
    state: str
    zip_code: str
    country: str


def people(count: int) -> list[Person]:
    """Return the first people of a fixed, endless crowd."""
    chance = Random(2026)  # noqa: S311 - sample data, the same every time
    return [_person(number, chance) for number in range(1, count + 1)]


def _person(number: int, chance: Random) -> Person:
    first, last = chance.choice(_FIRST), chance.choice(_LAST)
    city, state, zip_code, country = chance.choice(_CITIES)
    born = _FIRST_BIRTHDAY + dt.timedelta(days=chance.randrange(_BIRTHDAYS))
    email = f"{_ascii(first)}.{_ascii(last)}{number}@{chance.choice(_DOMAINS)}"
    return Person(number, first, last, email, born, city, state, zip_code, country)


def _ascii(name: str) -> str:
    plain = name.lower().translate(str.maketrans("éèíóúáñøüäßë", "eeiouanouase"))
    return "".join(letter for letter in plain if letter.isascii() and letter.isalnum())
