"""Cutting a plan's contacts into batches: so many contacts, so many bytes each."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

_ID_BYTES: Final = 12


@dataclass(frozen=True)
class Limits:
    """How large one `contacts/import` request may be.

    Attributes:
        contacts: The most contacts.
        size: The most bytes of their payloads.
    """

    contacts: int = 1000
    size: int = 4_000_000


def cut(sizes: pl.Series, limits: Limits) -> list[int]:
    """Return how many contacts each batch takes, in the order given.

    A new batch starts where the next contact would break a limit. A single contact larger than the limit still gets
    a batch, of its own: the platform is the judge of it.

    Args:
        sizes: Each payload's length in bytes.
        limits: The limits.
    """
    ends = (sizes.cast(pl.Int64) + 1).cum_sum()  # each with its comma
    counts, start, before = [], 0, 0
    while start < len(ends):
        fitting = ends.search_sorted(before + limits.size + 1, side="right") - start
        counts.append(max(1, min(fitting, limits.contacts)))
        start += counts[-1]
        before = ends[start - 1]
    return counts


def batch_id(payloads: str, group_ids: Sequence[int]) -> str:
    """Return the batch's id, the hash of all that its request says: 24 hexadecimal digits.

    Args:
        payloads: The payloads in their order, one a line; a canonical payload holds no line break.
        group_ids: The groups that all of them enter, ascending.
    """
    content = hashlib.blake2b(payloads.encode(), digest_size=_ID_BYTES)
    content.update(f"\n{list(group_ids)}".encode())
    return content.hexdigest()
