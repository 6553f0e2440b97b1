"""The closed list of ways in which a source row's sync can end."""

from enum import StrEnum


class Outcome(StrEnum):
    """The one end of a source row in a sync."""

    ACKNOWLEDGED = "acknowledged"
    """Sent, and the platform applied it."""

    ACKNOWLEDGED_WITH_WARNING = "acknowledged_with_warning"
    """Applied, and somebody should read what the platform or our own checks said about it."""

    UNCHANGED = "unchanged"
    """The ledger has this very payload already: nothing was sent."""

    DUPLICATE = "duplicate"
    """Another row won this e-mail."""

    INVALID = "invalid"
    """Failed validation; never sent."""

    REFUSED = "refused"
    """Sent, and the platform refused the row."""

    HELD_BACK = "held_back"
    """Opted out, forgotten, or stopped by a rule."""

    SUPERSEDED = "superseded"
    """The ledger holds newer data for this e-mail."""

    PENDING = "pending"
    """Not known to be applied: sent again next time."""
