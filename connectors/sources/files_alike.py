"""Whether the files of one source fit each other: a column that moved or is missing is never read as blank."""

from connectors.sources.columns import TECHNICAL_FIELDS
from connectors.sources.errors import SourceBroken
from connectors.sources.finding_files import FoundFile
from connectors.sources.reading import Reading


def refuse_other_columns(first_file: FoundFile, first: Reading, file: FoundFile, reading: Reading) -> None:
    """Make sure that a file has the columns of the first one, in their order, and their types.

    Args:
        first_file: The first file of the source.
        first: What it holds.
        file: Any of them.
        reading: What that one holds.

    Raises:
        SourceBroken: It has other columns or types, or lies in partitions of other keys.
    """
    problem = _keys(first_file, file) or _sheet(first, reading) or _header(first, reading) or _types(first, reading)
    if problem:
        raise SourceBroken(
            f"{file.name} does not fit {first_file.name}, the first file of the source: {problem} Write both alike, or "
            "make two sources of them."
        )


def _keys(first_file: FoundFile, file: FoundFile) -> str:
    if [*file.keys] == [*first_file.keys]:
        return ""
    here, there = (", ".join(f'"{key}"' for key in one.keys) or "none" for one in (file, first_file))
    return f"its partitions have the keys {here}, those of the first {there}."


def _sheet(first: Reading, reading: Reading) -> str:
    here, there = reading.facts.get("sheet"), first.facts.get("sheet")
    return "" if here == there else f'its sheet is "{here}" instead of "{there}".'


def _header(first: Reading, reading: Reading) -> str:
    if reading.header == first.header:
        return ""
    if any("@" in name for name in reading.header):  # the names would say whose address it is
        return "its first line looks like a contact, not like a header."
    missing = [f'"{name}"' for name in first.header if name not in reading.header]
    more = [f'"{name}"' for name in reading.header if name not in first.header]
    problems = [f"it lacks {', '.join(missing)}"] if missing else []
    problems += [f"it has {', '.join(more)} as well"] if more else []
    return f"{'; '.join(problems) or 'its columns stand in another order, or one of them twice'}."


def _types(first: Reading, reading: Reading) -> str:
    fields = zip(first.schema, reading.schema, strict=True)
    return "; ".join(
        f'its column "{here.name}" is {here.type} instead of {there.type}.'
        for there, here in list(fields)[len(TECHNICAL_FIELDS) :]
        if here.type != there.type
    )
