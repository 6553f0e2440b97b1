"""What the platform's account knows of its fields, said once for all sources; a source's own word counts more."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, PositiveInt

from connectors.sources.nearest import did_you_mean
from connectors.sources.settings import ListedValue, Pattern
from schemas.fields import FIELDS, FieldType


class AccountField(BaseModel):
    """What a field of the account holds, as `connectors.sources.settings.FieldSettings` says it of one source's.

    Attributes:
        type: How texts are read for it.
        max_length: The longest text in characters.
        pattern: What the whole of a text or whole number must fit, as a regular expression.
        values: The only texts or whole numbers that are allowed, to the letter.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    type: FieldType | None = None
    max_length: PositiveInt | None = None
    pattern: Pattern | None = None
    values: tuple[ListedValue, ...] = ()


def _known(fields: dict[str, AccountField]) -> dict[str, AccountField]:
    unknown = [
        f'"{name}" is not a field of a contact.{did_you_mean(name, FIELDS)}' for name in fields if name not in FIELDS
    ]
    if unknown:
        raise ValueError(" ".join(unknown))
    return fields


AccountFields = Annotated[dict[str, AccountField], AfterValidator(_known)]


def with_account_fields(sources: object, fields: object) -> object:
    """Return sources as they were written, with what the account knows filled in where they do not say it themselves.

    What is not shaped as it should be stays as it is: whoever checks it next says so.

    Args:
        sources: The list of sources.
        fields: The account's fields by name.
    """
    if not isinstance(sources, list) or not isinstance(fields, dict):
        return sources
    return [_filled_in(source, fields) if isinstance(source, dict) else source for source in sources]


def _filled_in(source: Mapping[str, Any], fields: Mapping[str, Any]) -> dict[str, Any]:
    mapped = source.get("fields")
    if not isinstance(mapped, dict):
        return dict(source)
    return {**source, "fields": {name: _merged(own, fields.get(name)) for name, own in mapped.items()}}


def _merged(own: object, known: object) -> object:
    spelled_out = {"column": own} if isinstance(own, str) else own
    if not isinstance(spelled_out, dict) or not isinstance(known, dict):
        return own
    return {**{key: value for key, value in known.items() if key in AccountField.model_fields}, **spelled_out}
