"""What was found in a slice becomes its issues: how much each finding matters to the source, and what is said."""

from typing import Final

import polars as pl

from schemas.fields import EMAIL, OPT_OUT_FIELDS
from schemas.issues import ISSUES, RULES, IssueCode, Severity
from schemas.mapping import SourceMapping
from schemas.severities import sentence

FINDINGS: Final = pl.Schema({"row": pl.Int64, "field": pl.String, "code": pl.String, "suggestion": pl.String})
"""What was found where; `suggestion` is null, or a sentence that says what may have been meant."""


_NO_ADDRESS: Final = (IssueCode.EMAIL_MISSING.value, IssueCode.EMAIL_SYNTAX.value)


def issues_of(
    findings: pl.DataFrame, emails: pl.DataFrame, opted_out: pl.Series, mapping: SourceMapping
) -> pl.DataFrame:
    """Return the issues of a slice, as `ISSUES`, by row.

    A contact without an address is none, so what would leave out the address sets its row aside. And whoever may
    have opted out is not mailed on a guess: an opt-out that cannot be read sets its row aside too. But an opt-out that
    can be read travels: its row is not set aside for anything but its address, it loses the field.

    Args:
        findings: As `FINDINGS`.
        emails: `row` and `email` of the rows that could be read.
        opted_out: The rows that say so in a word that can be read.
        mapping: The source's mapping.
    """
    no_addresses = findings.filter((pl.col("field") == EMAIL) & (pl.col("code") == IssueCode.EMAIL_SYNTAX))["row"]
    if findings.is_empty():
        return pl.DataFrame(schema=ISSUES)
    travels = pl.col("row").is_in(opted_out.implode()) & pl.col("field").is_not_null()
    of_address, is_address = pl.col("field") == EMAIL, ~pl.col("code").is_in(_NO_ADDRESS)
    doubted = travels & of_address & is_address & (pl.col("severity") != Severity.WARN)
    opt_out = pl.col("field").is_in(OPT_OUT_FIELDS) & (pl.col("code") == IssueCode.BOOLEAN_INVALID) & ~travels
    no_address = of_address & (pl.col("severity") == Severity.BLANK) & ~doubted
    left_out = travels & ~of_address & (pl.col("severity") == Severity.REJECT)
    found = emails.filter(pl.col("row").is_in(findings["row"].unique().implode()))
    return (
        findings.join(_weights(mapping), on="code", how="left", maintain_order="left")
        .join(
            _addresses(found, no_addresses),
            on="row",
            how="left",
            maintain_order="left",
        )
        .with_columns(
            source=pl.lit(mapping.source),
            severity=pl.when(opt_out | no_address)
            .then(pl.lit(Severity.REJECT.value))
            .when(doubted)
            .then(pl.lit(Severity.WARN.value))
            .when(left_out)
            .then(pl.lit(Severity.BLANK.value))
            .otherwise("severity"),
            message=pl.when(opt_out)
            .then(pl.lit("It cannot be told whether this person opted out; the row was set aside."))
            .when(no_address)
            .then("message_if_set_aside")
            .when(doubted)
            .then("message_if_sent")
            .when(left_out)
            .then("message_if_left_out")
            .otherwise("message"),
        )
        .with_columns(message=pl.concat_str("message", "suggestion", separator=" ", ignore_nulls=True))
        .select(ISSUES.names())
        .sort("row", maintain_order=True)
    )


def _addresses(emails: pl.DataFrame, no_addresses: pl.Series) -> pl.DataFrame:
    """Return the addresses of rows. What stands in their place may be anything, and stays in the rejected table."""
    return emails.with_columns(pl.when(~pl.col("row").is_in(no_addresses.implode())).then(EMAIL).alias(EMAIL))


def _weights(mapping: SourceMapping) -> pl.DataFrame:
    severities = {code: mapping.severity.get(code, rule.severity) for code, rule in RULES.items()}
    return pl.DataFrame(
        {
            "code": [code.value for code in severities],
            "severity": [severity.value for severity in severities.values()],
            "message": [sentence(code, severity) for code, severity in severities.items()],
            "message_if_set_aside": [sentence(code, Severity.REJECT) for code in severities],
            "message_if_left_out": [sentence(code, Severity.BLANK) for code in severities],
            "message_if_sent": [sentence(code, Severity.WARN) for code in severities],
        }
    )
