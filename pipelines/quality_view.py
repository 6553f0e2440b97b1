"""How a source's quality is shown: shares that the UI plots, a table of codes, and two checks."""

from typing import Final

import dagster as dg

from connectors.storage.tables import Table
from pipelines.steps.quality import Standing
from schemas.issues import RULES, IssueCode
from schemas.quality import FEWEST_DAYS
from schemas.remedies import REMEDIES

WITHIN_LIMIT: Final = "quality_within_limit"
AS_USUAL: Final = "quality_as_usual"
QUALITY_CHECKS: Final = frozenset({WITHIN_LIMIT, AS_USUAL})

_DIGITS: Final = 4
"""Of shares as they are shown: a hundredth of a percent."""


def quality_checks(rejected: dg.AssetKey) -> list[dg.AssetCheckSpec]:
    """Return the checks of a source's quality, which stand beside its rejected rows.

    Neither blocks: the plan's guard stops a sync, also one that was started from the middle.
    """
    return [
        dg.AssetCheckSpec(
            WITHIN_LIMIT,
            asset=rejected,
            description="No more rows were rejected than guards.rejected_share allows; a sync is stopped otherwise.",
        ),
        dg.AssetCheckSpec(
            AS_USUAL,
            asset=rejected,
            description="No share of rows and no code jumped against the source's last days; only a warning.",
        ),
    ]


def shares(standing: Standing) -> dict[str, float]:
    """Return the numbers that the UI plots over days: `rejected_share`, … and `share/<code>`.

    A code that was found on one of the days before and not today is there as zero, so that its line goes on.
    """
    quality = standing.quality
    earlier = dict.fromkeys((code for one in standing.before.values() for code in one.codes), 0)
    rows = {f"{name}_share": number for name, number in quality.counts().items()}
    rows |= {f"share/{code}": number for code, number in sorted({**earlier, **quality.codes}.items())}
    return {name: round(quality.share(number), _DIGITS) for name, number in rows.items()}


def codes_table(quality: Table, people: int) -> dg.TableMetadataValue:
    """Return what was found, by code and severity: how often, what it means, and what to do.

    Args:
        quality: The day's `quality/<source>`.
        people: The rows that the shares are of.
    """
    columns = ("code", "severity", "rows", "share", "what it means and what to do")
    records = [
        dg.TableRecord(dict(zip(columns, (code, severity, rows, f"{rows / people:.1%}", _words(code)), strict=True)))
        for code, severity, rows in quality.scan().collect().iter_rows()
    ]
    types = {"rows": "int"}
    return dg.MetadataValue.table(
        records, dg.TableSchema([dg.TableColumn(name, types.get(name, "string")) for name in columns])
    )


def check_results(standing: Standing, rejected: dg.AssetKey) -> list[dg.AssetCheckResult]:
    """Return the results of `quality_checks`, each with its day, which Dagster does not show, and its numbers."""
    quality, jumps, day = standing.quality, standing.jumps, standing.day.isoformat()
    share, limit = round(quality.share(quality.rejected), _DIGITS), f"{standing.limit:.1%}"
    few = f"{quality.rejected:,} of {quality.people:,} rows were rejected ({share:.1%})."
    days = ", ".join(map(str, standing.before)) or "none"
    return [
        dg.AssetCheckResult(
            check_name=WITHIN_LIMIT,
            asset_key=rejected,
            passed=standing.over_limit is None,
            severity=dg.AssetCheckSeverity.ERROR,
            description=standing.over_limit or few,
            metadata={
                "day": day,
                "rejected_share": share,
                "limit": limit,
                "rejected": quality.rejected,
            },
        ),
        dg.AssetCheckResult(
            check_name=AS_USUAL,
            asset_key=rejected,
            passed=not jumps,
            severity=dg.AssetCheckSeverity.WARN,
            description="\n".join(jumps) or _nothing_new(standing),
            metadata={"day": day, "compared_days": days, "jumps": len(jumps)},
        ),
    ]


def _nothing_new(standing: Standing) -> str:
    if len(standing.before) < FEWEST_DAYS:
        return f"There are {len(standing.before)} days to compare with; from {FEWEST_DAYS} on, a jump is seen."
    return f"Nothing is unlike the {len(standing.before)} days before."


def _words(code: str) -> str:
    known = IssueCode(code)
    return f"{RULES[known].sentence} {REMEDIES.get(known, '')}".rstrip()
