"""Which databases there are: one line per scheme of a URL, and the driver that each one needs."""

from importlib import import_module
from typing import Final, NamedTuple

from connectors.sources.database_engine import Engine
from connectors.sources.errors import SourceSettingsWrong


class _Known(NamedTuple):
    module: str
    extra: str = ""  # of this package; empty for a driver that is always there


_ENGINES: Final = {
    "sqlite": _Known("sqlite"),
    "postgresql": _Known("postgresql"),
    "postgres": _Known("postgresql"),
    "mysql": _Known("mysql"),
    "mariadb": _Known("mysql"),
    "duckdb": _Known("duckdb", "duckdb"),
    "snowflake": _Known("snowflake", "snowflake"),
    "bigquery": _Known("bigquery", "bigquery"),
    "redshift": _Known("redshift"),
    "sqlserver": _Known("sql_server", "sqlserver"),
    "mssql": _Known("sql_server", "sqlserver"),
    "oracle": _Known("oracle", "oracle"),
}
_EXAMPLES: Final = (
    "sqlite:///file.db, duckdb:///file.duckdb, and of the form postgresql://user@host/database also mysql, mariadb, "
    "sqlserver, oracle, snowflake, bigquery and redshift"
)


def engine_for(scheme: str, source: str) -> Engine:
    """Return how the databases of a URL's scheme are read.

    Args:
        scheme: What stands before the URL's colon.
        source: The name of the source, for messages.

    Raises:
        SourceSettingsWrong: There is no such scheme, or its driver is not installed, or does not load.
    """
    if scheme not in _ENGINES:
        raise SourceSettingsWrong(f"Source {source}: this kind of database is not supported; use one of {_EXAMPLES}.")
    known = _ENGINES[scheme]
    try:
        engine: Engine = import_module(f"connectors.sources.{known.module}").ENGINE
    except ModuleNotFoundError:
        if not known.extra:
            raise
        raise SourceSettingsWrong(
            f"Source {source}: the driver for {scheme} is not installed. "
            f'Install it with: pip install "contact-sync[{known.extra}]".'
        ) from None
    except (ImportError, OSError, RuntimeError) as error:
        raise SourceSettingsWrong(
            f"Source {source}: the driver for {scheme} is installed, and does not load on this machine "
            f"({type(error).__name__}: {str(error).partition(chr(10))[0]}). Install the library of the system that it "
            "needs, or the driver anew."
        ) from None
    return engine
