from nigoh.domain.camera import Priority
from nigoh.engine.decode_desk import DecodeDesk, Standing

NORMAL = Standing(Priority.NORMAL, most_wait_s=5.0)
HIGH = Standing(Priority.HIGH, most_wait_s=5.0)
LOW = Standing(Priority.LOW, most_wait_s=5.0)


class Clock:
    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


def open_desk(clock: Clock, **standings: Standing) -> DecodeDesk[str, int]:
    desk: DecodeDesk[str, int] = DecodeDesk(clock)
    for key, standing in standings.items():
        desk.join(key, standing)
    return desk


def serve(desk: DecodeDesk[str, int], clock: Clock, turns: int, turn_s: float) -> list[str]:
    """Every camera always wants something, and each turn takes so long."""
    served = []
    for turn in range(turns):
        for key in ("a", "b", "c", "d"):
            desk.offer(key, turn)
        taken = desk.take(0)
        assert taken is not None
        served.append(taken[0])
        clock.now_s += turn_s
        desk.done(taken[0])
    return served


def test_a_newer_want_takes_the_place_of_the_older_one_which_is_given_back() -> None:
    desk = open_desk(Clock(), a=NORMAL)
    assert desk.offer("a", 1) is None
    assert desk.offer("a", 2) == 1
    assert desk.take(0) == ("a", 2)
    assert desk.take(0) is None


def test_what_both_wants_were_for_can_be_merged() -> None:
    desk: DecodeDesk[str, int] = DecodeDesk(Clock(), merge=lambda older, newer: older + newer)
    desk.join("a", NORMAL)
    desk.offer("a", 1)
    assert desk.offer("a", 20) == 1
    assert desk.take(0) == ("a", 21)


def test_a_camera_is_decoded_by_one_thread_at_a_time() -> None:
    desk = open_desk(Clock(), a=NORMAL)
    desk.offer("a", 1)
    assert desk.take(0) == ("a", 1)
    desk.offer("a", 2)
    assert desk.take(0) is None
    desk.done("a")
    assert desk.take(0) == ("a", 2)


def test_who_cannot_all_be_served_is_served_in_turns() -> None:
    clock = Clock()
    served = serve(open_desk(clock, a=NORMAL, b=NORMAL, c=NORMAL, d=NORMAL), clock, 40, 0.1)
    assert {served.count(key) for key in "abcd"} == {10}


def test_priority_goes_first_and_still_leaves_everybody_the_guaranteed_minimum() -> None:
    clock = Clock()
    desk = open_desk(clock, a=HIGH, b=NORMAL, c=NORMAL, d=LOW)
    served = serve(desk, clock, 1000, 0.1)
    assert served.count("a") > 900
    # 100 s in which each is guaranteed a turn every 5 s.
    for key in "bcd":
        assert 17 <= served.count(key) <= 21


def test_a_camera_that_left_gives_back_what_it_wanted_and_offers_in_vain() -> None:
    desk = open_desk(Clock(), a=NORMAL)
    desk.offer("a", 1)
    assert desk.leave("a") == 1
    assert desk.take(0) is None
    assert desk.offer("a", 2) == 2
    desk.done("a")


def test_a_closed_desk_gives_nothing_and_takes_nothing() -> None:
    desk = open_desk(Clock(), a=NORMAL)
    desk.offer("a", 1)
    desk.close()
    assert desk.take() is None
    assert desk.offer("a", 2) == 2
