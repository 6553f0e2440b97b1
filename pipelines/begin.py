"""How the first steps of a day begin: the run says which process it has, and keeps the order of its backfill."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import dagster as dg

from connectors.sources.errors import NotDelivered
from pipelines.backfill_order import EarlierDayFailedError, refuse_after_failure
from pipelines.processes import PROCESS_TAG, this_process
from pipelines.wiring import Wiring, explained

NO_SOURCE_TAG: Final = "contact-sync/no_source"
"""The tag by which a list of runs tells a day without a file from one that failed; its value says of which source."""


@contextmanager
def begun(context: dg.AssetExecutionContext, wiring: Wiring) -> Iterator[None]:
    """Begin the reading of a source, and explain what goes wrong with it.

    Raises:
        dagster.Failure: It cannot be read, or an earlier day of the same backfill has failed.
    """
    with explained():
        installation = wiring.opened()
    context.instance.add_run_tags(context.run.run_id, {PROCESS_TAG: this_process()})
    if installation.settings.backfill.on_failure == "stop":
        try:
            refuse_after_failure(context.instance, context.run)
        except EarlierDayFailedError as error:
            raise dg.Failure(str(error), allow_retries=False) from error
    with explained():
        try:
            yield
        except NotDelivered:
            context.instance.add_run_tags(context.run.run_id, {NO_SOURCE_TAG: context.asset_key.path[-1]})
            raise
