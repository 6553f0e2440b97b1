"""The states of the USA and the provinces of Canada, by the two letters that their post offices give them."""

from typing import Final

import polars as pl

# United States Postal Service, Publication 28, appendix B; the district and the inhabited territories included.
_UNITED_STATES: Final = """
AL Alabama; AK Alaska; AZ Arizona; AR Arkansas; CA California; CO Colorado; CT Connecticut; DE Delaware;
DC District of Columbia; FL Florida; GA Georgia; HI Hawaii; ID Idaho; IL Illinois; IN Indiana; IA Iowa; KS Kansas;
KY Kentucky; LA Louisiana; ME Maine; MD Maryland; MA Massachusetts; MI Michigan; MN Minnesota; MS Mississippi;
MO Missouri; MT Montana; NE Nebraska; NV Nevada; NH New Hampshire; NJ New Jersey; NM New Mexico; NY New York;
NC North Carolina; ND North Dakota; OH Ohio; OK Oklahoma; OR Oregon; PA Pennsylvania; RI Rhode Island;
SC South Carolina; SD South Dakota; TN Tennessee; TX Texas; UT Utah; VT Vermont; VA Virginia; WA Washington;
WV West Virginia; WI Wisconsin; WY Wyoming; AS American Samoa; GU Guam; MP Northern Mariana Islands; PR Puerto Rico;
VI Virgin Islands; AA Armed Forces Americas; AE Armed Forces Europe; AP Armed Forces Pacific; DC Washington DC
"""

# Canada Post, Addressing Guidelines.
_CANADA: Final = """
AB Alberta; BC British Columbia; MB Manitoba; NB New Brunswick; NL Newfoundland and Labrador; NS Nova Scotia;
NT Northwest Territories; NU Nunavut; ON Ontario; PE Prince Edward Island; QC Québec; QC Quebec; SK Saskatchewan;
YT Yukon; QC PQ; NL Newfoundland
"""


def _by_spelling(table: str) -> dict[str, str]:
    entries = [entry.strip().split(" ", 1) for entry in table.replace("\n", " ").split(";")]
    return {spelling.lower(): code for code, name in entries for spelling in (code, name)}


STATES: Final = {"US": _by_spelling(_UNITED_STATES), "CA": _by_spelling(_CANADA)}
"""By country, the two letters of each state, by its name and by themselves, in lower case."""


def two_letters(state: pl.Expr, country: pl.Expr) -> pl.Expr:
    """Return states of the USA and of Canada by their two letters; every other text stays as it is.

    Args:
        state: Names or codes, in any case.
        country: The alpha-2 code of each one's country.
    """
    found = state
    for code, spellings in STATES.items():
        spelling = state.str.to_lowercase().str.replace_all(".", "", literal=True)  # N.Y. as well
        known = spelling.replace_strict(spellings, default=None, return_dtype=pl.String)
        found = pl.when(country == code).then(pl.coalesce(known, found)).otherwise(found)
    return found
