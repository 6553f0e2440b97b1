"""What every asset of an installation is made with, and the one way in which an asset's body fails."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Final

import dagster as dg
from dagster._core.execution.plan.objects import UserFailureData

from connectors.emfluence.errors import Failure
from connectors.sources.errors import NotDelivered, SourceError
from connectors.sources.registry import AnySource
from connectors.storage.files import StorageError
from connectors.storage.lock import LockHeldError
from pipelines.installation import Installation
from pipelines.progress import Progress
from pipelines.steps.guards import GuardStopError
from pipelines.steps.send import PlanOutdatedError

DESTINATION_POOL: Final = "destination"
"""Runs that write to the destination take turns in this pool."""

GUARD: Final = "guard"
"""The metadata of a failure that names the guard which stopped the run."""

NO_SOURCE: Final = "no_source"
"""The metadata of a failure because a source has no file of the day."""

_EXPECTED: Final = (SourceError, StorageError, LockHeldError, PlanOutdatedError, Failure)


@dataclass(frozen=True)
class Wiring:
    """What the assets of one installation share.

    Attributes:
        installation: The installation; None where there are no settings yet, which every run then says.
        partitions: The days.
        progress: Told how a run goes on; None to leave that to Dagster.
    """

    installation: Installation | None
    partitions: dg.PartitionsDefinition[str]
    progress: Progress | None

    @property
    def sources(self) -> tuple[AnySource, ...]:
        """The configured sources."""
        return self.installation.settings.sources if self.installation else ()

    def opened(self) -> Installation:
        """Return the installation.

        Raises:
            dagster.Failure: There are no settings yet.
        """
        if self.installation is None:
            message = 'There are no settings yet: write a sync.yaml with "contact-sync init", then reload.'
            raise dg.Failure(message, allow_retries=False)
        return self.installation

    def made(self, asset: str, rows: int) -> None:
        """Tell that a table is finished."""
        if self.progress is not None:
            self.progress.made(asset, rows)

    def keys(self, kind: str) -> list[dg.AssetKey]:
        """Return the keys of the assets that exist once per source, as `validated/<source>`."""
        return [dg.AssetKey([kind, source.name]) for source in self.sources]


def day_of(context: dg.AssetExecutionContext) -> date:
    """Return the run's partition."""
    return date.fromisoformat(context.partition_key)


@contextmanager
def explained() -> Iterator[None]:
    """Turn an error that a person can act on into a failure with that sentence, and without a retry by Dagster.

    The connector has retried what is worth it already.
    """
    try:
        yield
    except GuardStopError as stop:
        raise dg.Failure(str(stop), metadata={GUARD: stop.guard}, allow_retries=False) from stop
    except NotDelivered as error:
        raise dg.Failure(str(error), metadata={NO_SOURCE: True}, allow_retries=False) from error
    except _EXPECTED as error:
        raise dg.Failure(str(error), allow_retries=False) from error


def is_without_source(failure: UserFailureData | None) -> bool:
    """Tell whether a step failed because a source has no file of the day."""
    return failure is not None and NO_SOURCE in failure.metadata
