"""What a gallery holds: blocks of templates, and the people whose they are."""

from collections.abc import Callable, Collection, Mapping
from typing import Any

import numpy as np

from nigoh.domain.geometry import Floats
from nigoh.domain.sighting import PersonId
from nigoh.domain.template import ModelIdentity, Templates, require_same_model
from nigoh.identity.template_blocks import Block, Owners, renewed, with_rows, without_people
from nigoh.identity.template_codes import Precision, encode

Blocks = tuple[Block, ...]


def as_they_are(blocks: Blocks) -> Blocks:
    """The blocks."""
    return blocks


class TemplateStore:
    """Owns the blocks of one gallery. One thread writes; any reads. A pickled one has the rows in use and no index.

    Each change replaces `blocks` as a whole. People are numbered in the order of their enrolment, and no number is
    given twice: `names` only grows, so that a search can name whoever it finds.

    Args:
        model: of the templates.
        precision: how exactly they are kept.
        finish: has the last word on blocks before searches see them.
    """

    def __init__(
        self, model: ModelIdentity, precision: Precision, finish: Callable[[Blocks], Blocks] = as_they_are
    ) -> None:
        self.model = model
        self.blocks: Blocks = ()
        self.names: list[PersonId] = []
        self._precision = precision
        self._finish = finish
        self._numbers: dict[PersonId, int] = {}

    @property
    def people(self) -> tuple[PersonId, ...]:
        """Who is enrolled, in the order of enrolment."""
        return tuple(self._numbers.copy())

    @property
    def size(self) -> int:
        """How many templates there are."""
        return sum(block.count - block.gone for block in self.blocks)

    def whole(self) -> tuple[Floats, Owners]:
        """All templates, (N, D), and (N,) the number of the person whose each is."""
        parts = [(block.codes.whole(rows), block.owners[rows]) for block in self.blocks if len(rows := block.live)]
        if not parts:
            return np.empty((0, self.model.dimension), np.float32), np.empty(0, np.int32)
        return np.concatenate([part for part, _ in parts]), np.concatenate([part for _, part in parts])

    def change(
        self, put: Mapping[PersonId, Templates], removed: Collection[PersonId] = (), *, keep: bool = False
    ) -> None:
        """Give people these templates instead of those that they had, and remove others, all at once.

        Whoever is given none is removed. With `keep` people have their old templates too, and whoever is given none
        stays as they are. Raises TemplateMismatch, and nothing has changed then.
        """
        for templates in put.values():
            require_same_model(self.model, templates.model)
        given = {person: templates for person, templates in put.items() if len(templates)}
        dropped = list(dict.fromkeys([*removed, *([] if keep else put)]))
        numbers = {person: self._number(person) for person in given}
        blocks = without_people(self.blocks, [self._numbers[each] for each in dropped if each in self._numbers])
        if given:
            vectors = np.concatenate([templates.vectors for templates in given.values()])
            owners = np.repeat(list(numbers.values()), [len(templates) for templates in given.values()])
            blocks = with_rows(blocks, encode(vectors, self._precision), owners.astype(np.int32), self._precision)
        self.blocks = self._finish(tuple(renewed(blocks, self._precision)))
        for person in dropped:
            if person not in given:
                self._numbers.pop(person, None)
        self._numbers |= numbers

    def _number(self, person: PersonId) -> int:
        if (number := self._numbers.get(person)) is not None:
            return number
        self.names.append(person)
        return len(self.names) - 1

    def __getstate__(self) -> dict[str, Any]:
        rows = [(block.codes.pick(live), block.owners[live]) for block in self.blocks if len(live := block.live)]
        return vars(self) | {"blocks": rows}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state | {"blocks": ()})
        blocks: list[Block] = []
        for codes, owners in state["blocks"]:
            blocks = with_rows(blocks, codes, owners, self._precision)
        self.blocks = tuple(blocks)
