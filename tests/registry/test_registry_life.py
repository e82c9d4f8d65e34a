"""The registry's life on a real chain: what is done, what the journal says, what a copy proves."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from credential.ids import AgencyCode
from credential.keys import ALG_ES256
from registry.errors import ChainMismatchError
from registry.journal import Journal, JournalEntry, read_journal_file, write_journal_file
from registry.key_files import InsecureKeyFile, make_insecure_key
from registry.kinds import AgencyState, AlgorithmPhase
from registry.open_registry import OpenRegistry
from registry.operations import (
    accreditations,
    agencies,
    checkpoints,
    governance,
    keys,
    types,
)
from registry.operations.journal_check import check_copy, reference_of_chain, with_entries
from registry.payload_codec import encode_agency_code
from registry.payloads import Names
from registry.rim_errors import ContractRefusedError
from registry.sync import follow, follow_home
from registry.trust import replay

pytestmark = [
    pytest.mark.chain,
    pytest.mark.allow_hosts(["127.0.0.1"]),
    pytest.mark.filterwarnings("ignore::registry.account_files.InsecureAccountFileWarning"),
    pytest.mark.filterwarnings("ignore::registry.key_files.InsecureKeyFileWarning"),
]

NAMES = Names("臺北市戶政事務所", "Taipei Household Office")
ROOT = bytes(range(32))


def new_key(tmp_path: Path) -> InsecureKeyFile:
    path = tmp_path / "batch.key"
    make_insecure_key(path, ALG_ES256)
    return InsecureKeyFile(path)


def anchor(registry: OpenRegistry, code: str, kid: bytes, batch_no: int = 1) -> None:
    registry.chain.send(
        "anchor",
        [encode_agency_code(code), batch_no, ROOT, 5, kid],
        registry.home.account(agencies.anchor_account_name(code)),
        is_done=lambda: registry.chain.batch_key(AgencyCode(code), batch_no) is not None,
    )


def test_whole_life_replays_to_the_head_of_the_contract(
    new_registry: Callable[..., OpenRegistry], tmp_path: Path
) -> None:
    registry = new_registry()
    key = new_key(tmp_path)

    governance.set_algorithm(registry, ALG_ES256, AlgorithmPhase.START)
    agencies.register(registry, "MOI", Names("內政部", "Ministry of the Interior"))
    agencies.register(registry, "OFFICE-1", NAMES)
    types.register(registry, types.catalog_document("household-registration"))
    parent = accreditations.grant(registry, "MOI", 1, depth=1)
    child = accreditations.delegate(registry, parent, "OFFICE-1")
    kid = keys.add(registry, "OFFICE-1", key.cose_key)
    anchor(registry, "OFFICE-1", kid)
    registry.act(
        "publishStatus",
        [encode_agency_code("OFFICE-1"), 1, 1, bytes(32)],
        "OFFICE-1-anchor",
        is_done=lambda: registry.chain.status_version(AgencyCode("OFFICE-1"), 1) >= 1,
    )
    governance.set_checkpoint_signers(registry, 1, [key.cose_key])
    since = registry.chain.next_block_time()
    keys.compromise(registry, kid, since, by_agency="OFFICE-1")
    keys.confirm(registry, "OFFICE-1", 1)
    accreditations.end(registry, child, by_agency="MOI")
    agencies.rename(registry, "OFFICE-1", Names("新名", "New name"))
    agencies.suspend(registry, "OFFICE-1")
    agencies.resume(registry, "OFFICE-1")
    agencies.close(registry, "OFFICE-1", successor="MOI")
    keys.end(registry, kid)
    governance.set_algorithm(registry, ALG_ES256, AlgorithmPhase.WARN)

    journal = registry.followed().journal
    state = replay(journal.chain_id, journal.contract, journal.entries)
    assert (state.size, state.head) == registry.chain.head()
    assert state.size == 19
    assert state.content.anchors[0].confirmed
    assert state.content.agencies[AgencyCode("OFFICE-1")].state is AgencyState.CLOSED


def test_every_operation_may_be_run_twice_and_happens_once(
    registry: OpenRegistry, tmp_path: Path
) -> None:
    key = new_key(tmp_path)
    before = registry.chain.head().size

    for _ in range(2):
        agencies.register(registry, "TWICE", NAMES)
        keys.add(registry, "TWICE", key.cose_key)
        anchor(registry, "TWICE", key.kid)
        agencies.suspend(registry, "TWICE")

    assert registry.chain.head().size == before + 4


def test_refusal_of_the_contract_says_why_in_words(registry: OpenRegistry) -> None:
    with pytest.raises(ContractRefusedError, match="no agency NOBODY is registered") as caught:
        agencies.suspend(registry, "NOBODY")

    assert caught.value.reason == "RegistryUnknownAgency"
    assert len(caught.value.__notes__) == 2


def test_act_with_another_value_is_not_taken_for_done(registry: OpenRegistry) -> None:
    for code in ("CLOSING", "HEIR", "OTHER-HEIR"):
        agencies.register(registry, code, NAMES)
    agencies.close(registry, "CLOSING", successor="HEIR")
    agencies.close(registry, "CLOSING", successor="HEIR")

    with pytest.raises(ContractRefusedError) as caught:
        agencies.close(registry, "CLOSING", successor="OTHER-HEIR")

    assert caught.value.reason == "RegistryAgencyClosed"


def test_algorithm_is_warned_of_again_with_another_date(registry: OpenRegistry) -> None:
    later = registry.chain.next_block_time() + 1_000_000
    before = registry.chain.head().size

    for effective_at in (later, later, later + 1):
        governance.set_algorithm(registry, ALG_ES256, AlgorithmPhase.WARN, effective_at)

    assert registry.chain.head().size == before + 2


def test_account_of_another_agency_cannot_anchor(registry: OpenRegistry, tmp_path: Path) -> None:
    key = new_key(tmp_path)
    agencies.register(registry, "OWNER", NAMES)
    agencies.register(registry, "STRANGER", NAMES)
    keys.add(registry, "OWNER", key.cose_key)

    with pytest.raises(ContractRefusedError) as caught:
        registry.act(
            "anchor",
            [encode_agency_code("OWNER"), 1, ROOT, 1, key.kid],
            "STRANGER-anchor",
            is_done=lambda: False,
        )

    assert caught.value.reason == "RegistryUnauthorizedAccount"


def test_delayed_act_waits_out_its_delay(new_registry: Callable[..., OpenRegistry]) -> None:
    registry = new_registry(delay_seconds=1)

    agencies.register(registry, "LATER", NAMES)

    (proposal,) = registry.council().latest()
    assert registry.chain.agency(AgencyCode("LATER")) is not None
    assert proposal.state.name == "EXECUTED"


def test_copy_is_read_on_from_where_it_stopped(registry: OpenRegistry) -> None:
    agencies.register(registry, "FIRST", NAMES)
    short = follow(registry.chain)
    agencies.register(registry, "SECOND", NAMES)

    longer = follow(registry.chain, short.journal)

    assert longer.journal.entries[: short.state.size] == short.journal.entries
    assert (longer.state.size, longer.state.head) == registry.chain.head()


def test_home_of_another_registry_on_the_same_chain_is_refused(
    registry: OpenRegistry, new_registry: Callable[..., OpenRegistry]
) -> None:
    agencies.register(registry, "HERE", NAMES)
    follow_home(registry.home, registry.chain)
    other = new_registry()
    other.home.journal_copy.write_bytes(registry.home.journal_copy.read_bytes())

    with pytest.raises(ChainMismatchError, match="do not belong together"):
        follow_home(other.home, other.chain)


def test_copy_that_is_ahead_of_the_chain_is_refused(registry: OpenRegistry) -> None:
    agencies.register(registry, "AHEAD", NAMES)
    journal = follow(registry.chain).journal
    last = journal.entries[-1]
    longer = replace(
        journal,
        entries=(
            *journal.entries,
            JournalEntry(last.index + 1, last.time, 0x13, encode_agency_code("AHEAD")),
        ),
    )

    with pytest.raises(ChainMismatchError, match="do not belong together"):
        follow(registry.chain, longer)


def changed(journal: Journal, index: int) -> tuple[JournalEntry, ...]:
    entry = journal.entries[index]
    flipped = entry.data[:-1] + bytes([entry.data[-1] ^ 1])
    return (*journal.entries[:index], entry._replace(data=flipped), *journal.entries[index + 1 :])


def numbered(entries: tuple[JournalEntry, ...]) -> tuple[JournalEntry, ...]:
    return tuple(entry._replace(index=index) for index, entry in enumerate(entries))


@pytest.mark.parametrize("fault", ["changed", "dropped", "reordered", "added"])
def test_journal_check_names_the_entry_at_fault(
    new_registry: Callable[..., OpenRegistry], fault: str
) -> None:
    # A shared registry could end in two entries one bit apart: one changed is then one dropped.
    registry = new_registry()
    for number in range(3):
        agencies.register(registry, f"CHECK-{number}", NAMES)
    journal = follow(registry.chain).journal
    at = len(journal.entries) - 2
    one, two = journal.entries[at : at + 2]
    tampered = {
        "changed": changed(journal, at),
        "dropped": (*journal.entries[:at], *journal.entries[at + 1 :]),
        "reordered": (*journal.entries[:at], two, one),
        "added": (*journal.entries[:at], one, *journal.entries[at:]),
    }[fault]
    copy = read_journal_file(
        write_journal_file(Journal(journal.chain_id, journal.contract, numbered(tampered)))
    )

    finding = check_copy(copy, with_entries(reference_of_chain(registry.chain), registry.chain))

    expected = {"added": at + 1}.get(fault, at)
    assert (finding.fault, finding.index) == (fault, expected)


def test_checkpoint_of_enough_signers_is_assembled_and_of_too_few_is_not(
    new_registry: Callable[..., OpenRegistry], tmp_path: Path
) -> None:
    registry = new_registry()
    signers = []
    for number in range(3):
        make_insecure_key(tmp_path / f"{number}.key", ALG_ES256)
        signers.append(InsecureKeyFile(tmp_path / f"{number}.key"))
    governance.set_checkpoint_signers(registry, 2, [signer.cose_key for signer in signers])
    statement = checkpoints.create(registry, registry.chain.next_block_time())

    one = checkpoints.sign(statement, signers[0])
    with pytest.raises(checkpoints.CheckpointError):
        checkpoints.assemble(statement, [one])
    checkpoints.assemble(statement, [one, checkpoints.sign(statement, signers[2])])

    (made,) = checkpoints.assembled(registry.home)
    assert (made.statement.size, made.statement.head) == registry.chain.head()
