"""Whether and when a failed request is sent again; all without a clock."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.emfluence import errors
from connectors.emfluence.retrying import ATTEMPTS, CEILING_SECONDS, TOTAL_SECONDS, Retries, jitter, retry_after

DATE = "Tue, 24 Nov 2026 10:00:00 GMT"


@given(st.integers(1, 100), st.floats(0, 1, exclude_max=True))
def test_a_wait_lies_between_nothing_and_its_ceiling(failed: int, chance: float) -> None:
    """Full jitter: the whole range is used, so that clients spread out."""
    assert 0 <= jitter(failed, chance) <= min(CEILING_SECONDS, 0.5 * 2 ** (failed - 1))


def test_ceilings_double() -> None:
    """A platform in trouble gets more time with every attempt."""
    assert [jitter(failed, 1.0) for failed in range(1, 9)] == [0.5, 1, 2, 4, 8, 16, 30, 30]


def test_six_attempts_are_made() -> None:
    """The sixth failure is the last."""
    retries = Retries(0.0, lambda: 0.0)
    waits = [retries.wait_after(errors.NoAnswer("Gone."), 0.0) for _ in range(ATTEMPTS)]
    assert waits == [0.0] * 5 + [None]


@pytest.mark.parametrize("kind", [errors.Reauthorise, errors.RequestRefused, errors.WrongSettings, errors.UnknownCode])
def test_what_is_not_retryable_ends_at_once(kind: type[errors.Failure]) -> None:
    """The type decides, and nothing else."""
    assert Retries(0.0, lambda: 0.0).wait_after(kind("No."), 0.0) is None


def test_limits_use_up_no_attempt() -> None:
    """Waiting out a limit is not failing."""
    retries = Retries(0.0, lambda: 0.0)
    assert [retries.wait_after(errors.SlowDown("Slow."), 0.0) for _ in range(50)] == [0.0] * 50
    assert retries.wait_after(errors.NoAnswer("Gone."), 0.0) == 0.0


def test_the_total_time_ends_the_attempts() -> None:
    """A wait that the server asks for counts: it must not end beyond the time, for a limit either."""
    for kind in (errors.BadStatus, errors.SlowDown):
        for asked, late in ((None, 0.1), (9.0, -8.9)):
            failure = kind("No.", errors.Facts(retry_after=asked))
            retries = Retries(100.0, lambda: 0.0)
            assert retries.wait_after(failure, 100.0 + TOTAL_SECONDS + late) is None
            assert retries.wait_after(failure, 100.0 + TOTAL_SECONDS + late - 0.2) is not None


def test_a_longer_wait_that_the_server_asks_for_wins() -> None:
    """And a shorter one does not undo the jitter."""
    for asked, wait in ((9.0, 9.0), (0.1, 0.25)):
        failure = errors.BadStatus("Busy.", errors.Facts(retry_after=asked))
        assert Retries(0.0, lambda: 0.5).wait_after(failure, 0.0) == wait


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": " 0 "}, 0.0),
        ({"retry-after": "9" * 5000}, 999999999.0),
        ({"retry-after": "Tue, 24 Nov 2026 10:00:30 GMT", "date": DATE}, 30.0),
        ({"retry-after": "Tue, 24 Nov 2026 09:00:30 GMT", "date": DATE}, 0.0),
        ({"retry-after": "Tue, 24 Nov 2026 10:00:30 GMT"}, None),
        ({"retry-after": "Tue, 24 Nov 2026 10:00:30", "date": DATE}, None),
        ({"retry-after": "soon", "date": DATE}, None),
        ({"retry-after": "-5"}, None),
        ({"retry-after": "1.5"}, None),
        ({"retry-after": "٣"}, None),
        ({"retry-after": ""}, None),
        ({}, None),
    ],
)
def test_retry_after_is_read_in_both_its_forms(headers: dict[str, str], seconds: float | None) -> None:
    """RFC 9110, 10.2.3; a date is measured from the server's own clock, as ours may be wrong."""
    assert retry_after(headers) == seconds
