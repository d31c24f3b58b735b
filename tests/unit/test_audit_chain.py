"""What a check of the audit's chain finds, and what it says about it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from nigoh.domain.audit import AuditAction, AuditEvent
from nigoh.domain.audit_chain import Anchor, ChainBreak, Damage
from nigoh.storage.audit.chain import verify
from nigoh.storage.audit.encoding import FIRST_PREVIOUS, StoredEntry, chained

Chain = list[StoredEntry]


def chain(count: int = 6, reason: str = "") -> Chain:
    entries: Chain = []
    for number in range(1, count + 1):
        event = AuditEvent(action=AuditAction.ENROL, actor="dilnoza", target_id=str(number), reason=reason)
        entries.append(chained(event, number, entries[-1].hash if entries else FIRST_PREVIOUS, 1e9 + number))
    return entries


def rehashed(entry: StoredEntry, **changes: Any) -> StoredEntry:  # noqa: ANN401 - any field
    changed = replace(entry, **changes)
    return replace(changed, hash=changed.true_hash())


def changed_at(number: int, **changes: Any) -> Callable[[Chain], Chain]:  # noqa: ANN401 - any field
    return lambda entries: [replace(each, **changes) if each.number == number else each for each in entries]


def without(*numbers: int) -> Callable[[Chain], Chain]:
    return lambda entries: [each for each in entries if each.number not in numbers]


def swapped(entries: Chain) -> Chain:
    """The third and the fourth have each other's number."""
    return [*entries[:2], replace(entries[3], number=3), replace(entries[2], number=4), *entries[4:]]


def closed_up(entries: Chain) -> Chain:
    """The third is gone, and those after it have moved up."""
    return [*entries[:2], *(replace(each, number=each.number - 1) for each in entries[3:])]


def replaced_and_hashed(entries: Chain) -> Chain:
    return [*entries[:2], rehashed(entries[2], actor="nobody"), *entries[3:]]


def test_an_untouched_chain_is_whole() -> None:
    entries = chain()
    report = verify(iter(entries))
    assert report.first_break is None
    assert (report.entries, report.head) == (6, Anchor(6, entries[-1].hash))


def test_an_audit_without_entries_is_whole() -> None:
    report = verify(())
    assert (report.entries, report.head, report.first_break) == (0, None, None)


@pytest.mark.parametrize(
    ("tamper", "number", "damage"),
    [
        (changed_at(3, actor="nobody"), 3, Damage.CHANGED),
        (changed_at(3, reason="because"), 3, Damage.CHANGED),
        (changed_at(3, unix_s=1e9), 3, Damage.CHANGED),
        (changed_at(3, detail='{"a":1}'), 3, Damage.CHANGED),
        (changed_at(3, detail="no JSON"), 3, Damage.CHANGED),
        (changed_at(3, unix_s="yesterday"), 3, Damage.CHANGED),
        (changed_at(3, unix_s=float("inf")), 3, Damage.CHANGED),
        (changed_at(3, encoding=2), 3, Damage.CHANGED),
        (changed_at(3, hash="f" * 64), 3, Damage.CHANGED),
        (changed_at(3, previous="f" * 64), 3, Damage.CHANGED),
        (without(3), 3, Damage.MISSING),
        (without(3, 4), 3, Damage.MISSING),
        (without(1), 1, Damage.MISSING),
        (swapped, 3, Damage.REORDERED),
        (closed_up, 3, Damage.REORDERED),
        (replaced_and_hashed, 3, Damage.CHANGED),
        (lambda entries: [replace(entries[0], number=0), *entries], 0, Damage.CHANGED),
    ],
)  # fmt: skip
def test_the_first_broken_entry_is_named(tamper: Callable[[Chain], Chain], number: int, damage: Damage) -> None:
    found = verify(tamper(chain())).first_break
    assert found is not None
    assert (found.number, found.damage) == (number, damage)


def test_the_first_of_several_breaks_is_named() -> None:
    found = verify(without(5)(changed_at(2, actor="nobody")(chain()))).first_break
    assert found is not None
    assert found.number == 2


def test_how_many_are_missing_is_said() -> None:
    assert verify(without(3, 4)(chain())).first_break == ChainBreak(3, Damage.MISSING, "entries 3 to 4 are missing")


def test_a_cut_off_end_shows_against_a_head_that_was_noted() -> None:
    entries = chain()
    noted = [Anchor(entries[-1].number, entries[-1].hash)]
    assert verify(entries[:4]).first_break is None
    assert verify(entries[:4], noted).first_break == ChainBreak(
        5, Damage.TRUNCATED, "entries 5 to 6 are cut off at the end"
    )


def test_an_emptied_audit_shows_against_a_head_that_was_noted() -> None:
    found = verify((), [Anchor(1, chain(1)[0].hash)]).first_break
    assert found is not None
    assert (found.number, found.damage) == (1, Damage.TRUNCATED)


def test_a_chain_written_anew_shows_against_a_head_that_was_noted() -> None:
    noted, forged = chain(), chain(reason="better")
    anchors = [Anchor(noted[3].number, noted[3].hash)]
    assert verify(forged).first_break is None
    found = verify(forged, anchors).first_break
    assert found is not None
    assert (found.number, found.damage) == (4, Damage.CHANGED)


def test_heads_that_were_noted_and_are_right_are_counted() -> None:
    entries = chain()
    report = verify(entries, [Anchor(each.number, each.hash) for each in entries[2:5]])
    assert (report.anchors, report.first_break) == (3, None)


def test_the_encoding_is_the_one_that_is_documented() -> None:
    event = AuditEvent(
        action=AuditAction.EXPORT,
        actor="Oʻktam",
        address="10.0.0.7",
        target_kind="person",
        target_id="01j",
        reason='"court"',
        detail={"b": 1.5, "a": True},
    )
    # By hand, from the document: printf '["nigoh-audit",1,1,...' | sha256sum
    assert chained(event, 1, FIRST_PREVIOUS, 1_795_356_185.25).hash == (
        "56e291ab12c8a8a278c67e8aacb11089af607934efce7ff98314ee98ce9c71d6"
    )


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("a\0b", "a\N{REPLACEMENT CHARACTER}b"),
        ("a\ud800b", "a?b"),
        ("x" * 300, "x" * 255 + "…"),
        ("'; DROP TABLE audit; --", "'; DROP TABLE audit; --"),
    ],
)
def test_whatever_is_typed_as_a_name_can_be_written_down(given: str, kept: str) -> None:
    entry = chained(AuditEvent(action=AuditAction.LOGIN_REFUSED, actor=given), 1, FIRST_PREVIOUS, 0.0)
    assert entry.actor == kept
    assert verify([entry]).first_break is None


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 2**80, "\0", "x" * 5000, True, -0.0, 1e300])
def test_whatever_number_is_a_detail_can_be_written_down(value: str | float) -> None:
    event = AuditEvent(action=AuditAction.SETTING, actor="a", detail={"value": value})
    assert verify([chained(event, 1, FIRST_PREVIOUS, 0.0)]).first_break is None
