"""What every kind of source that reads files is told: where they lie, which of them count, and when they are whole."""

from typing import Annotated, Final, Literal, Self

from pydantic import Field, model_validator

from connectors.sources.file_path import AZURE, GCS, HTTP, HTTPS, S3, SFTP, DeliveryPath, is_pattern, scheme_of
from connectors.sources.nearest import did_you_mean
from connectors.sources.secret import Secret
from connectors.sources.settings import SourceSettings

_SECRET: Final = {
    S3: {"key", "secret", "token"},
    GCS: {"token"},
    AZURE: {"account_key", "sas_token", "connection_string", "client_secret"},
    SFTP: {"password", "passphrase"},
    HTTPS: {"authorization"},
    HTTP: {"authorization"},
}
_PLAIN: Final[dict[str, set[str]]] = {
    S3: {"profile", "anon", "endpoint_url", "region"},
    GCS: {"project", "endpoint_url"},
    AZURE: {"account_name", "tenant_id", "client_id", "anon"},
    SFTP: {"username", "client_keys", "known_hosts"},
    HTTPS: set(),
    HTTP: set(),
}


StorageOptions = dict[str, Secret | bool | str]


class FileSettings(SourceSettings):
    """Where files lie.

    Attributes:
        path: A file, a pattern (`crm-*.csv`), or a folder, here or as a URL; `{date}` stands for the day of the sync.
        files: Which of them are read where the path may fit several.
        settle_seconds: For how long files must stay the same before they are read.
        wait_minutes: For how long files that are missing or not whole yet are waited for.
        complete_when: A file that is there once a file is whole: `{path}.done`, or `_SUCCESS` in the same folder.
        storage_options: How the place of a URL is entered; secrets by `{env: NAME}`.
    """

    path: DeliveryPath
    files: Literal["all", "newest"] | None = None
    settle_seconds: Annotated[float, Field(ge=0, le=3600)] = 0
    wait_minutes: Annotated[float, Field(ge=0, le=24 * 60)] = 0
    complete_when: str | None = None
    storage_options: StorageOptions = Field(default_factory=dict)

    @model_validator(mode="after")
    def _possible_together(self) -> Self:
        problems = [
            *_marker_problems(self.path, self.complete_when),
            *_option_problems(self.path, self.storage_options),
        ]
        if is_pattern(self.path) and self.files is None:
            problems.append("A path that may fit several files needs files: all, or files: newest.")
        if problems:
            raise ValueError(" ".join(problems))
        return self


def without_waiting(source: SourceSettings) -> SourceSettings:
    """Return a source as it is read by somebody who looks at it now: files that are not there are not waited for."""
    return source.model_copy(update={"wait_minutes": 0}) if isinstance(source, FileSettings) else source


def _marker_problems(path: str, marker: str | None) -> list[str]:
    if marker is None:
        return []
    if scheme_of(path) in (HTTP, HTTPS) and "?" in path:
        return ["complete_when cannot go with a URL that has a query."]
    rest = marker.replace("{path}", "")
    if set("{}") & set(rest):
        return ["complete_when may hold {path} and no other braces."]
    if not rest or "/" in marker:
        return ['complete_when is "{path}" with an ending, or the name of a file in the same folder.']
    return []


def _option_problems(path: str, options: StorageOptions) -> list[str]:
    scheme = scheme_of(path) or ""
    if not options:
        return []
    if scheme not in _SECRET:
        return ["storage_options are for a path that is a URL."]
    known = _SECRET[scheme] | _PLAIN[scheme]
    problems = [
        f'"{name}" is no storage option of {scheme}://.{did_you_mean(name, known)}'
        for name in options
        if name not in known
    ]
    problems += [
        f"storage_options: {name} is a secret: write {{env: NAME}}, and its value into that environment variable."
        for name, value in options.items()
        if name in _SECRET[scheme] and not isinstance(value, Secret)
    ]
    return problems
