"""Counts what many documents amount to, and tells which files hold the same credential."""

import json
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from credential.display import one_line
from verifier.examine import worst
from verifier.many.facts import MOST_NAME
from verifier.many.told import Told
from verifier.verdict import Outcome


class Summary(NamedTuple):
    """What a run amounts to; where it was broken off, `done` documents of `total` were checked."""

    total: int
    done: int
    passed_over: int
    outcomes: dict[Outcome, int]
    codes: dict[str, int]
    duplicates: int
    is_complete: bool

    @property
    def outcome(self) -> Outcome:
        """The worst outcome; a document that was not reached is one we know nothing about."""
        reached = [outcome for outcome in Outcome if self.outcomes.get(outcome)]
        return worst(reached if self.is_complete else [*reached, Outcome.INDETERMINATE])


class Tally:
    """The count so far, in order of the inputs."""

    def __init__(self, names: Sequence[str], passed_over: int) -> None:
        self._names = names
        self._passed_over = passed_over
        self._outcomes: Counter[Outcome] = Counter()
        self._codes: Counter[str] = Counter()
        self._first_with: dict[str, int] = {}
        self._duplicates = 0
        self.done = 0

    def add(self, told: Told) -> Told:
        """Count one document; return it with the first file that held the same credential."""
        number = self.done
        self.done += 1
        self._outcomes[told.outcome] += 1
        self._codes.update(told.facts.codes)
        first = number
        if told.facts.leaf_hash:
            first = self._first_with.setdefault(told.facts.leaf_hash, number)
        if first == number:
            return told
        self._duplicates += 1
        return _duplicate(told, self._names[first])

    def summary(self, *, is_complete: bool) -> Summary:
        """Return what has been counted; the most frequent codes first."""
        return Summary(
            total=len(self._names),
            done=self.done,
            passed_over=self._passed_over,
            outcomes={outcome: self._outcomes[outcome] for outcome in Outcome},
            codes=dict(self._codes.most_common()),
            duplicates=self._duplicates,
            is_complete=is_complete,
        )

    def count(self, outcome: Outcome) -> int:
        """Return how many had this outcome so far."""
        return self._outcomes[outcome]


def _duplicate(told: Told, first: str) -> Told:
    facts = told.facts._replace(duplicate_of=one_line(first, MOST_NAME))
    report = told.json
    if report:  # one JSON object on one line: it gets a member more
        report = f'{report[:-1]}, "duplicate_of": {json.dumps(first)}}}'
    return told._replace(facts=facts, json=report)
