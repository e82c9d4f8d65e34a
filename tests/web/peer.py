"""Two peers that answer the same questions: our Python here, the JavaScript in a process of Node.

A question is a JSON object. `open` opens a bundle under a name, `verify` judges bytes or a text
with what was opened, `examine` judges one document by all that was read from it, `held` tells what
the texts of codes hold, `document` what a PDF does, `read` reads one file. An answer holds every
code, and nothing else.
"""

import contextlib
import json
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from threading import Thread
from typing import Any, Final, Self, TypeAlias
from unittest.mock import patch

from credential.cbor import encode as encode_cbor
from credential.errors import FormatError, KeyFormatError
from credential.keys import load_key
from credential.qr_text import qr_decode
from credential.status import decode_status_list
from credential.status_details import decode_status_details
from credential.types import load_type
from registry.anchor_file import decode_trust_anchor
from registry.bundle import open_bundle
from registry.errors import (
    EvidenceError,
    JournalError,
    SnapshotError,
    TrustAnchorError,
    TrustDataError,
    TrustStateError,
)
from registry.evidence import clique, qbft
from registry.evidence.file import decode_chain_evidence
from registry.evidence.header import decode_header
from registry.evidence.prove import claimed
from registry.journal import read_journal_file
from registry.recognition import decode_tail
from registry.snapshot import snapshot_digest
from registry.snapshot_reader import decode_snapshot
from registry.trust import replay
from registry.trust_data import Floor, TrustData
from verifier import Policy, Reason, Verdict, verify
from verifier.documents import Held, PlaceKind, Reading, read_document
from verifier.errors import DocumentError
from verifier.examine import examine
from verifier.verify import malformed, verify_without_trust

PEER = Path(__file__).with_name("peer.js")
Json: TypeAlias = Any


