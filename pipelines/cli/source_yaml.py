"""Writes a proposed source as YAML: what is left out stands beside it as comments, ready to be taken in."""

import json
import re
from collections.abc import Iterator
from typing import Any, Final

import yaml

from pipelines.proposal import Proposal

_SOURCES: Final = re.compile(r"^sources:\n.*?(?=^\w)", re.DOTALL | re.MULTILINE)


def source_yaml(proposal: Proposal) -> str:
    """Return a source as an entry of `sources`, with comments."""
    return "".join(f"{line}\n" for line in _lines(proposal))


def settings_yaml(template: str, proposal: Proposal) -> str:
    """Return a whole settings file whose only source is the proposed one.

    Args:
        template: The text of a settings file, whose sources are replaced.
        proposal: The source.
    """
    return _SOURCES.sub(lambda _: f"sources:\n{source_yaml(proposal)}\n", template, count=1)


def _lines(proposal: Proposal) -> Iterator[str]:
    yield f"  - name: {proposal.place.name}"
    yield from (f"    {key}: {_flow(value)}" for key, value in proposal.place.given.items())
    yield "    # timezone: America/Chicago   # of times without an offset; UTC if left out"
    yield "    # groups: [7]                 # the ids of the platform's groups that its contacts enter"
    yield "    fields:"
    yield from (f"      {name}: {_flow(mapping)}" for name, mapping in proposal.fields.items())
    if proposal.unmapped:
        yield "      # Not mapped; take in what the platform should have, under the field that is meant for it:"
        yield from (f"      # {name}: {_flow(mapping)}" for name, mapping in proposal.unmapped.items())
    yield from (f"    # To decide: {sentence}" for sentence in proposal.undecided)


def _flow(value: Any) -> str:  # noqa: ANN401 - whatever settings hold
    """Return a value on one line."""
    plain = yaml.safe_dump(value, default_flow_style=True, allow_unicode=True, width=float("inf"), sort_keys=False)
    text = plain.strip().removesuffix("...").strip()
    return json.dumps(value, ensure_ascii=False) if "\n" in text else text
