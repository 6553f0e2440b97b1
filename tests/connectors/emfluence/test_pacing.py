"""That threads together keep the pace, and that waiting is counted."""

import threading

import pytest

from connectors.emfluence.pacing import Pacer, PacingReport
from tests.connectors.emfluence.clocks import Clock


def test_waits_are_slept_and_counted(clock: Clock) -> None:
    """The report is what a run's page shows about its pace."""
    pacer = Pacer(2, 5, clock, clock.sleep)
    for _ in range(5):
        with pacer.turn() as turn:
            pacer.sent(turn)
    pacer.wait_to_retry(3.0)
    pacer.wait_to_retry(0.0)
    report = pacer.report()
    assert (report.requests, report.retries, report.throttled, report.slowdowns) == (5, 2, 0, 0)
    gap = 0.9 * 1.015 / 2
    assert clock.slept == [pytest.approx(wait) for wait in (gap, 1.015 - gap, gap, 1.015 - gap, 3.0)]
    assert report.seconds_waited == pytest.approx(sum(clock.slept))


def test_a_turn_ends_also_when_its_request_fails(clock: Clock) -> None:
    """A connection that is never given back would stop everybody in the end."""
    pacer = Pacer(9, 1, clock, clock.sleep)
    for _ in range(3):
        with pytest.raises(KeyError), pacer.turn():
            raise KeyError
    assert pacer.report().requests == 3


def test_a_thread_waits_for_a_connection_until_another_gives_it_back(clock: Clock) -> None:
    """The wait hangs on the other's answer, not on a clock."""
    pacer = Pacer(9, 1, clock, clock.sleep)
    order: list[str] = []

    def second() -> None:
        with pacer.turn():
            order.append("second")

    with pacer.turn():
        thread = threading.Thread(target=second)
        thread.start()
        thread.join(0.05)
        order.append("first")
    thread.join()
    assert order == ["first", "second"]


def test_throttling_is_counted_and_slows(clock: Clock) -> None:
    """Throttled answers and slow-downs differ: a burst is many of the one and one of the other."""
    pacer = Pacer(9, 5, clock, clock.sleep)
    with pacer.turn() as first, pacer.turn() as second:
        pacer.throttled(first, "")
        pacer.throttled(second, "")
    report = pacer.report()
    assert (report.throttled, report.slowdowns) == (2, 1)


def test_it_is_hopeless_after_three_403s_in_a_row(clock: Clock) -> None:
    """Waiting longer helps nobody then; a good answer in between starts the count anew."""
    pacer = Pacer(9, 5, clock, clock.sleep)
    for expected in (False, False, True):
        with pacer.turn() as turn:
            pacer.limited(turn, forbidden=True)
        assert pacer.is_hopeless() is expected
    with pacer.turn() as turn:
        pacer.answered(turn)
    assert not pacer.is_hopeless()


def test_nothing_done_reports_nothing(clock: Clock) -> None:
    """A sync without changes sends nothing, and says so."""
    assert Pacer(9, 5, clock, clock.sleep).report() == PacingReport()


def test_many_threads_never_overlap_more_than_the_connections(clock: Clock) -> None:
    """Counted inside the turns themselves."""
    pacer = Pacer(9, 3, clock, clock.sleep)
    lock, inside, most = threading.Lock(), [0], [0]

    def work() -> None:
        for _ in range(20):
            with pacer.turn():
                with lock:
                    inside[0] += 1
                    most[0] = max(most[0], inside[0])
                with lock:
                    inside[0] -= 1

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most[0] <= 3
    assert pacer.report().requests == 120


def test_the_second_counts_from_when_a_request_has_left(clock: Clock) -> None:
    """An answer that takes long is no reason to wait longer; a connection that opens slowly is."""
    pacer = Pacer(1, 5, clock, clock.sleep)
    with pacer.turn() as turn:
        clock.now += 5.0
        pacer.sent(turn)
        clock.now += 10.0
    with pacer.turn() as second:
        assert second.started == turn.started + 15.0
    assert clock.slept == []


def test_a_thread_goes_on_as_soon_as_another_s_request_has_left(clock: Clock) -> None:
    """It waits for the other's sending, not for its answer."""
    pacer = Pacer(1, 5, clock, clock.sleep)

    def second() -> None:
        with pacer.turn():
            done.set()

    done = threading.Event()
    with pacer.turn() as turn:
        thread = threading.Thread(target=second)
        thread.start()
        assert not done.wait(0.05)
        pacer.sent(turn)
        assert done.wait(5)
    thread.join()
