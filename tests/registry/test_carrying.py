"""A journal moves house on real chains: all is there, and agencies go on where they stopped."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credential.ids import AgencyCode
from credential.keys import ALG_ES256
from registry.account_files import load_account, make_insecure_account
from registry.artifacts import artifact, keeps_a_journal
from registry.carrying import MOST_BYTES, Slice, carry_journal, heads_of, slices
from registry.chain import Web3Chain, encode_call
from registry.chain_protocol import ChainAccount
from registry.council import Council
from registry.deploy import CouncilPlan, deploy
from registry.errors import ChainMismatchError, ChainUnavailableError
from registry.journal import JournalEntry
from registry.key_files import InsecureKeyFile, make_insecure_key
from registry.kinds import AlgorithmPhase, Kind
from registry.local_chain import LocalChain, running_local_chain
from registry.open_registry import OpenRegistry
from registry.operations import agencies, governance, keys
from registry.payload_codec import encode_agency_code
from registry.payloads import Names
from registry.rim_errors import ContractRefusedError
from registry.trust import replay

CODE = AgencyCode("OFFICE-1")
ROOT = bytes(range(32))


@st.composite
def journals(draw: st.DrawFn) -> list[JournalEntry]:
    """Entries of any kinds and lengths, as far as cutting them up is concerned."""
    shapes = draw(
        st.lists(
            st.tuples(st.sampled_from([Kind.BATCH_ANCHORED, Kind.KEY_ADDED]), st.integers(1, 8192))
        )
    )
    return [
        JournalEntry(index, 0, int(kind), bytes(length))
        for index, (kind, length) in enumerate(shapes)
    ]


@given(entries=journals(), first=st.integers(0, 40))
def test_slices_leave_nothing_out_and_repeat_nothing(
    entries: list[JournalEntry], first: int
) -> None:
    begin = min(first, len(entries))

    cut = slices(entries, begin)

    assert [index for part in cut for index in range(*part)] == list(range(begin, len(entries)))


@given(entries=journals())
def test_no_slice_of_several_entries_is_too_large_for_a_transaction(
    entries: list[JournalEntry],
) -> None:
    for part in slices(entries, 0):
        told = [(entry.time, entry.kind, entry.data) for entry in entries[part.first : part.stop]]
        call = encode_call("CarriedRegistry", "carry", [part.first, told])
        assert len(call) <= MOST_BYTES + 100 or part.stop == part.first + 1


def test_cuts_as_few_slices_as_may_be() -> None:
    entries = [JournalEntry(index, 0, int(Kind.BATCH_ANCHORED), bytes(76)) for index in range(300)]

    cut = slices(entries, 0)

    assert cut[0] == Slice(0, 117)
    assert len(cut) == 3


@pytest.mark.chain
@pytest.mark.allow_hosts(["127.0.0.1"])
@pytest.mark.filterwarnings("ignore::registry.account_files.InsecureAccountFileWarning")
@pytest.mark.filterwarnings("ignore::registry.key_files.InsecureKeyFileWarning")
class TestOnAChain:
    @pytest.fixture
    def key(self, tmp_path: Path) -> InsecureKeyFile:
        make_insecure_key(tmp_path / "batch.key", ALG_ES256)
        return InsecureKeyFile(tmp_path / "batch.key")

    @pytest.fixture
    def old(self, new_registry: Callable[..., OpenRegistry], key: InsecureKeyFile) -> OpenRegistry:
        """A registry with an agency, its key and two batches."""
        registry = new_registry()
        governance.set_algorithm(registry, ALG_ES256, AlgorithmPhase.START)
        agencies.register(registry, CODE, Names("所", "Office"))
        keys.add(registry, CODE, key.cose_key)
        anchor(registry.chain, registry, 1, key.kid)
        anchor(registry.chain, registry, 2, key.kid)
        return registry

    @pytest.fixture
    def carrier(self, tmp_path: Path) -> ChainAccount:
        return load_account(make_insecure_account(tmp_path, "carrier"), lambda _: "")

    @pytest.fixture
    def new(self, old: OpenRegistry, other_chain: LocalChain, tmp_path: Path) -> Web3Chain:
        """A registry on another chain, closed, that shall go on with the journal of the old one."""
        return Web3Chain(
            (other_chain.url,), deploy((other_chain.url,), founder(tmp_path), plan_of(old))
        )

    def test_whole_journal_goes_on_at_the_new_registry(
        self, old: OpenRegistry, new: Web3Chain, carrier: ChainAccount, key: InsecureKeyFile
    ) -> None:
        end(old, new)
        entries = old.chain.entries(0)

        expect(old, new, entries)
        carry_journal(new, entries, carrier)
        anchor(new, old, 3, key.kid)

        journal = new.entries(0)
        trust = replay(old.chain.chain_id, old.chain.contract, journal)
        assert journal[: len(entries)] == entries
        assert [entry.kind for entry in journal[len(entries) :]] == [0x91, 0x50]
        assert (trust.size, trust.head) == new.head()
        assert (trust.chain_id, trust.contract) == (new.chain_id, new.contract)
        assert [row.batch_no for row in trust.content.anchors] == [1, 2, 3]
        assert new.agency(CODE) == old.chain.agency(CODE)._replace(next_batch=4)
        assert new.pool.request("eth_getStorageAt", new.address("Registry"), "0x0", "latest") == (
            "0x" + trust.head.hex()
        )

    def test_waits_for_a_clock_that_is_behind_and_not_for_ever(
        self, old: OpenRegistry, new: Web3Chain, carrier: ChainAccount
    ) -> None:
        end(old, new)
        *rest, last = old.chain.entries(0)
        soon = new.next_block_time() + 3
        entries = [*rest, last._replace(time=soon)]
        state(old, new, entries)

        with pytest.raises(ContractRefusedError) as caught:
            carry_journal(new, entries, carrier, patience_seconds=0)
        carry_journal(new, entries, carrier)

        assert caught.value.reason == "RegistryClockBehind"
        assert new.entries(len(entries))[0].time >= soon

    def test_stopped_anywhere_it_goes_on(
        self,
        old: OpenRegistry,
        new: Web3Chain,
        carrier: ChainAccount,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        end(old, new)
        entries = old.chain.entries(0)
        expect(old, new, entries)
        monkeypatch.setattr("registry.carrying.MOST_BYTES", 1)  # a slice for every entry
        stops = iter(range(100))
        told: list[int] = []

        def stop_at_the_third(done: int, _all: int) -> None:
            told.append(done)
            if next(stops) == 3:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            carry_journal(new, entries, carrier, stop_at_the_third)
        before = new.read("CarriedRegistry", "carried")[0]
        carry_journal(new, entries, carrier, stop_at_the_third)
        carry_journal(new, entries, carrier)

        assert (before, told[4]) == (3, 3)
        assert new.entries(0)[: len(entries)] == entries
        assert new.head().size == len(entries) + 1
        assert new.entries(2, 4) == entries[2:4]

    def test_registry_that_is_not_open_tells_nothing(
        self, old: OpenRegistry, new: Web3Chain, carrier: ChainAccount, key: InsecureKeyFile
    ) -> None:
        entries = old.chain.entries(0)
        expect(old, new, entries)
        carry_journal(new, entries, carrier)

        with pytest.raises(ChainUnavailableError, match="not open"):
            new.head()
        with pytest.raises(ChainUnavailableError, match="not open"):
            new.entries(0)
        with pytest.raises(ContractRefusedError, match="not open"):
            anchor(new, old, 3, key.kid)
        assert new.finalized_size() == 0

    def test_journal_that_the_council_did_not_state_is_refused(
        self, old: OpenRegistry, new: Web3Chain, carrier: ChainAccount
    ) -> None:
        end(old, new)
        entries = old.chain.entries(0)
        expect(old, new, entries)
        forged = [entries[0]._replace(time=entries[0].time - 1), *entries[1:]]

        with pytest.raises(ContractRefusedError, match="not what the council said") as caught:
            carry_journal(new, forged, carrier)

        assert caught.value.reason == "RegistryUnexpectedJournal"
        assert new.read("CarriedRegistry", "carried")[0] == 0

    def test_copy_that_does_not_begin_with_what_was_carried_is_refused(
        self, old: OpenRegistry, new: Web3Chain, carrier: ChainAccount
    ) -> None:
        entries = old.chain.entries(0)
        expect(old, new, entries)
        carry_journal(new, entries, carrier)

        with pytest.raises(ContractRefusedError, match="does not begin with them"):
            carry_journal(new, [entries[0]._replace(time=7), *entries[1:]], carrier)
        with pytest.raises(ContractRefusedError, match="does not begin with them"):
            carry_journal(new, entries[:3], carrier)

    @pytest.mark.usefixtures("new")
    def test_deployment_that_carries_another_journal_than_planned_is_refused(
        self, old: OpenRegistry, other_chain: LocalChain, tmp_path: Path
    ) -> None:
        other = plan_of(old)._replace(carries=(1, bytes(range(20))))

        with pytest.raises(ChainMismatchError, match="in which the journal began"):
            deploy((other_chain.url,), founder(tmp_path), other)

    def test_code_of_either_contract_is_a_registry(self, old: OpenRegistry, new: Web3Chain) -> None:
        codes = [
            bytes.fromhex(
                chain.pool.request("eth_getCode", chain.address("Registry"), "latest")[2:]
            )
            for chain in (old.chain, new)
        ]

        assert [artifact("Registry").runs_as(code) for code in codes] == [True, False]
        assert [artifact("CarriedRegistry").runs_as(code) for code in codes] == [False, True]
        assert all(keeps_a_journal(code) for code in codes)
        assert not keeps_a_journal(b"")


@pytest.fixture(scope="module")
def other_chain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalChain]:
    with running_local_chain(tmp_path_factory.mktemp("other-chain")) as chain:
        yield chain


def founder(folder: Path) -> ChainAccount:
    return load_account(make_insecure_account(folder, "founder"), lambda _: "")


def plan_of(old: OpenRegistry) -> CouncilPlan:
    """The same members govern the new registry."""
    members = [member.address for member in old.members()]
    return CouncilPlan(members, 2, 0, carries=(old.chain.chain_id, old.chain.contract))


def end(old: OpenRegistry, new: Web3Chain) -> None:
    """The old registry names the new one, and so ends."""
    arguments = [new.chain_id, new.address("Registry")]
    old.decide(
        "setSuccessor",
        arguments,
        is_done=lambda: list(old.chain.read("Registry", "successor")) == arguments,
    )


def expect(old: OpenRegistry, new: Web3Chain, entries: Sequence[JournalEntry]) -> None:
    """The council of the new registry has stated what the old journal is."""
    assert old.chain.head() == state(old, new, entries)


def state(old: OpenRegistry, new: Web3Chain, entries: Sequence[JournalEntry]) -> tuple[int, bytes]:
    """The council has stated these entries, be they the old registry's or not."""
    size, head = len(entries), heads_of(entries, new.deployment.begun_at)[-1]
    Council(new).decide(
        "expectJournal",
        [size, head],
        old.members(),
        is_done=lambda: bytes(new.read("CarriedRegistry", "expectedHead", size)) == head,
    )
    return size, head


def anchor(chain: Web3Chain, registry: OpenRegistry, batch_no: int, kid: bytes) -> None:
    chain.send(
        "anchor",
        [encode_agency_code(CODE), batch_no, ROOT, 5, kid],
        registry.home.account(agencies.anchor_account_name(CODE)),
        is_done=lambda: chain.batch_key(CODE, batch_no) is not None,
    )
