"""Looking at a proposal on the chain: everything its words need, as of now.

Every node in registry.json that answers is asked for the call, and all must say the same.
"""

from collections.abc import Iterable
from typing import Any, Final

from credential.errors import FormatError, KeyFormatError
from credential.ids import Digest
from credential.keys import kid_of
from credential.types import load_type
from registry.act_pieces import signer_keys
from registry.artifacts import CONTRACT_NAMES, ContractName
from registry.council import PENDING, Proposal, ProposalState
from registry.council_questions import (
    approved_by,
    has_code,
    permission,
    require_same_at_all_nodes,
    transactions_sent,
)
from registry.decoded_call import DecodedCall, decoded
from registry.journal import Journal
from registry.kinds import Kind
from registry.open_registry import OpenRegistry
from registry.payload_codec import decode_payload
from registry.payloads import AgencyAccountsChanged, AgencyRegistered
from registry.public_folder import Document
from registry.rim_errors import PublicFolderError, RegistryNotOpenError
from registry.seen import (
    AccreditationSeen,
    AddressSeen,
    AgencySeen,
    KeySeen,
    Seen,
    SignersSeen,
)
from registry.stands_out_accounts import accounts_named
from registry.sync import Followed
from registry.trust_builder import TrustBuilder
from registry.trust_state import TrustState

_ACCOUNT_KINDS: Final = frozenset({Kind.AGENCY_REGISTERED, Kind.AGENCY_ACCOUNTS_CHANGED})


def look_at(registry: OpenRegistry, number: int) -> tuple[Seen, DecodedCall]:
    """Return what is seen of a proposal now, and its call.

    Raises `CouncilError` for a number never used, `ChainMismatchError` for nodes that disagree.
    """
    council = registry.council()
    proposal = council.proposal(number)
    require_same_at_all_nodes(registry.chain, proposal)
    call = decoded(contracts_of(registry), proposal.target, proposal.call)
    followed = _known(registry)
    state, members = followed.state, council.members()
    at = max(registry.chain.next_block_time(), state.time)
    allowed = permission(registry.chain, proposal)
    seen = Seen(
        chain_id=registry.chain.chain_id,
        registry=registry.chain.address("Registry"),
        council=registry.chain.address("Council"),
        manager=registry.chain.address("AccessManager"),
        at=at,
        journal_size=state.size,
        number=number,
        state=proposal.state.name.lower(),
        proposer=proposal.proposer,
        target=proposal.target,
        call=proposal.call.hex(),
        approved_by=tuple(approved_by(registry.chain, number, members)),
        members=tuple(members),
        threshold=council.threshold(),
        pause_threshold=council.pause_threshold(),
        needed=council.approvals_needed(number),
        expires_at=proposal.expires_at,
        ready_at=proposal.ready_at,
        is_immediate=allowed.is_immediate,
        delay_seconds=allowed.delay_seconds,
        lapse_seconds=int(registry.chain.read("AccessManager", "expiration")),
        agencies=_agencies(state),
        keys=_keys(call, state),
        accreditations=_accreditations(call, state),
        types=_types(registry, state),
        addresses=_addresses(registry, call, followed.journal, members),
        signers=_signers(state),
    )
    return seen, call


def _known(registry: OpenRegistry) -> Followed:
    """What the journal says; of a registry that is not open yet, that nothing is known there.

    Its council decides before there is a journal: it states which one may be carried there.
    """
    try:
        return registry.followed()
    except RegistryNotOpenError:
        begun_at = registry.chain.deployment.begun_at
        return Followed(Journal(*begun_at, ()), TrustBuilder(*begun_at).build())


def contracts_of(registry: OpenRegistry) -> dict[str, ContractName]:
    """Return the contracts of a registry by their address in small letters."""
    return {registry.chain.address(name).lower(): name for name in CONTRACT_NAMES}


def is_pending(proposal: Proposal | Seen) -> bool:
    """Return whether a proposal can still be decided."""
    state = proposal.state
    return state in PENDING if isinstance(state, ProposalState) else state in {"open", "scheduled"}


def _agencies(state: TrustState) -> dict[str, AgencySeen]:
    return {
        agency.code: AgencySeen(
            zh_hant=agency.name.zh_hant, en=agency.name.en, state=agency.state.name.lower()
        )
        for agency in state.content.agencies.values()
    }


