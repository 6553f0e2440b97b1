"""The arithmetic after an HTTP 403 or a code 5: one connection, a pause, and back one by one."""

from connectors.emfluence.pace import LONGEST_PAUSE_SECONDS, RECOVERY_SECONDS, Pace


def test_a_403_leaves_one_connection_and_waits_half_a_minute() -> None:
    """Idle connections, ours and others', need time to go."""
    pace = Pace(9, 5)
    pace.limited(started=0.0, now=1.0, forbidden=True)
    assert (pace.lanes, pace.delay(1.0), pace.forbidden_in_a_row) == (1, 30.0, 1)


def test_code_5_leaves_one_connection_and_waits_less() -> None:
    """Code 5 is an answer: the platform is there and only busy."""
    pace = Pace(9, 5)
    pace.limited(started=0.0, now=1.0, forbidden=False)
    assert (pace.lanes, pace.delay(1.0), pace.forbidden_in_a_row) == (1, 5.0, 0)


def test_a_longer_wait_that_the_server_asks_for_wins() -> None:
    """Half a minute is our guess; the server's word is better."""
    pace = Pace(9, 5)
    pace.limited(started=0.0, now=0.0, forbidden=True, retry_after=90.0)
    assert pace.delay(0.0) == 90.0
    pace.limited(started=0.0, now=0.0, forbidden=True, retry_after=86400.0)
    assert pace.delay(0.0) == LONGEST_PAUSE_SECONDS


def test_403s_to_requests_that_were_on_their_way_together_count_once() -> None:
    """Five in flight may all be refused; that is one time too many connections, not five in a row."""
    pace = Pace(9, 5)
    for started in (0.0, 0.5, 1.0):
        pace.limited(started, now=1.0, forbidden=True)
    assert (pace.forbidden_in_a_row, pace.slowdowns) == (1, 1)


def test_an_older_request_s_good_answer_does_not_end_the_row() -> None:
    """It was let through before the limit was reached, and says nothing about now."""
    pace = Pace(9, 5)
    pace.limited(started=1.0, now=2.0, forbidden=True)
    pace.answered(started=0.5)
    pace.answered(started=2.0)
    assert pace.forbidden_in_a_row == 1
    pace.answered(started=40.0)
    assert pace.forbidden_in_a_row == 0


def test_connections_come_back_after_the_wait_one_by_one() -> None:
    """The time that was spent waiting shows nothing."""
    pace = Pace(9, 5)
    pace.limited(started=0.0, now=0.0, forbidden=True)
    pace.delay(30.0 + RECOVERY_SECONDS - 0.1)
    assert pace.lanes == 1
    pace.delay(30.0 + RECOVERY_SECONDS)
    assert pace.lanes == 2
    pace.delay(30.0 + 10 * RECOVERY_SECONDS)
    assert pace.lanes == 5
