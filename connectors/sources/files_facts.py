"""What a person may like to know about the files of one source, taken together."""

import hashlib
import json
from dataclasses import dataclass, field
from typing import Final

_MOST_NAMED: Final = 100
_SUMMED: Final = "bytes"
_OWN: Final = ("path", "sha256")


@dataclass
class FilesFacts:
    """The facts of some files.

    Attributes:
        name: What messages call the path in the settings.
    """

    name: str
    _first_rows: dict[str, int] = field(default_factory=dict)
    _without_rows: int = 0
    _facts: list[dict[str, str | int]] = field(default_factory=list)

    def add(self, name: str, before: int, rows: int, facts: dict[str, str | int]) -> None:
        """Take in a file.

        Args:
            name: What messages call it.
            before: How many rows came before its own.
            rows: How many rows there are with its own.
            facts: Its facts.
        """
        self._first_rows[name] = before + 1
        self._without_rows += rows == before
        self._facts.append(facts)

    def facts(self) -> dict[str, str | int]:
        """Return the facts of all: sizes summed, one digest over all, the rest as it is or in all its forms."""
        digests = "".join(str(one.get("sha256")) for one in self._facts)
        found: dict[str, str | int] = {
            "path": self.name,
            "files": len(self._facts),
            "files_without_rows": self._without_rows,
            _SUMMED: sum(int(one.get(_SUMMED, 0)) for one in self._facts),
            "sha256": hashlib.sha256(digests.encode()).hexdigest(),
        }
        if len(self._first_rows) <= _MOST_NAMED:
            found["first_rows"] = json.dumps(self._first_rows)
        names = dict.fromkeys(name for one in self._facts for name in one if name not in (*_OWN, _SUMMED))
        for name in names:
            forms = list(dict.fromkeys(one[name] for one in self._facts if name in one))
            found[name] = forms[0] if len(forms) == 1 else ", ".join(map(str, forms))
        return found
