"""What goes wrong with MySQL and MariaDB, named by what the caller can do."""

import ssl
from typing import Final

import pyarrow as pa
from pymysql import MySQLError
from pymysql.constants import CR, ER

from connectors.sources.database_engine import Target
from connectors.sources.errors import SourceBroken, SourceError, SourceMissing, SourceSettingsWrong

_REFUSED: Final = "the server refuses the user or the password. Mend them, or grant access"
_NO_DATABASE: Final = "the database is not there. Create it, or mend the url"
_NO_TABLE: Final = "the table is not there. Create it, or mend the query"
_NO_GRANT: Final = "the user may not read what the query reads. Grant it SELECT"
_STOPPED: Final = "the query was stopped: it took longer than timeout_seconds, or a person stopped it"
_WRITES: Final = "the query writes, and may only read"
_LOCKED: Final = "what the query reads is locked by another program. Run the sync again later"
_NOT_RIGHT: Final = "the query is not right. Mend it"
_NO_SERVER: Final = "no server answers there. Start it, or mend the url"
_NO_TLS: Final = (
    "no encrypted connection that the url's ssl-mode and ssl-ca allow. Check them, and the server's certificate"
)
_CLEAR_LOGIN: Final = "the login needs an encrypted connection. Switch TLS on at the server, or leave ssl-mode out"
_LOST: Final = "the server stopped answering, or refused. Run the sync again"
_NOT_UTF8: Final = "a cell holds text that is not UTF-8. Mend it"
_ODD_VALUE: Final = "the query met a value that it cannot convert. Mend the query, or the value"

_BY_CODE: Final = {
    ER.ACCESS_DENIED_ERROR: (SourceMissing, _REFUSED),
    ER.DBACCESS_DENIED_ERROR: (SourceMissing, _REFUSED),
    1698: (SourceMissing, _REFUSED),  # a user who may log in without a password only
    ER.BAD_DB_ERROR: (SourceMissing, _NO_DATABASE),
    ER.NO_SUCH_TABLE: (SourceMissing, _NO_TABLE),
    ER.TABLEACCESS_DENIED_ERROR: (SourceMissing, _NO_GRANT),
    ER.COLUMNACCESS_DENIED_ERROR: (SourceMissing, _NO_GRANT),
    ER.SPECIFIC_ACCESS_DENIED_ERROR: (SourceMissing, _NO_GRANT),
    1370: (SourceMissing, _NO_GRANT),  # for a function
    ER.STATEMENT_TIMEOUT: (SourceMissing, _STOPPED),
    ER.QUERY_TIMEOUT: (SourceMissing, _STOPPED),
    ER.QUERY_INTERRUPTED: (SourceMissing, _STOPPED),
    ER.LOCK_WAIT_TIMEOUT: (SourceMissing, _LOCKED),
    1792: (SourceSettingsWrong, _WRITES),  # in a read-only transaction
    ER.PARSE_ERROR: (SourceSettingsWrong, _NOT_RIGHT),
    ER.BAD_FIELD_ERROR: (SourceSettingsWrong, _NOT_RIGHT),
    ER.NON_UNIQ_ERROR: (SourceSettingsWrong, _NOT_RIGHT),
    1305: (SourceSettingsWrong, _NOT_RIGHT),  # no such function
    3159: (SourceMissing, _NO_TLS),  # the server takes encrypted connections only
    CR.CR_SSL_CONNECTION_ERROR: (SourceMissing, _NO_TLS),
    CR.CR_CONN_HOST_ERROR: (SourceMissing, _NO_SERVER),
}
_VALUES: Final = {1264, 1265, 1292, 1365, 1366, 1690}
_SPOKEN: Final = {ER.NO_SUCH_TABLE, ER.PARSE_ERROR, ER.BAD_FIELD_ERROR, ER.NON_UNIQ_ERROR, 1305}
"""Whose text speaks of the query alone, so that it may be repeated."""


def explain(error: Exception, target: Target) -> SourceError:
    """Name a fault by what the caller can do.

    Args:
        error: What the driver raised.
        target: Where it was connected to.
    """
    if isinstance(error, RuntimeError):
        return SourceMissing(f"{target.place}: {_CLEAR_LOGIN}.")
    if isinstance(error, pa.ArrowException):
        return SourceBroken(f"{target.place}: {_NOT_UTF8}.")
    code = error.args[0] if isinstance(error, MySQLError) and error.args else 0
    if code in _VALUES:
        return SourceBroken(f"{target.place}: {_ODD_VALUE}.")
    # The driver says "cannot connect" of a certificate too, and keeps what happened.
    if isinstance(getattr(error, "original_exception", error), ssl.SSLError):
        code = CR.CR_SSL_CONNECTION_ERROR
    kind, sentence = _BY_CODE.get(code, (SourceMissing, _LOST))
    spoken = f" ({error.args[1]})" if code in _SPOKEN else ""
    return kind(f"{target.place}: {sentence}{spoken}.")
