"""A proposal in words: what will change, for whom, when, who decided, what stays, what stands out.

This is what a council member reads before the approval: the same on a machine with a network and
on one without.
"""

from typing import Any, NamedTuple

from registry.act_pieces import address_told, duration_told, pieces_of, time_told
from registry.decoded_call import DecodedCall
from registry.proposal_code import proposal_code, proposal_digest
from registry.seen import Seen
from registry.stands_out import Alert, what_stands_out
from registry.told import ActWords, Told, act_words, filled, listed, phrase, same


class Explained(NamedTuple):
    """A proposal in words, in both languages."""

    code: str
    title: Told
    what: tuple[Told, ...]
    when: tuple[Told, ...]
    who: tuple[Told, ...]
    stays: tuple[Told, ...]
    alerts: tuple[Alert, ...]
    details: tuple[tuple[str, Told], ...]
    as_of: Told

    def as_members(self) -> dict[str, Any]:
        """Return all of it for programs."""
        return {
            "code": self.code,
            "title": self.title.as_members(),
            **{
                name: [told.as_members() for told in getattr(self, name)]
                for name in ("what", "when", "who", "stays")
            },
            "alerts": [{"alert": one.code, **one.told.as_members()} for one in self.alerts],
            "details": {name: told.as_members() for name, told in self.details},
            "as_of": self.as_of.as_members(),
        }


def explained_proposal(seen: Seen, call: DecodedCall, registry_name: Told) -> Explained:
    """Return a proposal in words; `call` was decoded from `seen.call` on this machine."""
    title = phrase(
        "title",
        number=seen.number,
        state=phrase(f"proposal.{seen.state}"),
        registry=registry_name,
        chain=seen.chain_id,
    )
    words = [(_words(one), pieces_of(one, seen)) for one in call.all()]
    return Explained(
        code_of_proposal(seen),
        title,
        tuple(filled(told.does, {**_target(call), **pieces}) for told, pieces in words),
        _when(seen),
        _who(seen),
        tuple(dict.fromkeys(told.stays for told, _ in words)),
        tuple(what_stands_out(call, seen)),
        tuple((f"{_name(one)}.{key}", told) for one in call.all() for key, told in
              pieces_of(one, seen).items()),
        phrase("as_of", size=seen.journal_size, at=time_told(seen.at)),
    )  # fmt: skip


def code_of_proposal(seen: Seen) -> str:
    """Return the short code of what was seen."""
    council, target = (bytes.fromhex(address[2:]) for address in (seen.council, seen.target))
    return proposal_code(seen.chain_id, council, seen.number, target, seen.call_bytes())


def digest_of_proposal(seen: Seen) -> bytes:
    """Return the digest that binds an approval to what was seen."""
    council, target = (bytes.fromhex(address[2:]) for address in (seen.council, seen.target))
    return proposal_digest(seen.chain_id, council, seen.number, target, seen.call_bytes())


def _words(call: DecodedCall) -> ActWords:
    known = act_words(call.contract or "", call.function or "")
    if known is not None:
        return known
    does = phrase("unknown_call", target=call.target, data=f"0x{call.data.hex()}")
    # The sentence is whole: what came from outside may not be taken for a place to fill.
    return ActWords(
        Told(*(text.replace("{", "{{").replace("}", "}}") for text in does)),
        phrase("stays.unknown"),
    )


def _target(call: DecodedCall) -> dict[str, Told]:
    return {"target": same(call.target)}


def _name(call: DecodedCall) -> str:
    return f"{call.contract}.{call.function}" if call.function else call.target


def _when(seen: Seen) -> tuple[Told, ...]:
    if seen.state not in {"open", "scheduled"}:
        return (phrase("when.over", state=phrase(f"proposal.{seen.state}")),)
    if seen.state == "scheduled":
        end = time_told(seen.ready_at + seen.lapse_seconds)
        return (phrase("when.scheduled", ready=time_told(seen.ready_at), end=end),)
    expires = phrase("when.expires", at=time_told(seen.expires_at))
    if seen.is_immediate:
        return phrase("when.immediate"), expires
    if seen.delay_seconds == 0:
        return phrase("when.refused"), expires
    delayed = phrase(
        "when.delayed",
        delay=duration_told(seen.delay_seconds),
        earliest=time_told(seen.at + seen.delay_seconds),
        lapse=duration_told(seen.lapse_seconds),
    )
    return delayed, expires


def _who(seen: Seen) -> tuple[Told, ...]:
    approved = {address.lower() for address in seen.approved_by}
    missing = [address for address in seen.members if address.lower() not in approved]
    return (
        phrase("who.proposed", who=address_told(seen.proposer, seen)),
        phrase(
            "who.approved",
            count=len(approved),
            needed=seen.needed,
            who=listed([address_told(one, seen) for one in seen.approved_by]),
        ),
        phrase("who.missing", who=listed([address_told(one, seen) for one in missing])),
    )
