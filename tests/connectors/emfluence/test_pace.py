"""The arithmetic of pacing: the sliding second, the connections, slowing down and coming back."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.emfluence.pace import RECOVERY_SECONDS, WINDOW_SECONDS, Pace, throttle_seconds

DOCUMENTED = (
    "Request was throttled for 2 seconds. 2 requests are running.  The maximum is 5 requests.  "
    "4 requests processed in the last 1 second"
)


def full_speed(requests: int = 9, connections: int = 100) -> Pace:
    """Return a pace that nothing has slowed yet."""
    return Pace(requests, connections)


def send(pace: Pace, now: float) -> int:
    """Start a request that is on its way, and answered, at once."""
    ticket = pace.start()
    pace.sent(ticket, now)
    pace.finish(ticket, now)
    return ticket


def test_the_tenth_request_waits_until_the_first_is_a_second_old() -> None:
    """API: more than 9 requests in a second are throttled."""
    pace = full_speed()
    for number in range(9):
        assert pace.delay(number / 100) == 0
        send(pace, number / 100)
    assert pace.delay(0.5) == pytest.approx(WINDOW_SECONDS - 0.5)
    assert pace.delay(WINDOW_SECONDS) == 0


def test_a_request_counts_from_when_it_has_left_not_from_when_it_may() -> None:
    """A new connection takes its time to open; counted from before that, the next second would start too early."""
    pace = full_speed(1)
    ticket = pace.start()
    assert pace.delay(5.0) == math.inf
    pace.sent(ticket, 5.0)
    assert pace.delay(5.0) == pytest.approx(WINDOW_SECONDS)
    pace.finish(ticket, 20.0)
    assert pace.delay(20.0) == 0


def test_a_request_that_never_left_counts_until_it_is_over() -> None:
    """One that failed to connect may still have arrived, as far as we know."""
    pace = full_speed(1)
    ticket = pace.start()
    pace.finish(ticket, 7.0)
    assert pace.delay(7.0) == pytest.approx(WINDOW_SECONDS)


def test_no_more_requests_are_in_flight_than_there_are_connections() -> None:
    """API: more than 5 simultaneous connections may be answered with 403."""
    pace = full_speed(9, 2)
    first, _ = pace.start(), pace.start()
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
    for _ in range(5):
        pace.throttled(started=0.0, now=1.0, header="")
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


def test_a_403_leaves_one_connection_and_waits_half_a_minute() -> None:
    """Idle connections, ours and others', need time to go."""
    pace = full_speed(9, 5)
    pace.limited(started=0.0, now=1.0, forbidden=True)
    assert (pace.lanes, pace.delay(1.0), pace.forbidden_in_a_row) == (1, 30.0, 1)


def test_code_5_leaves_one_connection_and_waits_less() -> None:
    """Code 5 is an answer: the platform is there and only busy."""
    pace = full_speed(9, 5)
    pace.limited(started=0.0, now=1.0, forbidden=False)
    assert (pace.lanes, pace.delay(1.0), pace.forbidden_in_a_row) == (1, 5.0, 0)


def test_a_longer_wait_that_the_server_asks_for_wins() -> None:
    """Half a minute is our guess; the server's word is better."""
    pace = full_speed()
    pace.limited(started=0.0, now=0.0, forbidden=True, retry_after=90.0)
    assert pace.delay(0.0) == 90.0


def test_403s_to_requests_that_were_on_their_way_together_count_once() -> None:
    """Five in flight may all be refused; that is one time too many connections, not five in a row."""
    pace = full_speed(9, 5)
    for _ in range(5):
        pace.limited(started=0.0, now=1.0, forbidden=True)
    assert (pace.forbidden_in_a_row, pace.slowdowns) == (1, 1)


def test_an_older_request_s_good_answer_does_not_end_the_row() -> None:
    """It was let through before the limit was reached, and says nothing about now."""
    pace = full_speed(9, 5)
    pace.limited(started=1.0, now=2.0, forbidden=True)
    pace.answered(started=0.5)
    assert pace.forbidden_in_a_row == 1
    pace.answered(started=40.0)
    assert pace.forbidden_in_a_row == 0


def test_connections_come_back_after_the_wait_one_by_one() -> None:
    """The time that was spent waiting shows nothing."""
    pace = full_speed(9, 5)
    pace.limited(started=0.0, now=0.0, forbidden=True)
    pace.delay(30.0 + RECOVERY_SECONDS - 0.1)
    assert pace.lanes == 1
    pace.delay(30.0 + RECOVERY_SECONDS)
    assert pace.lanes == 2
    pace.delay(30.0 + 10 * RECOVERY_SECONDS)
    assert pace.lanes == 5


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("2", 2),
        (" 60 ", 60),
        ("5s", 5),
        ("7 seconds", 7),
        (DOCUMENTED, 2),
        ("0", 0),
        ("61", 0),
        ("-3", 0),
        ("1000000000", 0),
        ("9" * 5000, 0),
        ("2.5", 0),
        ("", 0),
        ("slow down", 0),
        ("4 requests processed", 0),
        ("Wed, 21 Oct 2026 07:28:00 GMT", 0),
        ("٣", 3),
    ],
)
def test_seconds_are_read_only_where_they_are_meant(header: str, seconds: float) -> None:
    """The header's text is specified by one example; a number in it may count anything."""
    assert throttle_seconds(header) == seconds


@given(
    st.lists(st.tuples(st.floats(0, 0.5), st.floats(0, 0.3), st.booleans()), min_size=30, max_size=120),
    st.integers(1, 9),
    st.integers(1, 5),
)
def test_no_sliding_second_holds_too_many(steps: list[tuple[float, float, bool]], limit: int, connections: int) -> None:
    """Over all patterns of starting, slow sending, throttling and finishing."""
    pace, now, sent, flying = Pace(limit, connections), 0.0, [], []
    for pause, sending, throttled in steps:
        now += pause
        while (delay := pace.delay(now)) > 0:
            if math.isinf(delay):
                pace.finish(flying.pop(0), now)
            else:
                now += delay
        ticket = pace.start()
        flying.append(ticket)
        assert len(flying) <= connections
        now += sending
        pace.sent(ticket, now)
        sent.append(now)
        if throttled:
            pace.throttled(now - sending, now, "")
    for position in range(len(sent) - limit):
        assert sent[position + limit] - sent[position] > 1.0
