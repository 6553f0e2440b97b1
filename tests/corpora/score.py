"""What a test set came to: how many of its cases ended in which way, and which of them ended wrong."""

from collections import Counter
from dataclasses import dataclass, field


@dataclass
class Score:
    """The score of one test set.

    Attributes:
        counts: How many cases ended in which way.
        wrong: What none may be: each case that was read as something else, crashed or hung, by its name.
    """

    counts: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def add(self, case: str, end: str, wrong: bool = False) -> None:  # noqa: FBT001, FBT002 - as the scorers return it
        """Count a case."""
        self.counts[end] += 1
        if wrong:
            self.wrong.append(f"{case}: {end}")

    def __str__(self) -> str:
        """Return the counts on one line, and each case that ended wrong on one of its own."""
        counts = ", ".join(f"{count} {end}" for end, count in sorted(self.counts.items()))
        return "\n".join([f"{counts}; {len(self.wrong)} wrong", *(f"  {case}" for case in sorted(self.wrong))])
