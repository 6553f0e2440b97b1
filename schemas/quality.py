"""How good a source's rows were on one day: counts, the worst rows, and what is unlike the days before.

A row counts once, under the severest of its issues. Duplicates are no fault of a row; totals and headers are no people.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Final

import polars as pl

from schemas.issues import IssueCode, Severity

FEWEST_ROWS: Final = 10
"""Fewer rows than these are a sign of nothing: half of a file of six people may be mistyped on any day."""

FEWEST_DAYS: Final = 3
"""Of fewer days nobody knows what is usual."""

LEAST_RISE: Final = 0.05
"""A share that rose by less is no jump, however rare the thing was before."""

WORST_ROWS: Final = 10

_WEIGHTS: Final = {Severity.WARN: 1, Severity.BLANK: 10, Severity.REJECT: 100}
"""What an issue adds to how bad its row is. The severest issue says under what the row counts."""

_NO_PERSON: Final = (IssueCode.TOTAL_LINE.value, IssueCode.REPEATED_HEADER.value)
"""What is in a file beside its people, and is set aside as it should be."""

_COUNTED_AS: Final = {Severity.REJECT: "rejected", Severity.BLANK: "blanked", Severity.WARN: "warned"}

_TEXTS: Final = pl.List(pl.String)
_WORST: Final = pl.Schema((("row", pl.Int64), ("badness", pl.Int64), ("codes", _TEXTS), ("fields", _TEXTS)))


@dataclass(frozen=True)
class Quality:
    """The rows of one source and day in numbers.

    Attributes:
        people: The rows that were read, without totals and repeated headers.
        rejected: Those that were set aside.
        blanked: Those that are sent without a field or more.
        warned: Those that are sent as they are, and that somebody should look at.
        codes: By code, the rows in which it was found, the most frequent first.
        reasons: The same of the issues that rejected their row.
    """

    people: int
    rejected: int = 0
    blanked: int = 0
    warned: int = 0
    codes: Mapping[str, int] = field(default_factory=dict)
    reasons: Mapping[str, int] = field(default_factory=dict)

    def share(self, rows: int) -> float:
        """Return rows as a share of all people; of nobody it is nothing."""
        return rows / self.people if self.people else 0.0

    def counts(self) -> dict[str, int]:
        """Return the rejected, blanked and warned rows by those words."""
        return {"rejected": self.rejected, "blanked": self.blanked, "warned": self.warned}

    def shares(self) -> dict[str, float]:
        """Return the shares of rejected, blanked and warned rows, then of each code's rows."""
        return {name: self.share(rows) for name, rows in {**self.counts(), **self.codes}.items()}


@dataclass(frozen=True)
class Measured:
    """What was found of one source's day.

    Attributes:
        quality: The numbers.
        findings: `code`, `severity`, `rows`: one code may have cost some rows a field and others their place.
        worst: The worst rows first: `row`, `badness`, and the distinct `codes` and `fields` of its issues.
    """

    quality: Quality
    findings: pl.DataFrame
    worst: pl.DataFrame


def measure(parts: Iterable[pl.DataFrame], read: int) -> Measured:
    """Count a source's issues.

    Args:
        parts: The issues in the order of their rows, in parts of any size: `row`, `field`, `code`, `severity`.
        read: How many rows were read.
    """
    rows: Counter[int] = Counter()
    codes: Counter[str] = Counter()
    findings: Counter[tuple[str, str]] = Counter()
    others, worst = 0, pl.DataFrame(schema=_WORST)
    for part in _whole_rows(parts):
        issues = part.filter(~pl.col("code").is_in(_NO_PERSON))
        others += part.height - issues.height
        by_row = issues.group_by("row").agg(badness=_weight().sum(), severest=_weight().max())
        rows.update(dict(by_row["severest"].value_counts().iter_rows()))
        codes.update(dict(issues.group_by("code").agg(pl.col("row").n_unique()).iter_rows()))
        per_finding = issues.group_by("code", "severity").agg(pl.col("row").n_unique())
        findings.update({(code, severity): number for code, severity, number in per_finding.iter_rows()})
        worst = _worse(pl.concat([worst, _candidates(issues, by_row)]))
    counts = {_COUNTED_AS[severity]: rows[_WEIGHTS[severity]] for severity in Severity}
    reasons = {code: number for (code, severity), number in findings.most_common() if severity == Severity.REJECT}
    quality = Quality(read - others, **counts, codes=dict(codes.most_common()), reasons=reasons)
    return Measured(quality, _findings(findings), worst)


@dataclass(frozen=True)
class Jump:
    """A share that is unlike the days before.

    Attributes:
        what: `rejected`, `blanked`, `warned`, or a code.
        share: The day's share.
        usual: The median of the days before.
    """

    what: str
    share: float
    usual: float


def jumps(today: Quality, before: Sequence[Quality]) -> list[Jump]:
    """Return the shares that jumped against the median of the days before.

    A jump is large (5 points or more), unlike before (twice the usual share, or what was free of it is down to half,
    which a share that is always high can still do), and about enough rows (10 more than usual).
    """
    known = [quality.shares() for quality in before if quality.people]
    if len(known) < FEWEST_DAYS:
        return []
    usual = {what: median(shares.get(what, 0.0) for shares in known) for what in today.shares()}
    return [
        Jump(what, share, usual[what])
        for what, share in today.shares().items()
        if _jumped(share, usual[what]) and (share - usual[what]) * today.people >= FEWEST_ROWS
    ]


def is_over(quality: Quality, limit: float) -> bool:
    """Tell whether more than a share of the people was rejected, and enough of them to mean something."""
    return quality.rejected >= FEWEST_ROWS and quality.share(quality.rejected) > limit


def _jumped(share: float, usual: float) -> bool:
    return share - usual >= LEAST_RISE and (share >= 2 * usual or 1 - share <= (1 - usual) / 2)


def _whole_rows(parts: Iterable[pl.DataFrame]) -> Iterator[pl.DataFrame]:
    """Yield issues again so that all of a row's come together."""
    rest: pl.DataFrame | None = None
    for part in parts:
        together = part.select("row", "field", "code", "severity")
        together = together if rest is None else pl.concat([rest, together])
        if together.height:
            is_last = pl.col("row") == together["row"][-1]
            yield together.filter(~is_last)
            rest = together.filter(is_last)
    if rest is not None:
        yield rest


def _weight() -> pl.Expr:
    return pl.col("severity").replace_strict(
        {severity.value: weight for severity, weight in _WEIGHTS.items()}, return_dtype=pl.Int64
    )


def _candidates(issues: pl.DataFrame, by_row: pl.DataFrame) -> pl.DataFrame:
    bad = _worse(by_row.select("row", "badness"))
    what = issues.join(bad, on="row", how="semi").group_by("row").agg(_distinct("code"), _distinct("field"))
    return bad.join(what, on="row").select("row", "badness", codes="code", fields="field")


def _distinct(column: str) -> pl.Expr:
    return pl.col(column).drop_nulls().unique(maintain_order=True)


def _worse(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.sort(["badness", "row"], descending=[True, False]).head(WORST_ROWS)


def _findings(counted: Counter[tuple[str, str]]) -> pl.DataFrame:
    rows = [(code, severity, number) for (code, severity), number in counted.items()]
    schema = {"code": pl.String, "severity": pl.String, "rows": pl.Int64}
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    return frame.sort(["rows", "code", "severity"], descending=[True, False, False])
