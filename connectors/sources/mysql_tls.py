"""How a connection to MySQL or MariaDB is encrypted, by the options that their own programs take, in the URL."""

import ssl
from pathlib import Path
from typing import Final
from urllib.parse import parse_qsl

from connectors.sources.errors import SourceSettingsWrong

_MODES: Final = ("DISABLED", "PREFERRED", "REQUIRED", "VERIFY_CA", "VERIFY_IDENTITY")


def tls(options: str, folder: Path) -> dict[str, object]:
    """Return what the driver is told.

    Args:
        options: The URL's query: `ssl-mode` and `ssl-ca`.
        folder: The folder that relative paths start from.

    Raises:
        SourceSettingsWrong: There is another option, or the file is missing.
    """
    given = dict(parse_qsl(options, keep_blank_values=True))
    mode = given.pop("ssl-mode", "VERIFY_IDENTITY" if "ssl-ca" in given else "PREFERRED").upper()
    authority = given.pop("ssl-ca", None)
    if given or mode not in _MODES:
        modes = ", ".join(_MODES)
        raise SourceSettingsWrong(
            f"A MySQL url takes ?ssl-mode= (one of {modes}) and &ssl-ca=FILE, and no other option."
        )
    if authority is not None and not (folder / authority).is_file():
        raise SourceSettingsWrong(f"{folder / authority}, the url's ssl-ca, is not there.")
    if mode in ("DISABLED", "PREFERRED"):
        return {"ssl_disabled": True} if mode == "DISABLED" else {}
    context = ssl.create_default_context(cafile=None if authority is None else str(folder / authority))
    context.check_hostname = mode == "VERIFY_IDENTITY"
    context.verify_mode = ssl.CERT_NONE if mode == "REQUIRED" else ssl.CERT_REQUIRED
    return {"ssl": context}
