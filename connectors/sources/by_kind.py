"""Checks a source's settings by the model of its kind, which is looked up when they are read, and not at import."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler, ValidationError
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, InitErrorDetails, PydanticCustomError, core_schema

from connectors.sources.errors import SourceSettingsWrong
from connectors.sources.kind import Kind
from connectors.sources.settings import SourceSettings

WRONG_KIND: Final = "source_kind"
"""The type of pydantic's error where a kind cannot be used; its message goes on from the word `kind`."""


@dataclass(frozen=True)
class ByKind:
    """For pydantic: a union that grows with the installed packages, told apart by `kind`.

    Attributes:
        find: Returns the kind of a name, or raises `SourceSettingsWrong`.
        usable: Returns all kinds by name.
    """

    find: Callable[[object], Kind]
    usable: Callable[[], Mapping[str, Kind]]

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Return how pydantic checks."""
        del source, handler
        return core_schema.no_info_plain_validator_function(self.checked)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Return the JSON schema of the kinds that are there now."""
        del schema
        choices = {name: kind.settings.__pydantic_core_schema__ for name, kind in self.usable().items()}
        return handler(core_schema.tagged_union_schema(choices, "kind"))

    def checked(self, given: Any) -> SourceSettings:  # noqa: ANN401 - whatever YAML says
        """Return the settings that are written as `given`.

        Raises:
            ValueError: They are wrong; pydantic says where.
        """
        if isinstance(given, SourceSettings):
            return given
        if not isinstance(given, dict):
            raise ValueError("write a source as name, kind and fields, each on a line of its own.")  # noqa: TRY004 - pydantic's
        try:
            kind = self.find(given.get("kind", ""))
        except SourceSettingsWrong as error:
            wrong = PydanticCustomError(WRONG_KIND, "{sentence}", {"sentence": str(error)})
            place = InitErrorDetails(type=wrong, loc=("kind",), input=None)
            raise ValidationError.from_exception_data("source", [place], hide_input=True) from None
        return kind.settings.model_validate(given)
