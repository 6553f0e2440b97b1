"""Which column a query compares with `:since`, so that nobody has to say it again in the settings."""

import re
from typing import Final

_TOKENS: Final = re.compile(
    r"""
    "(?:[^"]|"")*" | `[^`]*` | \[[^\]]*\]
    | '(?:[^']|'')*' | \$(?P<tag>\w*)\$.*?\$(?P=tag)\$ | --[^\n]* | /\*.*?(?:\*/|\Z)""",
    re.VERBOSE | re.DOTALL,
)
"""Names in quotes, texts and comments, as most databases have them."""

_NO_SQL: Final = ("'", "$", "--", "/*", "#", "e'", "E'", "q'", "Q'")
_COMPARED: Final = re.compile(r"""(?P<column>[^\W\d]\w*)["`\]]?\s*>=?\s*:since\b""")


def compared_with_since(query: str, tokens: re.Pattern[str] = _TOKENS) -> list[str]:
    """Return the columns that a query compares with `:since`, without their tables, each once.

    Args:
        query: The query.
        tokens: The database's own tokens, where it is known which one it is; texts and comments count for nothing.
    """

    def without_texts(token: re.Match[str]) -> str:
        is_text = token[0].startswith(_NO_SQL) or ":since" in token[0][1:]
        return " " if is_text else token[0]

    bare = tokens.sub(without_texts, query)
    return list(dict.fromkeys(found["column"] for found in _COMPARED.finditer(bare)))
