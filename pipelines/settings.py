"""The settings file as checked models. Reading the file, with line numbers for what is wrong, is `settings_file`."""

import datetime as dt
import re
from typing import Annotated, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from connectors.sources.registry import AnySource
from connectors.sources.secret import Secret
from connectors.sources.timezones import TimezoneName

TOKEN_VARIABLE: Final = "EMFLUENCE_ACCESS_TOKEN"  # noqa: S105 - the variable's name, not a token
PLATFORM_URL: Final = "https://api.emailer.emfluence.com/v1"

# Five fields of numbers, names, lists, ranges and steps; Dagster reads the rest.
_CRON: Final = re.compile(r"\s*(?:[0-9A-Za-z*/,-]+\s+){4}[0-9A-Za-z*/,-]+\s*")

MOST_CONNECTIONS: Final = 5
MOST_REQUESTS_PER_SECOND: Final = 9


class Strict(BaseModel):
    """Settings that refuse keys they do not know."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class OAuth(Strict):
    """What the two OAuth flows need. The platform gives it to its customers; its addresses are published nowhere.

    Attributes:
        client_id: The environment variable that holds the client's id.
        client_secret: The environment variable that holds the client's secret.
        application_token_url: Where an application's token is asked for.
        authorization_url: Where a user's browser is sent to.
        user_token_url: Where a user's code is exchanged for a token.
        redirect_uri: Where the browser goes afterwards; the platform demands https.
    """

    client_id: Secret = Secret(env="EMFLUENCE_CLIENT_ID")
    client_secret: Secret = Secret(env="EMFLUENCE_CLIENT_SECRET")
    application_token_url: str | None = None
    authorization_url: str | None = None
    user_token_url: str | None = None
    redirect_uri: str | None = None


class Destination(Strict):
    """The platform's account that a sync writes to.

    Attributes:
        base_url: The API's address; `EMFLUENCE_BASE_URL` overrides it.
        access_token: The environment variable that holds the token.
        connections: The most requests in flight (API: 5 per IP address).
        requests_per_second: The most requests in any sliding second (API: 9 per IP address).
        batch_contacts: The most contacts of one import request. [assumed: the platform publishes no limit]
        batch_bytes: The most bytes of one import request's contacts. [assumed: the same]
        oauth: How `contact-sync auth` gets a token.
    """

    base_url: str = PLATFORM_URL
    access_token: Secret = Secret(env=TOKEN_VARIABLE)
    connections: Annotated[int, Field(ge=1, le=MOST_CONNECTIONS)] = MOST_CONNECTIONS
    requests_per_second: Annotated[int, Field(ge=1, le=MOST_REQUESTS_PER_SECOND)] = MOST_REQUESTS_PER_SECOND
    batch_contacts: Annotated[int, Field(ge=1)] = 1000
    batch_bytes: Annotated[int, Field(ge=1000)] = 4_000_000
    oauth: OAuth = OAuth()


def _five_fields(cron: str) -> str:
    if _CRON.fullmatch(cron) is None:
        raise ValueError("write minute, hour, day of month, month and day of week, as 0 2 * * * for two at night.")
    return cron


class Schedule(Strict):
    """When the nightly sync runs.

    Attributes:
        cron: Minute, hour, day of month, month, day of week.
        timezone: The zone of those times. A sync is of the UTC day in which it fires, so a time that falls on both
            sides of midnight UTC as the clocks change would skip one day a year, and sync another twice.
        start_date: The first day that may be synced or backfilled.
    """

    cron: Annotated[str, AfterValidator(_five_fields)] = "0 2 * * *"
    timezone: TimezoneName = "UTC"
    start_date: dt.date = dt.date(2026, 1, 1)


def _distinct_names(sources: tuple[AnySource, ...]) -> tuple[AnySource, ...]:
    if not sources:
        raise ValueError("name at least one source.")
    names = [source.name for source in sources]
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        message = f"two sources have the name {', '.join(repeated)}; each needs its own."
        raise ValueError(message)
    return sources


class Settings(Strict):
    """All of sync.yaml.

    Attributes:
        destination: The account to write to.
        sources: Where contacts are read.
        schedule: When the nightly sync runs.
        storage: The folder of our own state, relative to the file; `CONTACT_SYNC_STORAGE` overrides it.
    """

    destination: Destination = Destination()
    sources: Annotated[tuple[AnySource, ...], AfterValidator(_distinct_names)]
    schedule: Schedule = Schedule()
    storage: str = ".contact-sync"
