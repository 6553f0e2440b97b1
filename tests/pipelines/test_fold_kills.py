"""Folding and rebuilding, killed before each file operation: the old ledger is left or the new one.

The kills are real: a process of its own ends itself at the n-th operation that it asks the operating system for.
"""

import shutil
from pathlib import Path

import polars as pl

from connectors.storage.ledger import Ledger, LedgerLostError
from connectors.storage.rebuild import rebuild
from pipelines.steps.fold import take_in_receipts
from pipelines.steps.send import send_plan
from tests.connectors.storage.processes import said
from tests.pipelines.conftest import DAY, Site
from tests.pipelines.night import plan_night, run_night, unheard

MOST_OPERATIONS = 120

KILLED = """
import os, shutil, sys
from pathlib import Path
from connectors.storage.rebuild import rebuild
from pipelines.installation import open_installation
from pipelines.steps.fold import take_in_receipts

WATCHED = {"open", "os.rename", "os.link", "os.remove", "os.mkdir", "os.rmdir", "os.chmod"}
work, (config, storage, copies), most = sys.argv[1], map(Path, sys.argv[2:5]), int(sys.argv[5])
os.environ["EMFLUENCE_BASE_URL"] = sys.argv[6]

def killed_at(last, root):
    done = 0
    def count(event, arguments):
        nonlocal done
        reads = event == "open" and not arguments[2] & (os.O_WRONLY | os.O_RDWR)
        if event in WATCHED and not reads and str(arguments[0]).startswith(str(root)):
            if done == last:
                os._exit(9)
            done += 1
    sys.addaudithook(count)
    if work == "fold":
        take_in_receipts(open_installation({**os.environ, "CONTACT_SYNC_STORAGE": str(root)}, config))
    else:
        rebuild(root)
    os._exit(0)

for last in range(most):
    root = copies / f"{last:03d}"
    for folder in ("ledger", "plans"):
        shutil.copytree(storage / folder, root / folder)
    shutil.copy(storage / "ledger.json", root)
    child = os.fork()
    if child == 0:
        killed_at(last, root)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    print(status, flush=True)
    if status != 9:
        break
"""


def rows(ledger: Ledger) -> pl.DataFrame:
    """Return what the ledger holds, by e-mail."""
    return ledger.scan(ledger.current()).collect().sort("email_key")


def killed_everywhere(work: str, site: Site, storage: Path, copies: Path) -> list[Path]:
    """Do a work on copies of a storage, killed one operation later in each; the last one came to its end."""
    ended = said(KILLED, work, site.config, storage, copies, str(MOST_OPERATIONS), site.environ["EMFLUENCE_BASE_URL"])
    assert ended[-1] == "0", ended
    assert set(ended[:-1]) == {"9"}
    return sorted(copies.iterdir())


def test_folding_killed_before_each_operation(people: Site, tmp_path: Path) -> None:
    """Started again, it ends with what an undisturbed fold gives, also where old versions were just being dropped."""
    for name in ("Ann", "Anna", "Anne"):
        people.write("crm.csv", f"Email,Name\nann@example.com,{name}\nbob@example.com,Bob\n")
        run_night(people.open(), DAY)
    installation = people.open()
    people.write("crm.csv", "Email,Name\nann@example.com,Annie\nbob@example.com,Bo\n")
    plan_night(installation, DAY)
    unsent = tmp_path / "unsent"
    shutil.copytree(installation.storage, unsent)
    send_plan(installation, DAY, unheard)
    old, new = rows(Ledger(unsent)), rows(installation.ledger)
    shutil.copytree(
        installation.plans.folder(f"{DAY}-0004") / "receipts", unsent / "plans" / f"{DAY}-0004" / "receipts"
    )
    people.environ["CONTACT_SYNC_STORAGE"] = ""
    roots = killed_everywhere("fold", people, unsent, tmp_path / "copies")
    found = set()
    for root in roots:
        left = Ledger(root).current().number
        found.add(left)
        assert rows(Ledger(root)).equals(old if left == 3 else new)
        people.environ["CONTACT_SYNC_STORAGE"] = str(root)
        again = people.open()
        take_in_receipts(again)
        assert (again.ledger.current().number, again.plans.get(f"{DAY}-0004").is_folded()) == (4, True)
        assert rows(again.ledger).drop("acknowledged_at").equals(new.drop("acknowledged_at"))
    assert found == {3, 4}


def test_rebuilding_killed_before_each_operation(people: Site, tmp_path: Path) -> None:
    """A ledger is whole or it is missed; never is there an empty one, and rebuilding again makes it whole."""
    for name in ("Ann", "Anna"):
        people.write("crm.csv", f"Email,Name\nann@example.com,{name}\nbob@example.com,Bob\n")
        run_night(people.open(), DAY)
    installation = people.open()
    whole = rows(installation.ledger)
    damaged = installation.storage / "ledger" / "000002.parquet"
    damaged.write_bytes(damaged.read_bytes()[:-9])
    missed = 0
    for root in killed_everywhere("rebuild", people, installation.storage, tmp_path / "copies"):
        try:
            assert rows(Ledger(root)).equals(whole)
        except LedgerLostError:
            missed += 1
        assert rebuild(root).number == 2
        assert rows(Ledger(root)).equals(whole)
        assert not {path.name for path in root.iterdir()} & {"rebuilding", "replaced"}
    assert missed > 0
