import threading

from nigoh.engine.batching import Batcher, BatchPolicy


class Clock:
    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


def test_a_batch_takes_the_oldest_of_each_camera_up_to_its_size() -> None:
    batcher: Batcher[str, int] = Batcher(BatchPolicy(most=2), Clock())
    for number, key in enumerate("abc"):
        assert batcher.put(key, number) is None
    assert batcher.take() == [("a", 0), ("b", 1)]
    assert batcher.take() == [("c", 2)]


def test_a_newer_value_takes_the_older_ones_place_and_turn() -> None:
    batcher: Batcher[str, int] = Batcher(BatchPolicy(most=1), Clock())
    batcher.put("a", 1)
    batcher.put("b", 2)
    assert batcher.put("a", 3) == 1
    assert batcher.take() == [("a", 3)]


def test_a_batch_goes_when_it_is_full_or_its_oldest_has_waited_long_enough() -> None:
    policy = BatchPolicy(most=4, max_wait_s=0.02)
    assert policy.wait_s(4, oldest_s=1.0, now_s=1.0) == 0
    assert policy.wait_s(1, oldest_s=1.0, now_s=1.03) == 0
    assert abs(policy.wait_s(1, oldest_s=1.0, now_s=1.005) - 0.015) < 1e-9


def test_a_batch_that_waits_is_filled_meanwhile() -> None:
    batcher: Batcher[str, int] = Batcher(BatchPolicy(most=2, max_wait_s=3600.0), Clock())
    batcher.put("a", 1)
    taken: list[list[tuple[str, int]] | None] = []
    taker = threading.Thread(target=lambda: taken.append(batcher.take()))
    taker.start()
    batcher.put("b", 2)
    taker.join(10)
    assert taken == [[("a", 1), ("b", 2)]]


def test_who_puts_more_than_there_is_room_for_waits() -> None:
    batcher: Batcher[str, int] = Batcher(BatchPolicy(most=1, room=1), Clock())
    batcher.put("a", 1)
    putter = threading.Thread(target=batcher.put, args=("b", 2))
    putter.start()
    assert len(batcher) == 1
    assert batcher.take() == [("a", 1)]
    putter.join(10)
    assert batcher.take() == [("b", 2)]


def test_a_newer_value_needs_no_room() -> None:
    batcher: Batcher[str, int] = Batcher(BatchPolicy(most=1, room=1), Clock())
    batcher.put("a", 1)
    assert batcher.put("a", 2) == 1


def test_an_idle_batcher_says_so_and_a_closed_one_ends() -> None:
    batcher: Batcher[str, int] = Batcher(BatchPolicy(), Clock())
    assert batcher.take(0) == []
    batcher.put("a", 1)
    batcher.close()
    assert batcher.take() is None
    assert batcher.put("b", 2) == 2
    assert batcher.drain() == [("a", 1)]


def test_a_second_value_of_a_camera_sends_the_batch_off_and_costs_the_first_nothing() -> None:
    asked = threading.Event()

    def clock() -> float:
        asked.set()
        return 0.0

    batcher: Batcher[str, int] = Batcher(BatchPolicy(most=8, max_wait_s=3600.0), clock)
    batcher.put("a", 1)
    batcher.put("b", 2)
    asked.clear()
    taken: list[list[tuple[str, int]] | None] = []
    taker = threading.Thread(target=lambda: taken.append(batcher.take()))
    taker.start()
    asked.wait(10)
    assert batcher.put("a", 3) is None, "nothing was replaced"
    taker.join(10)
    assert taken == [[("a", 1), ("b", 2)]]
    assert len(batcher) == 1


def test_whoever_prepares_values_is_told_when_the_next_one_makes_sense() -> None:
    batcher: Batcher[str, int] = Batcher(BatchPolicy(most=1), Clock())
    told: list[str] = []
    batcher.put("a", 1, lambda: told.append("a1"))
    assert told == ["a1"], "the taker has nothing to do"
    assert batcher.take() == [("a", 1)]
    batcher.put("a", 2, lambda: told.append("a2"))
    batcher.put("b", 3, lambda: told.append("b3"))
    assert told == ["a1"], "the taker is busy, and whatever is prepared now may only be replaced"
    assert batcher.take() == [("a", 2)]
    assert told == ["a1", "a2"]
    assert batcher.put("b", 4, lambda: told.append("b4")) == 3
    assert told == ["a1", "a2", "b3"]
    assert batcher.drain() == [("b", 4)]
    assert told == ["a1", "a2", "b3", "b4"], "each is told once, whatever becomes of its value"
    batcher.close()
    assert batcher.put("c", 5, lambda: told.append("c5")) == 5
    assert told[-1] == "c5"
