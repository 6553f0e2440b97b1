"""The arithmetic of pacing: the sliding second, the connections, slowing down and coming back."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.emfluence.pace import RECOVERY_SECONDS, WINDOW_SECONDS, Pace

GAP = 0.9 * WINDOW_SECONDS / 9


def full_speed(requests: int = 9, connections: int = 100) -> Pace:
    """Return a pace that nothing has slowed yet."""
    return Pace(requests, connections)


def send(pace: Pace, now: float) -> int:
    """Start a request that is on its way, and answered, at once."""
    ticket = pace.start(now)
    pace.sent(ticket, now)
    pace.finish(ticket, now)
    return ticket


def test_the_tenth_request_waits_until_the_first_is_a_second_old() -> None:
    """API: more than 9 requests in a second are throttled."""
    pace = full_speed()
    for number in range(9):
        assert pace.delay(number * GAP) == pytest.approx(0)
        send(pace, number * GAP)
    assert pace.delay(0.95) == pytest.approx(WINDOW_SECONDS - 0.95)
    assert pace.delay(WINDOW_SECONDS) == 0


def test_requests_are_spread_over_the_second() -> None:
    """Nine at once would queue at the server, arrive late there, and so come too close to the next nine."""
    pace = full_speed()
    send(pace, 0.0)
    assert pace.delay(0.0) == pytest.approx(GAP)
    assert pace.delay(GAP / 3) == pytest.approx(GAP * 2 / 3)
    assert pace.delay(GAP) == 0


def test_a_slower_rate_is_spread_further() -> None:
    """Four a second are a quarter of a second apart, or nearly."""
    pace = full_speed(8)
    send(pace, 0.0)
    pace.throttled(started=0.0, now=0.0, header="")
    assert pace.delay(0.0) == pytest.approx(WINDOW_SECONDS / 4 * 0.9)


def test_a_request_counts_from_when_it_has_left_not_from_when_it_may() -> None:
    """A new connection takes its time to open; counted from before that, the next second would start too early."""
    pace = full_speed(1)
    ticket = pace.start(0.0)
    assert pace.delay(5.0) == math.inf
    pace.sent(ticket, 5.0)
    assert pace.delay(5.0) == pytest.approx(WINDOW_SECONDS)
    pace.finish(ticket, 20.0)
    assert pace.delay(20.0) == 0


def test_a_request_that_never_left_counts_until_it_is_over() -> None:
    """One that failed to connect may still have arrived, as far as we know."""
    pace = full_speed(1)
    ticket = pace.start(0.0)
    pace.finish(ticket, 7.0)
    assert pace.delay(7.0) == pytest.approx(WINDOW_SECONDS)


def test_the_window_is_a_little_more_than_a_second() -> None:
    """Little enough for 98 % of the limit, and more than a second because requests do not all travel equally fast."""
    assert 1.01 < WINDOW_SECONDS < 1.02


def test_no_more_requests_are_in_flight_than_there_are_connections() -> None:
    """API: more than 5 simultaneous connections may be answered with 403."""
    pace = full_speed(9, 2)
    first, _ = pace.start(0.0), pace.start(0.0)
    assert pace.delay(100.0) == math.inf
    pace.finish(first, 100.0)
    assert pace.delay(102.0) == 0


def test_throttling_halves_the_rate_down_to_one() -> None:
    """Slowing down must never mean standing still."""
    pace = full_speed(9)
    rates = []
    for now in range(5):
        pace.throttled(started=now, now=now + 0.5, header="")
        rates.append(pace.rate)
    assert rates == [4, 2, 1, 1, 1]


def test_requests_that_were_throttled_together_slow_once() -> None:
    """Five answers to one burst are one message, not five."""
    pace = full_speed(9)
    for started in (0.0, 0.5, 1.0):
        pace.throttled(started, now=1.0, header="")
    assert (pace.rate, pace.slowdowns) == (4, 1)


def test_the_rate_comes_back_gently() -> None:
    """One request per second more each time that nothing happened for a while."""
    pace = full_speed(4)
    pace.throttled(started=0.0, now=0.0, header="")
    assert pace.rate == 2
    pace.delay(RECOVERY_SECONDS - 0.1)
    assert pace.rate == 2
    pace.delay(RECOVERY_SECONDS)
    assert pace.rate == 3
    pace.delay(100 * RECOVERY_SECONDS)
    assert pace.rate == 4


def test_the_seconds_in_the_header_are_waited() -> None:
    """A server that says how long is believed, within reason."""
    pace = full_speed()
    pace.throttled(started=0.0, now=10.0, header="2")
    assert pace.delay(10.0) == 2.0
    assert pace.delay(12.0) == 0


@given(
    st.lists(st.tuples(st.floats(0, 0.5), st.floats(0, 0.3), st.booleans()), min_size=30, max_size=120),
    st.integers(1, 9),
    st.integers(1, 5),
)
def test_no_sliding_second_holds_too_many(steps: list[tuple[float, float, bool]], limit: int, connections: int) -> None:
    """Over all patterns of starting, slow sending, throttling and finishing."""
    pace, now = Pace(limit, connections), 0.0
    sent: list[float] = []
    flying: list[int] = []
    for pause, sending, throttled in steps:
        now += pause
        while (delay := pace.delay(now)) > 0:
            if math.isinf(delay):
                pace.finish(flying.pop(0), now)
            else:
                now += delay
        ticket = pace.start(now)
        flying.append(ticket)
        assert len(flying) <= connections
        now += sending
        pace.sent(ticket, now)
        sent.append(now)
        if throttled:
            pace.throttled(now - sending, now, "")
    for position in range(len(sent) - limit):
        assert sent[position + limit] - sent[position] > 1.0
