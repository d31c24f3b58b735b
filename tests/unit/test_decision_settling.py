from dataclasses import replace

import pytest

from nigoh.domain.camera_status import CameraCounts, CameraStatus, LinkState
from nigoh.domain.sighting import CameraId, PersonId, Status
from nigoh.engine.camera_counts import settled_counts
from nigoh.engine.camera_tally import books_balance
from nigoh.identity.decision import Decision, DecisionPolicy, is_settled

POLICY = DecisionPolicy(0.4, settled_shots=1, settled_unknown_shots=3, settled_by=0.12)
NAMED = Decision(Status.KNOWN, PersonId("Anna"), 0.6, ())
NOBODY = Decision(Status.UNKNOWN, None, 0.1, ())


@pytest.mark.parametrize(
    ("decision", "shots", "settled"),
    [
        (NAMED, 1, True),
        (replace(NAMED, score=0.5), 1, False),  # a name that is not sure
        (NOBODY, 1, False),  # one shot may simply be a bad one
        (NOBODY, 3, True),
    ],
)
def test_a_name_may_be_settled_by_fewer_shots_than_that_somebody_is_unknown(
    decision: Decision, shots: int, *, settled: bool
) -> None:
    assert is_settled(decision, shots, POLICY) is settled


def test_what_waited_when_a_watch_ended_is_booked_as_lost() -> None:
    counts = CameraCounts(
        offered=10, analysed=7, unchanged=1, faces_offered=9, embedded=4, deferred=5, embedded_late=2, late_dropped=1
    )
    status = CameraStatus(
        camera=CameraId("gate"), shard="s", state=LinkState.LOST, since_unix_s=0.0, waiting=2, counts=counts
    )
    assert books_balance(counts, waiting=2, late_waiting=2)
    assert books_balance(settled_counts(status), waiting=0, late_waiting=0)
