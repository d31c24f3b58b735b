"""A bounded mailbox: nothing unbounded, nothing uncounted, nobody left waiting."""

import threading

import pytest

from nigoh.engine.mailbox import Closed, Full, Mailbox


def test_a_live_mailbox_keeps_the_newest_and_counts_what_it_dropped() -> None:
    box: Mailbox[int] = Mailbox(2, Full.DROP_OLDEST)
    for value in range(5):
        box.put(value)
    assert box.take(at_most=10) == [3, 4]
    assert (box.offered, box.dropped) == (5, 3)


def test_a_waiting_mailbox_loses_nothing() -> None:
    box: Mailbox[int] = Mailbox(2, Full.WAIT)

    def send() -> None:
        for value in range(200):
            box.put(value)
        box.close()

    sender = threading.Thread(target=send)
    sender.start()
    taken: list[int] = []
    while len(taken) < 200:
        taken += box.take(at_most=3)
    sender.join(5)
    assert taken == list(range(200))
    with pytest.raises(Closed):
        box.take()
    assert (box.offered, box.dropped) == (200, 0)


def test_closing_wakes_a_waiting_sender_and_lets_the_rest_be_taken() -> None:
    box: Mailbox[int] = Mailbox(1, Full.WAIT)
    box.put(1)
    outcome: list[str] = []

    def send() -> None:
        try:
            box.put(2)
        except Closed:
            outcome.append("closed")

    sender = threading.Thread(target=send)
    sender.start()
    box.close()
    sender.join(5)
    assert outcome == ["closed"]
    assert box.take() == [1]
    with pytest.raises(Closed):
        box.take()


def test_a_mailbox_without_room_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        Mailbox(0, Full.WAIT)
