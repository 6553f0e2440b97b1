"""Opt-out columns that a mapping forgot: the way in which a list of unsubscribes is imported as subscribers."""

import re
from collections.abc import Sequence
from typing import Final

from schemas.fields import OPT_OUT_FIELDS
from schemas.mapping import SourceMapping

_OPT_OUT_NAME: Final = re.compile(
    r"unsub|opt(ed)?[ _-]?out|black[ _-]?list|suppress|do[ _-]?not[ _-]?(e-?mail|mail|contact)", re.IGNORECASE
)


def forgotten_opt_outs(mapping: SourceMapping, header: Sequence[str]) -> list[str]:
    """Return the columns that look like opt-outs while nothing is mapped to `suppressed` or `held`.

    A mapping that names either field, be it with the constant `false`, has been thought about: nothing is returned.
    """
    if any(field.field in OPT_OUT_FIELDS for field in mapping.fields):
        return []
    return [name for name in header if _OPT_OUT_NAME.search(name)]
