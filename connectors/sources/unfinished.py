"""Names that programs give to files which they are still writing, and to what lies beside files without being one."""

from typing import Final

_ENDINGS: Final = (".part", ".partial", ".tmp", ".temp", ".crdownload", ".download", ".filepart", ".uploading")
_BESIDE: Final = ("~$", ".", "_")  # Office's lock, hidden files, what Spark writes about a folder


def lies_beside(name: str) -> bool:
    """Tell whether a file or folder is none of the delivery: hidden, a lock of Office, or `_SUCCESS` and its like."""
    return name.startswith(_BESIDE)


def finished_name(path: str) -> str | None:
    """Return the name that an unfinished file will have once it is whole, None for a file under its final name."""
    ending = next((one for one in _ENDINGS if path.lower().endswith(one)), None)
    return None if ending is None else path[: -len(ending)]


def unfinished_names(path: str) -> list[str]:
    """Return the names under which a file may be written until it is whole."""
    return [path + ending for ending in _ENDINGS]
