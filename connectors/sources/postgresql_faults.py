"""What goes wrong with PostgreSQL, named by what the caller can do."""

import re
from typing import Final

from connectors.sources.database_engine import Target
from connectors.sources.errors import SourceBroken, SourceError, SourceMissing, SourceSettingsWrong

_TLS: Final = "tls"
_BY_STATE: Final = (
    (
        _TLS,
        SourceMissing,
        "no encrypted connection that both the server and the url's sslmode and sslrootcert allow. Check them",
    ),
    ("28", SourceMissing, "the server refuses the user or the password. Mend them, or grant access"),
    ("3D", SourceMissing, "the database is not there. Create it, or mend the url"),
    ("42P01", SourceMissing, "the table is not there. Create it, or mend the query"),
    ("3F", SourceMissing, "the schema is not there. Create it, or mend the query"),
    ("42501", SourceMissing, "the user may not read what the query reads. Grant it SELECT"),
    ("57014", SourceMissing, "the query was stopped: it took longer than timeout_seconds, or a person stopped it"),
    ("22", SourceBroken, "the query met a value that it cannot convert. Mend the query, or the value"),
    ("25006", SourceSettingsWrong, "the query writes, and may only read"),
    ("42", SourceSettingsWrong, "the query is not right. Mend it"),
    ("", SourceMissing, "the server stopped answering, or refused. Run the sync again"),
)
_BY_TEXT: Final = (
    ("authentication|no password|role .* does not exist", "28"),
    ("no encryption|certificate|does not support SSL", _TLS),
    ("pg_hba", "28"),
    ("database .* does not exist", "3D"),
    # While rows stream in, the driver keeps the server's sentence and drops its code.
    ("canceling statement", "57014"),
    ("permission denied", "42501"),
    ("read-only transaction", "25006"),
    ("invalid input|out of range|division by zero", "22"),
)


def explain(error: Exception, target: Target) -> SourceError:
    """Name a fault by what the caller can do.

    Args:
        error: What the driver raised.
        target: Where it was connected to.
    """
    said = str(error)
    state = re.search(r"SQLSTATE:? (\w{5})", said)
    code = state[1] if state else next((code for text, code in _BY_TEXT if re.search(text, said)), "")
    if not code and "Failed to connect" in said:
        return SourceMissing(f"{target.place}: no server answers there. Start it, or mend the url.")
    kind, sentence = next((kind, sentence) for prefix, kind, sentence in _BY_STATE if code.startswith(prefix))
    # Class 42 speaks of the query alone; other classes may quote a row.
    spoken = re.search(r"ERROR:\s+([^\n]*)", said) if code.startswith("42") else None
    return kind(f"{target.place}: {sentence}{f' ({spoken[1]})' if spoken else ''}.")