def _keys(call: DecodedCall, state: TrustState) -> dict[str, KeySeen]:
    signers = state.signers
    signing = {kid_of(key) for key in signers.cose_keys} if signers is not None else set()
    return {
        kid.hex(): _key(kid, state, is_signer=kid in signing)
        for kid in _kids_named(call)
        if kid in state.content.keys or kid in signing
    }


def _key(kid: bytes, state: TrustState, *, is_signer: bool) -> KeySeen:
    found = {bytes(known): record for known, record in state.content.keys.items()}.get(kid)
    if found is None:
        return KeySeen(signs_checkpoints=is_signer)
    return KeySeen(
        agency=found.agency,
        ended=found.ended_at is not None,
        compromised=found.compromise is not None,
        signs_checkpoints=is_signer,
    )


def _kids_named(call: DecodedCall) -> list[bytes]:
    kids: list[bytes] = []
    for one in call.all():
        if "kid" in one.arguments:
            kids.append(bytes(one.arguments["kid"]))
        if "coseKeys" in one.arguments:
            kids += _signer_kids(one.arguments["coseKeys"])
    return kids


def _signer_kids(cose_keys: bytes) -> list[bytes]:
    try:
        return [bytes.fromhex(kid) for kid, _ in signer_keys(cose_keys)]
    except (FormatError, KeyFormatError):
        return []


def _accreditations(call: DecodedCall, state: TrustState) -> dict[int, AccreditationSeen]:
    numbers = {
        one.arguments[name] for one in call.all() for name in ("id", "parent")
        if name in one.arguments
    }  # fmt: skip
    known = state.content.accreditations
    return {
        number: AccreditationSeen(
            agency=known[number].agency,
            type_no=known[number].type_no,
            until=known[number].until,
            ended=known[number].ended_at is not None,
        )
        for number in sorted(numbers)
        if number in known
    }


def _types(registry: OpenRegistry, state: TrustState) -> dict[int, tuple[int, str, str]]:
    """The newest version of each type, with its titles where the document is in the folder."""
    newest = {number: (version, found.digest) for (number, version), found in
              sorted(state.content.types.items())}  # fmt: skip
    return {
        number: (version, *_titles(registry, digest))
        for number, (version, digest) in newest.items()
    }


def _titles(registry: OpenRegistry, digest: Digest) -> tuple[str, str]:
    try:
        title = load_type(registry.home.public.read(Document.TYPE, digest)).title
    except (PublicFolderError, FormatError):
        return "", ""
    return title.in_language("zh-Hant"), title.in_language("en")


def _addresses(
    registry: OpenRegistry, call: DecodedCall, journal: Journal, members: Iterable[str]
) -> dict[str, AddressSeen]:
    named = {address for one in call.all() for address in accounts_named(one)}
    if not named:
        return {}
    accounts = accounts_of_agencies(journal)
    by_address: dict[str, list[str]] = {}
    for code, pair in accounts.items():
        for account in pair:
            by_address.setdefault(account, []).append(code)
    of_members = {member.lower() for member in members}
    return {
        address: AddressSeen(
            agencies=tuple(sorted(set(by_address.get(address.lower(), ())))),
            is_member=address.lower() in of_members,
            has_code=has_code(registry.chain, address),
            sent=transactions_sent(registry.chain, address),
        )
        for address in sorted(named)
    }


def accounts_of_agencies(journal: Journal) -> dict[str, tuple[str, str]]:
    """Return the anchor and operations account of each agency now, in small letters."""
    accounts: dict[str, tuple[str, str]] = {}
    for entry in journal.entries:
        if entry.kind not in _ACCOUNT_KINDS:
            continue
        payload: Any = decode_payload(entry.kind, entry.data)
        if isinstance(payload, AgencyRegistered | AgencyAccountsChanged):
            pair = (payload.anchor_account, payload.operations_account)
            accounts[payload.agency] = (f"0x{pair[0].hex()}", f"0x{pair[1].hex()}")
    return accounts


def _signers(state: TrustState) -> SignersSeen | None:
    if state.signers is None:
        return None
    kids = tuple(kid_of(key).hex() for key in state.signers.cose_keys)
    return SignersSeen(threshold=state.signers.threshold, kids=kids)
