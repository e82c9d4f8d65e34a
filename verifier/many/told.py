"""What a worker tells of one document: everything a report may need, as plain text and JSON.

It crosses between processes as JSON, never pickled: the worker has read what an attacker wrote.
"""

import json
from typing import NamedTuple

from verifier.many.facts import Facts
from verifier.verdict import Outcome


class Told(NamedTuple):
    """One document's outcome and facts; its line, and the longer forms where they were asked for.

    line    the summary line, safe on any terminal
    text    the report for a person, or empty
    json    the report for programs, one line of ASCII, or empty
    """

    outcome: Outcome
    facts: Facts
    line: str
    text: str = ""
    json: str = ""


def encode_told(told: Told) -> bytes:
    """Return the bytes that cross to the process that writes the reports."""
    return json.dumps([told.outcome.value, [*told.facts], told.line, told.text, told.json]).encode()


def decode_told(answer: bytes) -> Told:
    """Return what `encode_told` encoded; ValueError for anything else."""
    try:
        outcome, facts, line, text, report = json.loads(answer)
        told = Facts(*facts)
        told = told._replace(codes=tuple(told.codes), page_codes=tuple(told.page_codes))
        return Told(Outcome(outcome), told, line, text, report)
    except (TypeError, RecursionError) as error:
        raise ValueError("a worker gave an answer of another shape") from error