class NodePeer:
    """The JavaScript verifier. Questions go in as fast as it takes them; answers keep the order."""

    def __init__(self, script: Path = PEER) -> None:
        self._script = script

    def __enter__(self) -> Self:
        node = Path(sys.executable).with_name("node")
        self._process = subprocess.Popen(
            [str(node), str(self._script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        return self

    def __exit__(self, error: type[BaseException] | None, *_: object) -> None:
        if error is not None:
            self._process.kill()  # it may hang, or still write what nobody reads
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            with contextlib.suppress(BrokenPipeError):
                pipe.close()
        self._process.wait(timeout=30)

    def answers(self, questions: list[Json], answer_here: Callable[[Json], Json]) -> list[Json]:
        """Its answer to each, beside the one that is made here meanwhile."""
        writer = Thread(target=self._write, args=(questions,))
        writer.start()
        here = [answer_here(question) for question in questions]
        assert self._process.stdout is not None
        there = [json.loads(self._process.stdout.readline()) for _ in questions]
        writer.join()
        return list(zip(here, there, strict=True))

    def _write(self, questions: Iterable[Json]) -> None:
        assert self._process.stdin is not None
        with contextlib.suppress(BrokenPipeError):  # the reader finds that it has ended
            for question in questions:
                self._process.stdin.write(json.dumps(question) + "\n")
            self._process.stdin.flush()


class PythonPeer:
    """Our own verifier, asked the same questions."""

    def __init__(self) -> None:
        self._opened: dict[str, TrustData | str] = {}

    def answer(self, question: Json) -> Json:
        """What `verifier` and `registry` say, in the words of peer.js."""
        operations = {
            "open": self._open,
            "verify": self._verify,
            "read": _read,
            "follow": _follow,
            "examine": self._examine,
            "held": _held,
            "document": _document,
        }
        return operations[question["op"]](question)

    def trust(self, name: str) -> TrustData | str:
        """What was opened under a name, or the code it was refused with."""
        return self._opened[name]

    def _open(self, question: Json) -> Json:
        floor, anchor = question["floor"], question["anchor"]
        try:
            trust = open_bundle(
                bytes.fromhex(question["bundle"]),
                anchor=None if anchor is None else decode_trust_anchor(bytes.fromhex(anchor)),
                floor=floor and Floor(floor["size"], bytes.fromhex(floor["head"]), floor["as_of"]),
            )
        except TrustDataError as error:
            self._opened[question["as"]] = str(error.code)
            return {"refused": error.code}
        except TrustAnchorError:
            self._opened[question["as"]] = "trust.malformed"
            return {"refused": "trust.malformed"}
        self._opened[question["as"]] = trust
        return {"opened": [_summary(trust), *(_summary(guest.trust) for guest in trust.guests)]}

    def _verify(self, question: Json) -> Json:
        verdict = self._judged(question)
        return {
            "outcome": verdict.outcome.value,
            "checks": [
                [
                    check.name.value,
                    check.result.value,
                    check.reason.value,
                    "" if check.as_of is None else str(check.as_of),
                ]
                for check in verdict.checks
            ],
            "recognition": verdict.guest and verdict.guest.number,
        }

    def _judged(self, question: Json) -> Verdict:
        at = question["at"]
        try:
            text = question.get("text")
            sealed = bytes.fromhex(question["sealed"]) if text is None else qr_decode(text).sealed
        except FormatError as error:
            return malformed(error.code, at)
        trust = self._opened[question["trust"]]
        if isinstance(trust, str):
            return verify_without_trust(sealed, Reason(trust), at)
        return verify(sealed, trust, at, Policy(**question["policy"]))

    def _examine(self, question: Json) -> Json:
        places = tuple(
            Held(PlaceKind(one["kind"]), one["page"], bytes.fromhex(one["sealed"]), None, fault)
            for one, fault in ((one, one["fault"]) for one in question["places"])
        )
        records = tuple(map(bytes.fromhex, question["records"]))

        def judge(sealed: bytes) -> Verdict:
            return self._judged({**question, "sealed": sealed.hex()})

        found = examine("", Reading(places, records), judge, question["at"])
        return {
            "outcome": found.outcome.value,
            "document": [found.document.result.value, found.document.reason.value],
            "verdicts": [
                [
                    *(held.kind.value, held.page, verdict.outcome.value),
                    [check.reason.value for check in verdict.checks],
                ]
                for held, verdict in found.verdicts
            ],
            "record_state": found.record_state.value,
            "record": None if found.record is None else encode_cbor(found.record).hex(),
        }


def _held(question: Json) -> Json:
    """What these texts hold, of the codes in a picture or typed."""
    texts = question["texts"]
    try:
        if question["source"] == "picture":
            with patch("verifier.scan.read_picture", lambda _: texts):
                held = read_document(b"RIFF").held
        else:
            held = read_document(texts[0].encode(), "a.txt").held
    except DocumentError as error:
        return {"refused": error.reason.value}
    told = ((one.sealed.hex(), one.url, one.fault) for one in held)
    return {"held": [{"sealed": sealed, "url": url, "fault": fault} for sealed, url, fault in told]}


def _document(question: Json) -> Json:
    """What a PDF holds: places in their order, then records."""
    try:
        reading = read_document(bytes.fromhex(question["file"]))
    except DocumentError as error:
        return {"refused": error.reason.value}
    held = [
        [one.kind.value, one.page, one.sealed.hex(), one.url, one.fault] for one in reading.held
    ]
    return {"held": held, "records": [record.hex() for record in reading.records]}


def _summary(trust: TrustData) -> list[str]:
    evidence = trust.evidence
    return [
        *map(str, (trust.state.size, evidence.as_of, int(evidence.strength))),
        trust.state.head.hex(),
    ]


def _follow(question: Json) -> Json:
    """Which block of these headers counts, from these validators on."""
    follow = qbft.follow if question["engine"] == 1 else clique.follow
    try:
        headers = [decode_header(bytes.fromhex(header)) for header in question["headers"]]
        validators = [bytes.fromhex(address) for address in question["validators"]]
        block = follow(headers, validators, question["epoch"])
    except EvidenceError:
        return {"refused": "no evidence"}
    sealed_by = [address.hex() for address in block.sealed_by]
    return {"block": block.header.number, "hash": block.block_hash.hex(), "sealed_by": sealed_by}


def _replayed(file: bytes) -> str:
    """The digest of the snapshot, or the index of the first entry that breaks a rule."""
    try:
        journal = read_journal_file(file)
        state = replay(journal.chain_id, journal.contract, journal.entries)
    except JournalError as error:
        return f"refused at {error.index}"
    try:
        return snapshot_digest(state).hex()
    except (FormatError, TrustStateError):
        return "no snapshot"


_READERS: Final[dict[str, Callable[[bytes], object]]] = {
    "status": decode_status_list,
    "details": decode_status_details,
    "type": load_type,
    "anchor": decode_trust_anchor,
    "key": load_key,
    "recognition": decode_tail,
    "journal": _replayed,
    "snapshot": decode_snapshot,
    "evidence": lambda file: claimed(decode_chain_evidence(file), bytes(20)),
}


def _read(question: Json) -> Json:
    try:
        read = _READERS[question["what"]](bytes.fromhex(question["file"]))
    except (FormatError, EvidenceError) as error:
        is_evidence = question["what"] == "evidence"
        return {"refused": "no evidence" if is_evidence else error.code}
    except KeyFormatError:
        return {"refused": "no key"}
    except (TrustAnchorError, SnapshotError):
        return {"refused": "trust.malformed"}
    except JournalError:
        return {"refused": "nothing"}
    return {"refused": None, "journal": read if isinstance(read, str) else None}
