"""Values that stand in the settings themselves: each is read as a source's cell would be, and must come out of it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import polars as pl

from schemas.allowed import allowed
from schemas.fields import FieldType
from schemas.mapping import FieldMapping
from schemas.normalise import normalise
from schemas.readings import prepare
from schemas.wire import wire_text

_CELL: Final = "cell"


def written_value_problems(mapping: FieldMapping) -> list[str]:
    """Say which values of the settings could never be sent; an empty list means that all can be."""
    problems = _list_problems(mapping) if mapping.values else []
    if mapping.value is not None and mapping.type is not FieldType.BOOLEAN:
        problems += _constant_problems(mapping, _read(mapping, [mapping.value])[0])
    return problems


def _list_problems(mapping: FieldMapping) -> list[str]:
    changed = [text for text, read in zip(mapping.values, _read(mapping, mapping.values), strict=True) if read != text]
    named = ", ".join(f'"{text}"' for text in changed)
    return [f"{mapping.field}: {named} among values can never be there: cells are read otherwise."] if changed else []


def _constant_problems(mapping: FieldMapping, read: str | None) -> list[str]:
    if read is None:
        return [f"{mapping.field}: the value cannot be read as {mapping.type.value}."]
    if mapping.max_length is not None and len(read) > mapping.max_length:
        return [f"{mapping.field}: the value is longer than {mapping.max_length} characters."]
    value = pl.DataFrame({mapping.field: [read]}).lazy()
    passes = [value.select(one).collect().item() for one in allowed(mapping).values()]
    return [] if all(passes) else [f"{mapping.field}: the value is none that pattern and values allow."]


def _read(mapping: FieldMapping, texts: Sequence[str]) -> list[str | None]:
    """Return what texts would be sent as; None where one is blank or cannot be read."""
    cells = pl.DataFrame({_CELL: texts}, schema={_CELL: pl.String})
    reading = normalise(replace(mapping, column=_CELL, value=None, country_column=None), cells)
    value = wire_text(reading.value, mapping.type)
    return prepare(cells.lazy(), [reading]).select(value.alias("value")).collect()["value"].to_list()
