import pytest

from nigoh.engine.embedding_budget import allot


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        ([], []),
        ([0], [0]),
        ([3], [3]),
        ([50], [6]),  # a crowd gets the most of one frame
        ([1, 50, 2], [1, 6, 2]),  # and the others all they ask for
        ([50, 50, 50, 50], [4, 4, 4, 4]),  # a budget that does not suffice is shared evenly
        ([1, 1, 50, 50], [1, 1, 6, 6]),
        ([1] * 20, [1] * 20),  # every frame that asks gets one
    ],
)
def test_faces_are_embedded_within_a_budget(asked: list[int], given: list[int]) -> None:
    assert allot(asked, each=6, together=16) == given
