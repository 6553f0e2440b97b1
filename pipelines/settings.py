"""The settings file as checked models. Reading the file, with line numbers for what is wrong, is `settings_file`."""

from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field, ValidationInfo, model_validator

from connectors.sources.account_fields import AccountFields, with_account_fields
from connectors.sources.registry import AnySource
from connectors.sources.secret import Secret
from pipelines.run_settings import Backfill, Retention, Schedule
from pipelines.strict import Strict

TOKEN_VARIABLE: Final = "EMFLUENCE_ACCESS_TOKEN"  # noqa: S105 - the variable's name, not a token
PLATFORM_URL: Final = "https://api.emailer.emfluence.com/v1"

MOST_CONNECTIONS: Final = 5
MOST_REQUESTS_PER_SECOND: Final = 9


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
        fields: What the account's fields hold, for all sources: type, max_length, pattern, values.
    """

    base_url: str = PLATFORM_URL
    access_token: Secret = Secret(env=TOKEN_VARIABLE)
    connections: Annotated[int, Field(ge=1, le=MOST_CONNECTIONS)] = MOST_CONNECTIONS
    requests_per_second: Annotated[int, Field(ge=1, le=MOST_REQUESTS_PER_SECOND)] = MOST_REQUESTS_PER_SECOND
    batch_contacts: Annotated[int, Field(ge=1)] = 1000
    batch_bytes: Annotated[int, Field(ge=1000)] = 4_000_000
    oauth: OAuth = OAuth()
    fields: AccountFields = Field(default_factory=dict)


Share = Annotated[float, Field(ge=0, le=1)]


class SourceGuards(Strict):
    """What stops a sync because of one source, where that is not what holds for all.

    Attributes:
        rejected_share: As in `Guards`.
    """

    rejected_share: Share | None = None


class Guards(Strict):
    """What stops a sync before it sends anything.

    Attributes:
        rejected_share: The largest share of a source's rows that may be rejected. The default lies between a list that
            is merely dirty (a few in a hundred, of a hand-written one perhaps ten) and a file whose columns or
            encoding have changed (most of it).
        sources: The same for one source, by its name.
    """

    rejected_share: Share = 0.2
    sources: dict[str, SourceGuards] = Field(default_factory=dict)

    def rejected_share_of(self, source: str) -> float:
        """Return what holds for a source."""
        own = self.sources.get(source, SourceGuards()).rejected_share
        return self.rejected_share if own is None else own


def _guards_of_known_sources(guards: Guards, info: ValidationInfo) -> Guards:
    known = [source.name for source in info.data.get("sources", ())]
    unknown = [name for name in guards.sources if known and name not in known]
    if unknown:
        message = f"there is no source {', '.join(unknown)}: the settings have {', '.join(known)}."
        raise ValueError(message)
    return guards


def _distinct_names(sources: tuple[AnySource, ...]) -> tuple[AnySource, ...]:
    if not sources:
        raise ValueError("name at least one source.")
    names = [source.name for source in sources]
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        message = f"two sources have the name {', '.join(repeated)}; each needs its own."
        raise ValueError(message)
    return sources


def _comparable_sources(sources: tuple[AnySource, ...]) -> tuple[AnySource, ...]:
    """Refuse a priority of which some sources say how new their rows are and some do not: who wins would be a guess."""
    for priority in sorted({source.priority for source in sources}):
        equals = [source for source in sources if source.priority == priority]
        silent = [source.name for source in equals if source.newest_by is None]
        if silent and len(silent) < len(equals):
            known = ", ".join(source.name for source in equals if source.newest_by is not None)
            message = (
                f"{known} and {', '.join(silent)} have the same priority, but only {known} has newest_by. Give each of "
                "them newest_by, so that the newer row wins, or another priority."
            )
            raise ValueError(message)
    return sources


class Settings(Strict):
    """All of sync.yaml.

    Attributes:
        destination: The account to write to.
        sources: Where contacts are read.
        guards: What stops a sync before it sends anything.
        merge: Where several rows hold a person: `whole_row` takes the winner's row as it is, `field_by_field` takes
            each field from the best row that has a value for it.
        schedule: When the nightly sync runs.
        backfill: How a range of days is synced.
        retention: For how long our own state is kept.
        storage: The folder of our own state, relative to the file; `CONTACT_SYNC_STORAGE` overrides it.
    """

    destination: Destination = Destination()
    sources: Annotated[tuple[AnySource, ...], AfterValidator(_distinct_names), AfterValidator(_comparable_sources)]
    guards: Annotated[Guards, AfterValidator(_guards_of_known_sources)] = Guards()
    merge: Literal["whole_row", "field_by_field"] = "whole_row"
    schedule: Schedule = Schedule()
    backfill: Backfill = Backfill()
    retention: Retention = Retention()
    storage: str = ".contact-sync"

    @model_validator(mode="before")
    @classmethod
    def _account_fields_reach_every_source(cls, given: object) -> object:
        if isinstance(given, dict) and "sources" in given and isinstance(given.get("destination"), dict):
            return {**given, "sources": with_account_fields(given.get("sources"), given["destination"].get("fields"))}
        return given
