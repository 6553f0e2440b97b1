"""Faults to rehearse: which calls go wrong and how. What that looks like on the wire is in `replies` and `server`."""

import random
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Literal

Drop = Literal["before_reading", "before_applying", "after_applying"]
"""When the connection is reset: before the request's body is read, before it is applied, or after."""

Damage = Literal["malformed", "truncated", "wrong_type", "empty"]
"""What is done to a true answer: broken JSON, a body shorter than its Content-Length, a JSON list, no body."""


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One rule: the calls it meets, then what happens to them. Effects may be combined.

    At most one of `calls`, `every`, `first` and `probability` says which calls; none means all.

    Attributes:
        endpoint: `resource/method`, where `*` stands for anything.
        calls: Call numbers, from 1, counted among the calls that the endpoint pattern meets.
        every: Each n-th call.
        first: The first n calls.
        probability: From 0 to 1, drawn with the plan's seed.
        drop: Resets the connection.
        delay: Seconds before the call is applied.
        delay_answer: Seconds between applying and answering.
        status: An HTTP status instead of an answer.
        code: An API error code instead of an answer.
        message: The error's sentence, with `code`.
        apply: Whether the call is carried out although `status`, `code` or `raw` replaces its answer.
        headers: Headers added to the answer.
        body: Damages the true answer.
        raw: A body sent as it is, as text or as bytes, instead of an answer.
        drip: Seconds between the bytes of the body.
        throttled: Text of the throttle header.
        merge: Keys laid over the true answer's envelope; objects are merged, everything else is replaced.
        lose_rows: Rows of an import, from 1, that are neither applied nor counted nor warned about.
        revoke_token: Revokes the call's token before it is checked.
    """

    endpoint: str = "*"
    calls: tuple[int, ...] = ()
    every: int | None = None
    first: int | None = None
    probability: float | None = None
    drop: Drop | None = None
    delay: float = 0.0
    delay_answer: float = 0.0
    status: int | None = None
    code: int | None = None
    message: str = "A rehearsed fault."
    apply: bool = False
    headers: dict[str, str] = field(default_factory=dict)
    body: Damage | None = None
    raw: str | bytes | None = None
    drip: float = 0.0
    throttled: str | None = None
    merge: dict[str, object] = field(default_factory=dict)
    lose_rows: tuple[int, ...] = ()
    revoke_token: bool = False

    def applies_call(self) -> bool:
        """Tell whether the call is carried out."""
        if self.drop is not None:
            return self.drop == "after_applying"
        replaced = self.status is not None or self.code is not None or self.raw is not None
        return self.apply or not replaced

    def summary(self) -> str:
        """Name the effects, for the request log."""
        effects = ("drop", "delay", "delay_answer", "status", "code", "body", "raw", "drip", "throttled", "merge")
        rest = ("lose_rows", "revoke_token", "headers")
        return " ".join(name for name in effects + rest if getattr(self, name) not in (None, 0.0, (), {}, False))


NO_FAULT = Fault()


class FaultPlan:
    """Faults in order; the first that meets a call happens to it. Safe to share between threads.

    Attributes:
        faults: The rules.
        seed: What the draws of `probability` come from; the same seed and the same order of calls repeat them.
    """

    def __init__(self, faults: Sequence[Fault] = (), seed: int | None = None) -> None:
        """Start counting calls.

        Args:
            faults: The rules, the first that meets a call wins.
            seed: Any whole number; None draws one, to be read from `seed`.
        """
        self.faults = tuple(faults)
        self.seed = random.SystemRandom().randrange(2**32) if seed is None else seed
        self._random = random.Random(self.seed)  # noqa: S311 - repeatable draws are the point, secrecy is not
        self._counts = [0] * len(self.faults)
        self._lock = threading.Lock()

    @property
    def is_random(self) -> bool:
        """Whether the seed matters."""
        return any(fault.probability is not None for fault in self.faults)

    def choose(self, endpoint: str) -> Fault:
        """Count a call and give what happens to it; `NO_FAULT` where nothing does.

        A request that the limits refuse never comes here and is not counted.
        """
        with self._lock:
            met = [i for i, fault in enumerate(self.faults) if fnmatchcase(endpoint, fault.endpoint)]
            for i in met:
                self._counts[i] += 1
            due = [self.faults[i] for i in met if self._is_due(self.faults[i], self._counts[i])]
        return due[0] if due else NO_FAULT

    def _is_due(self, fault: Fault, call: int) -> bool:
        if fault.calls:
            return call in fault.calls
        if fault.every is not None:
            return call % fault.every == 0
        if fault.first is not None:
            return call <= fault.first
        return fault.probability is None or self._random.random() < fault.probability
