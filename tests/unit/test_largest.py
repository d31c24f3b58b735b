"""How the largest sustained size is found, and with how many trials."""

import pytest

from nigoh.evaluation.largest import find_largest


class Machine:
    """Sustains everything up to a size; remembers what was tried."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.tried: list[int] = []

    def sustains(self, size: int) -> bool:
        self.tried.append(size)
        return size <= self.limit


@pytest.mark.parametrize("limit", [0, 1, 2, 3, 7, 99, 100, 101, 350, 777, 1000])
@pytest.mark.parametrize("begin", [1, 100, 1000])
def test_it_comes_within_a_tenth_of_the_limit(limit: int, begin: int) -> None:
    machine = Machine(limit)
    found = find_largest(machine.sustains, begin, 1000)
    assert found <= limit
    assert limit - found <= max(1, 0.1 * found)
    assert len(machine.tried) <= 15
    assert len(set(machine.tried)) == len(machine.tried), "no size is tried twice"


def test_more_precision_finds_the_limit_itself() -> None:
    assert find_largest(Machine(777).sustains, 100, 1000, precision=0) == 777


def test_a_machine_without_limit_is_tried_up_to_the_most() -> None:
    machine = Machine(10_000)
    assert find_largest(machine.sustains, 100, 500) == 500
    assert machine.tried == [100, 200, 400, 500]


def test_it_ends_with_what_was_found_when_there_is_no_more_time() -> None:
    machine = Machine(350)
    assert find_largest(machine.sustains, 100, 1000, may_go_on=lambda: len(machine.tried) < 2) == 200


def test_a_beginning_beyond_the_most_is_refused() -> None:
    with pytest.raises(ValueError, match="between 1 and 10"):
        find_largest(Machine(5).sustains, 11, 10)
