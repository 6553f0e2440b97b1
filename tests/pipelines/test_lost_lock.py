"""A sync whose lock is taken from it in the middle: it stops, and the next one finishes what it left."""

import pytest

from connectors.sandbox.sandbox import Sandbox
from connectors.storage.lock import LockLostError
from pipelines.steps.send import send_plan
from tests.pipelines.conftest import DAY, Site
from tests.pipelines.night import plan_night, run_night


def test_sync_that_lost_its_lock_sends_no_more_and_leaves_the_ledger_alone(people: Site, sandbox: Sandbox) -> None:
    """Two syncs never write at once, even where somebody deletes the file that keeps them apart."""
    installation = people.open()
    plan_night(installation, DAY)

    def delete_lock(done: int, _: int) -> None:
        if done == 1:
            (installation.storage / "sync.lock").unlink()

    with pytest.raises(LockLostError, match="Nothing more is sent"):
        send_plan(installation, DAY, delete_lock)
    sent = sum(record.endpoint == "contacts/import" for record in sandbox.request_log)
    # One connection: the answer that lost the lock was the first one; the second batch was not begun.
    assert sent == 1
    assert installation.ledger.current().rows == 0
    assert run_night(installation, DAY) == {"acknowledged": 3}
    assert sum(record.endpoint == "contacts/import" for record in sandbox.request_log) == 3
