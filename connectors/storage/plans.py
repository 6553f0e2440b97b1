"""The plans under a storage root. A plan's manifest is written last and never changes; without one there is no plan."""

import datetime as dt
import re
from dataclasses import asdict
from pathlib import Path
from typing import Final

import polars as pl

from connectors.storage.files import create_file, intact, names, read_json, seal_file, sha256, to_json
from connectors.storage.plan import Batch, Plan, decisions_path, sent_path
from schemas.decisions import DOUBTS

_MANIFEST: Final = "plan.json"
_NAME: Final = re.compile(r"\d{4}-\d\d-\d\d-\d{4,}")


class Plans:
    """The plans under a storage root."""

    def __init__(self, root: Path) -> None:
        """Keep plans under `root / "plans"`."""
        self._root = root / "plans"

    def next_id(self, day: dt.date) -> str:
        """Return the id of the day's next plan."""
        last = max((_number(plan) for plan in self._ids(day.isoformat())), default=0)
        return f"{day.isoformat()}-{last + 1:04d}"

    def folder(self, plan: str) -> Path:
        """Return where a plan is kept."""
        return self._root / plan

    def latest(self, day: dt.date) -> Plan | None:
        """Return the day's newest plan, or None where there is none.

        Raises:
            StorageError: It is damaged.
        """
        plans = self._ids(day.isoformat())
        return self.get(plans[-1]) if plans else None

    def all_ids(self) -> list[str]:
        """Return the ids of all plans, oldest day first.

        Raises:
            StorageError: The plans may not be read.
        """
        return self._ids("")

    def get(self, plan: str) -> Plan:
        """Return a plan by its id.

        Raises:
            StorageError: It is missing or damaged.
        """
        path = self._root / plan / _MANIFEST
        with intact(path):
            kept = read_json(path)
            batches = tuple(Batch(**batch | {"group_ids": tuple(batch["group_ids"])}) for batch in kept["batches"])
            typed = {"day": dt.date.fromisoformat(kept["day"]), "batches": batches}
            return Plan(id=plan, folder=path.parent, **kept | typed)

    def doubts(self, destination: str) -> pl.LazyFrame:
        """Return, as `schemas.decisions.DOUBTS`, one row per e-mail with a request whose fate is unknown.

        The receipts of every plan of the destination are folded.

        Raises:
            StorageError: A plan is damaged.
        """
        ours = [plan for plan in map(self.get, self.all_ids()) if plan.destination == destination]
        found = [doubts for plan in ours if (doubts := plan.doubts()) is not None]
        latest = pl.concat([pl.LazyFrame(schema=DOUBTS), *found]).group_by("email_key")
        return latest.agg(pl.col("doubt_as_of").max(), pl.col("doubt_order").max())

    def fix(self, plan: Plan) -> None:
        """Write a plan's manifest; from now on it does not change. Its two tables are there already.

        Raises:
            FileExistsError: It is fixed already.
            StorageError: A table is missing, or the disk is full or cannot be written.
        """
        tables = (decisions_path(plan.folder), sent_path(plan.folder))
        for path in tables:
            seal_file(path)
        kept = {name: value for name, value in asdict(plan).items() if name not in ("id", "folder")}
        digests = {"digests": {path.name: sha256(path) for path in tables}}
        create_file(plan.folder / _MANIFEST, to_json(kept | digests))

    def _ids(self, day: str) -> list[str]:
        found = [plan for plan in names(self._root) if _NAME.fullmatch(plan) and plan.startswith(day)]
        fixed = [plan for plan in found if _MANIFEST in names(self._root / plan)]
        return sorted(fixed, key=lambda plan: (plan[:10], _number(plan)))


def _number(plan: str) -> int:
    return int(plan[11:])
