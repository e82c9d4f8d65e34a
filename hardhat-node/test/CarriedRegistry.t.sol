// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {CarriedRegistry} from "../contracts/CarriedRegistry.sol";
import {ICarriedRegistry} from "../contracts/ICarriedRegistry.sol";
import {IRegistry} from "../contracts/IRegistry.sol";
import {Carrying} from "./support/Carrying.sol";
import {Keys} from "./support/Keys.sol";
import {Vm} from "./support/Vm.sol";

/// @notice A registry with something of everything in its journal, and another that shall go on with it.
contract CarriedRegistryTest is Carrying {
    bytes16 private constant OFFICE = "OFFICE-1";
    bytes16 private constant KID = Keys.ES256_ODD_KID;
    bytes32 private constant ROOT = keccak256("root");
    uint256 private constant OLD_CHAIN = 31337;

    address private immutable anchorAccount = named("anchor");
    address private immutable operations = named("operations");

    CarriedRegistry private next;
    bytes32 private firstHead;

    function setUp() public {
        deploy(3, 2, 0);
        firstHead = registry.head();
        next = deployCarried(OLD_CHAIN, address(registry));
        vm.recordLogs();
        vm.startPrank(address(council));
        registry.startAlgorithm(Keys.ES256, 0);
        registry.registerAgency(OFFICE, anchorAccount, operations, unicode"所\nOffice");
        registry.addKey(OFFICE, KID, Keys.ES256, 1, Keys.ES256_ODD);
        registry.registerType(7, 1, ROOT);
        registry.grantAccreditation(OFFICE, 7, 1, 0);
        registry.recogniseRegistry(137, stranger, 0, hex"a0");
        vm.stopPrank();
        vm.startPrank(anchorAccount);
        for (uint64 batchNo = 1; batchNo <= 3; ++batchNo) registry.anchor(OFFICE, batchNo, ROOT, 1, KID);
        registry.publishStatus(OFFICE, 1, 5, ROOT);
        vm.stopPrank();
        collect(address(registry), firstHead);
        vm.warp(block.timestamp + 100);
    }

    function end(uint256 chainId, address successor) private {
        vm.recordLogs();
        vm.prank(address(council));
        registry.setSuccessor(chainId, successor);
        collect(address(registry), firstHead);
    }

    function carrying(uint256 from, uint256 to) private view returns (bytes memory) {
        return abi.encodeCall(ICarriedRegistry.carry, (uint64(from), slice(from, to)));
    }

    function assertRefuses(address sender, address target, bytes memory call_, bytes memory reason) private {
        vm.prank(sender);
        (bool done, bytes memory answer) = target.call(call_);
        assertFalse(done, "the call was accepted");
        assertEq(answer, reason, "the reason");
    }

    function refused(bytes memory call_, bytes memory reason) private {
        (uint64 size, bytes32 head) = next.carried();
        assertRefuses(stranger, address(next), call_, reason);
        (uint64 sizeAfter, bytes32 headAfter) = next.carried();
        assertTrue(size == sizeAfter && head == headAfter && !next.isOpen(), "nothing moved");
    }

    function unexpected(uint256 size, bytes32 head) private pure returns (bytes memory) {
        return abi.encodeWithSelector(ICarriedRegistry.RegistryUnexpectedJournal.selector, uint64(size), head);
    }

    // -------------------------------------------------------------------------- closed

    function test_is_deployed_closed_with_no_head_to_prove() public view {
        assertFalse(next.isOpen(), "closed");
        assertEq(next.head(), bytes32(0), "head");
        assertEq(next.size(), 0, "size");
        assertEq(vm.load(address(next), bytes32(0)), bytes32(0), "slot 0");
        (uint64 size, bytes32 head) = next.carried();
        assertEq(size, 0, "nothing carried");
        assertEq(head, firstHead, "from the head of no entries");
        (uint256 chainId, address home) = next.firstHome();
        assertTrue(chainId == OLD_CHAIN && home == address(registry), "the first home");
    }

    function test_nothing_but_carrying_works_before_it_is_open() public {
        end(block.chainid, address(next));
        expect(next, entries.length - 1);
        next.carry(0, slice(0, entries.length - 1));
        bytes memory notOpen = abi.encodeWithSelector(IRegistry.RegistryNotOpen.selector);
        bytes[18] memory ofCouncil = [
            abi.encodeCall(
                IRegistry.registerAgency,
                ("NEW", anchorAccount, operations, unicode"新\nNew")
            ),
            abi.encodeCall(IRegistry.renameAgency, (OFFICE, unicode"新\nNew")),
            abi.encodeCall(IRegistry.changeAgencyAccounts, (OFFICE, stranger, stranger)),
            abi.encodeCall(IRegistry.suspendAgency, (OFFICE)),
            abi.encodeCall(IRegistry.closeAgency, (OFFICE, bytes16(0))),
            abi.encodeCall(IRegistry.addKey, (OFFICE, Keys.ES256_EVEN_KID, Keys.ES256, 1, Keys.ES256_EVEN)),
            abi.encodeCall(IRegistry.endKey, (KID)),
            abi.encodeCall(IRegistry.compromiseKey, (KID, 1)),
            abi.encodeCall(IRegistry.grantAccreditation, (OFFICE, 7, 0, 0)),
            abi.encodeCall(IRegistry.endAccreditation, (1)),
            abi.encodeCall(IRegistry.registerType, (7, 2, ROOT)),
            abi.encodeCall(IRegistry.startAlgorithm, (Keys.ML_DSA_44, 0)),
            abi.encodeCall(IRegistry.warnAlgorithm, (Keys.ES256, 0)),
            abi.encodeCall(IRegistry.stopAlgorithm, (Keys.ES256, 0)),
            abi.encodeCall(IRegistry.setCheckpointSigners, (1, bytes.concat(hex"81", Keys.ED25519))),
            abi.encodeCall(IRegistry.setSuccessor, (1, stranger)),
            abi.encodeCall(IRegistry.recogniseRegistry, (1, stranger, 0, hex"a0")),
            abi.encodeCall(IRegistry.endRecognition, (1))
        ];
        for (uint256 i = 0; i < ofCouncil.length; ++i) {
            assertRefuses(address(council), address(next), ofCouncil[i], notOpen);
        }
        bytes memory anchoring = abi.encodeCall(IRegistry.anchor, (OFFICE, 4, ROOT, 1, KID));
        bytes memory publishing = abi.encodeCall(IRegistry.publishStatus, (OFFICE, 1, 6, ROOT));
        bytes memory delegating = abi.encodeCall(IRegistry.delegateAccreditation, (1, OFFICE, 7, 0, 0));
        assertRefuses(anchorAccount, address(next), anchoring, notOpen);
        assertRefuses(anchorAccount, address(next), publishing, notOpen);
        assertRefuses(operations, address(next), delegating, notOpen);
        assertRefuses(operations, address(next), abi.encodeCall(IRegistry.endKey, (KID)), notOpen);
        assertEq(next.head(), bytes32(0), "still no head");
    }

    function test_refuses_a_first_home_that_is_none() public {
        vm.expectRevert(abi.encodeWithSelector(IRegistry.RegistryInvalidChainId.selector, 0));
        new CarriedRegistry(address(manager), 0, address(registry));
        vm.expectRevert(abi.encodeWithSelector(IRegistry.RegistryInvalidChainId.selector, 1 << 64));
        new CarriedRegistry(address(manager), 1 << 64, address(registry));
        vm.expectRevert(abi.encodeWithSelector(IRegistry.RegistryZeroAccount.selector));
        new CarriedRegistry(address(manager), 1, address(0));
    }

    // ------------------------------------------------------------------------- opening

    function test_opens_with_the_entry_that_names_it_and_goes_on_in_the_bytes_of_the_format() public {
        end(block.chainid, address(next));
        uint64 size = uint64(entries.length);
        bytes32 head = registry.head();
        expect(next, size);
        vm.warp(block.timestamp + 7);
        vm.recordLogs();
        vm.prank(stranger);
        next.carry(0, slice(0, size));
        Vm.Log[] memory logs = vm.getRecordedLogs();
        bytes memory data = abi.encodePacked(OLD_CHAIN, address(registry));
        uint64 time = uint64(block.timestamp);
        assertEq(logs.length, size + 2, "every entry, the opening, and its own");
        for (uint64 i = 0; i < size; ++i) assertEntry(logs[i], i, entries[i].time, entries[i].kind, entries[i].data);
        assertEq(logs[size].topics[0], ICarriedRegistry.Carried.selector, "carried");
        assertEq(logs[size].data, abi.encode(OLD_CHAIN, address(registry), size, head), "from where");
        assertEntry(logs[size + 1], size, time, 0x91, data);
        assertEq(next.head(), sha256(abi.encodePacked(head, size, time, uint8(0x91), sha256(data))), "head");
        assertEq(vm.load(address(next), bytes32(0)), next.head(), "slot 0");
        assertEq(next.size(), size + 1, "size");
        assertTrue(next.isOpen(), "open");
        (uint256 chainId, address home) = next.predecessor();
        assertTrue(chainId == OLD_CHAIN && home == address(registry), "the predecessor");
    }

    function assertEntry(Vm.Log memory log, uint64 index, uint64 time, uint8 kind, bytes memory data) private view {
        assertEq(log.emitter, address(next), "emitter");
        assertEq(log.topics[0], IRegistry.Entry.selector, "an entry");
        assertEq(log.topics[1], bytes32(uint256(index)), "index");
        assertEq(log.data, abi.encode(time, kind, data), "time, kind and data");
    }

    function test_agencies_anchor_and_publish_where_they_stopped() public {
        end(block.chainid, address(next));
        carryAll(next, 100);
        bytes memory before = abi.encodeWithSelector(IRegistry.RegistryUnexpectedBatch.selector, OFFICE, 3, 4);
        bytes memory again = abi.encodeCall(IRegistry.anchor, (OFFICE, 3, ROOT, 1, KID));
        assertRefuses(anchorAccount, address(next), again, before);
        vm.startPrank(anchorAccount);
        next.anchor(OFFICE, 4, ROOT, 1, KID);
        next.publishStatus(OFFICE, 1, 6, ROOT);
        vm.stopPrank();
        (, uint64 nextBatch, , ) = next.agency(OFFICE);
        assertEq(nextBatch, 5, "the next batch");
        for (uint64 i = 1; i < 5; ++i) assertEq(bytes32(next.batchKey(OFFICE, i)), bytes32(KID), "its key");
        assertEq(next.statusVersion(OFFICE, 1), 6, "the next version");
    }

    function testFuzz_carries_in_any_slices(uint256 cuts) public {
        end(block.chainid, address(next));
        carryAll(next, bound(cuts, 1, entries.length));
        assertTrue(next.isOpen(), "open");
        assertEq(next.size(), entries.length + 1, "size");
    }

    function test_carries_a_part_beforehand_and_the_rest_after_the_end() public {
        carryAll(next, 4);
        assertFalse(next.isOpen(), "not before the old one ends");
        end(block.chainid, address(next));
        carryAll(next, 4);
        assertTrue(next.isOpen(), "open");
    }

    function test_a_registry_may_be_named_before_it_is_deployed() public {
        bytes memory code = abi.encodePacked(
            type(CarriedRegistry).creationCode,
            abi.encode(address(manager), OLD_CHAIN, address(registry))
        );
        bytes32 place = keccak256(abi.encodePacked(bytes1(0xff), address(this), bytes32(0), keccak256(code)));
        address later = address(uint160(uint256(place)));
        end(block.chainid, later);
        next = new CarriedRegistry{salt: 0}(address(manager), OLD_CHAIN, address(registry));
        assertEq(address(next), later, "where it was said");
        vm.prank(address(council));
        manager.setTargetFunctionRole(later, expectJournalOnly(), COUNCIL);
        carryAll(next, 100);
        assertTrue(next.isOpen(), "open");
    }

    function test_opens_on_another_chain_and_only_on_the_one_that_was_named() public {
        vm.chainId(31338);
        CarriedRegistry elsewhere = deployCarried(OLD_CHAIN, address(registry));
        end(31338, address(elsewhere));
        vm.chainId(31339);
        expect(elsewhere, entries.length);
        uint256 before = vm.snapshotState();
        elsewhere.carry(0, slice(0, entries.length));
        assertFalse(elsewhere.isOpen(), "another chain was named");
        vm.revertToState(before);
        vm.chainId(31338);
        elsewhere.carry(0, slice(0, entries.length));
        assertTrue(elsewhere.isOpen(), "this chain was named");
    }

    function test_a_journal_that_names_another_successor_does_not_open_it() public {
        end(block.chainid, stranger);
        expect(next, entries.length);
        next.carry(0, slice(0, entries.length));
        assertFalse(next.isOpen(), "closed");
        assertEq(next.head(), bytes32(0), "no head");
        (, address home) = next.predecessor();
        assertEq(home, stranger, "the registry in force");
    }

    function test_waits_until_its_clock_has_reached_the_last_entry() public {
        end(block.chainid, address(next));
        expect(next, entries.length);
        uint64 last = entries[entries.length - 1].time;
        vm.warp(last - 1);
        bytes memory reason = abi.encodeWithSelector(ICarriedRegistry.RegistryClockBehind.selector, last, last - 1);
        refused(carrying(0, entries.length), reason);
        vm.warp(last);
        next.carry(0, slice(0, entries.length));
        assertTrue(next.isOpen(), "open");
    }

    // --------------------------------------------------------------- what is expected

    function test_only_the_council_says_what_is_expected() public {
        bytes memory call_ = abi.encodeCall(ICarriedRegistry.expectJournal, (3, heads[3]));
        address[4] memory others = [stranger, deployer, councillors[0], anchorAccount];
        for (uint256 i = 0; i < others.length; ++i) {
            bytes memory reason = abi.encodeWithSelector(
                IAccessManaged.AccessManagedUnauthorized.selector,
                others[i]
            );
            assertRefuses(others[i], address(next), call_, reason);
        }
        vm.recordLogs();
        expect(next, 3);
        Vm.Log[] memory logs = vm.getRecordedLogs();
        assertEq(logs[0].topics[0], ICarriedRegistry.JournalExpected.selector, "event");
        assertEq(next.expectedHead(3), heads[3], "expected");
    }

    function test_refuses_to_expect_nothing() public {
        bytes memory empty = abi.encodeWithSelector(ICarriedRegistry.RegistryInvalidExpectation.selector, 0, heads[3]);
        bytes memory zero = abi.encodeWithSelector(ICarriedRegistry.RegistryInvalidExpectation.selector, 3, 0);
        bytes memory nowhere = abi.encodeCall(ICarriedRegistry.expectJournal, (0, heads[3]));
        bytes memory headless = abi.encodeCall(ICarriedRegistry.expectJournal, (3, 0));
        assertRefuses(address(council), address(next), nowhere, empty);
        assertRefuses(address(council), address(next), headless, zero);
    }

    function test_carries_nothing_that_nobody_expects() public {
        refused(carrying(0, 3), unexpected(3, heads[3]));
        refused(carrying(0, 0), unexpected(0, heads[0]));
        expect(next, 4);
        refused(carrying(0, 3), unexpected(3, heads[3]));
        refused(carrying(0, 5), unexpected(5, heads[5]));
    }

    function test_a_new_statement_ends_the_one_before_and_what_led_to_it() public {
        expect(next, 8);
        next.expectEarlier(4, heads[4], links(4, 8));
        expect(next, 9);
        assertTrue(next.expectedHead(8) == 0 && next.expectedHead(4) == 0, "gone");
        refused(carrying(0, 4), unexpected(4, heads[4]));
        refused(carrying(0, 8), unexpected(8, heads[8]));
        next.carry(0, slice(0, 9));
    }

    function test_anybody_shows_what_leads_to_the_expected_head() public {
        expect(next, 8);
        vm.startPrank(stranger);
        next.expectEarlier(6, heads[6], links(6, 8));
        next.expectEarlier(2, heads[2], links(2, 6));
        vm.stopPrank();
        assertTrue(next.expectedHead(6) == heads[6] && next.expectedHead(2) == heads[2], "expected");
    }

    function testFuzz_a_head_that_leads_elsewhere_is_not_expected(uint256 seed) public {
        expect(next, 8);
        uint256 from = seed % 8;
        ICarriedRegistry.Link[] memory shown = links(from, 8);
        bytes32 head = heads[from];
        uint64 size = uint64(from);
        uint256 broken = (seed >> 16) % shown.length;
        uint256 choice = (seed >> 8) % 5;
        if (choice == 0) head = bytes32(uint256(head) ^ (1 << (seed >> 32) % 256));
        if (choice == 1) size += 1;
        if (choice == 2) shown[broken].time += 1;
        if (choice == 3) shown[broken].kind ^= 1;
        if (choice == 4) shown[broken].digest = bytes32(uint256(shown[broken].digest) ^ 1);
        vm.expectPartialRevert(ICarriedRegistry.RegistryUnexpectedJournal.selector);
        next.expectEarlier(size, head, shown);
    }

    // -------------------------------------------------------------------- wrong journals

    function testFuzz_an_altered_journal_never_opens_it_nor_spoils_it(uint256 seed) public {
        end(block.chainid, address(next));
        expect(next, entries.length);
        vm.prank(stranger);
        (bool done, ) = address(next).call(abi.encodeCall(ICarriedRegistry.carry, (0, altered(seed))));
        assertFalse(done, "a wrong journal was carried");
        (uint64 size, bytes32 head) = next.carried();
        assertTrue(size == 0 && head == firstHead && !next.isOpen(), "nothing moved");
        (IRegistry.AgencyStatus status, , , ) = next.agency(OFFICE);
        assertEq(uint256(status), uint256(IRegistry.AgencyStatus.Unknown), "nothing was entered");
        next.carry(0, slice(0, entries.length));
        assertTrue(next.isOpen(), "the right one opens it");
    }

    /// @dev One entry changed in time, kind or data, dropped, repeated, swapped with the next, or added.
    function altered(uint256 seed) private view returns (ICarriedRegistry.JournalEntry[] memory wrong) {
        uint256 count = entries.length;
        uint256 place = (seed >> 8) % (count - 1);
        uint256 choice = seed % 7;
        wrong = slice(0, count);
        if (choice == 0) wrong[place].time += 1;
        if (choice == 1) wrong[place].kind ^= uint8(1 << ((seed >> 64) % 8));
        bytes1 change = bytes1(uint8(1 + (seed >> 32) % 255));
        if (choice == 2) wrong[place].data[(seed >> 64) % wrong[place].data.length] ^= change;
        if (choice == 3) (wrong[place], wrong[place + 1]) = (wrong[place + 1], wrong[place]);
        if (choice == 4) wrong[place].data = bytes.concat(wrong[place].data, hex"00");
        if (choice > 4) {
            bool drops = choice == 5;
            wrong = new ICarriedRegistry.JournalEntry[](drops ? count - 1 : count + 1);
            for (uint256 i = 0; i < wrong.length; ++i) {
                if (i < place || (i == place && !drops)) wrong[i] = entries[i];
                else wrong[i] = entries[drops ? i + 1 : i - 1];
            }
        }
    }

    function test_entries_after_the_one_that_names_it_are_refused_even_when_expected() public {
        end(block.chainid, address(next));
        ICarriedRegistry.JournalEntry[] memory more = new ICarriedRegistry.JournalEntry[](entries.length + 1);
        for (uint256 i = 0; i < entries.length; ++i) more[i] = entries[i];
        more[entries.length] = ICarriedRegistry.JournalEntry(uint64(block.timestamp), 0x13, abi.encodePacked(OFFICE));
        bytes32 head = sha256(
            abi.encodePacked(
                heads[entries.length],
                uint64(entries.length),
                uint64(block.timestamp),
                uint8(0x13),
                sha256(abi.encodePacked(OFFICE))
            )
        );
        vm.prank(address(council));
        next.expectJournal(uint64(more.length), head);
        bytes memory reason = abi.encodeWithSelector(
            ICarriedRegistry.RegistryBeyondSuccessor.selector,
            uint64(entries.length)
        );
        refused(abi.encodeCall(ICarriedRegistry.carry, (0, more)), reason);
    }

    function test_no_slice_is_carried_twice_or_out_of_turn() public {
        end(block.chainid, address(next));
        expect(next, entries.length);
        next.expectEarlier(4, heads[4], links(4, entries.length));
        bytes memory early = abi.encodeWithSelector(ICarriedRegistry.RegistryOutOfTurn.selector, 4, 0);
        refused(carrying(4, entries.length), early);
        next.carry(0, slice(0, 4));
        bytes memory late = abi.encodeWithSelector(ICarriedRegistry.RegistryOutOfTurn.selector, 0, 4);
        refused(carrying(0, 4), late);
        refused(carrying(0, entries.length), late);
        next.carry(4, slice(4, entries.length));
    }

    function test_nothing_is_carried_or_expected_once_it_is_open() public {
        end(block.chainid, address(next));
        carryAll(next, 100);
        bytes memory reason = abi.encodeWithSelector(ICarriedRegistry.RegistryAlreadyOpen.selector);
        uint64 size = uint64(entries.length);
        bytes memory expecting = abi.encodeCall(ICarriedRegistry.expectJournal, (size, heads[size]));
        bytes memory earlier = abi.encodeCall(ICarriedRegistry.expectEarlier, (4, heads[4], links(4, size)));
        assertRefuses(stranger, address(next), carrying(0, size), reason);
        assertRefuses(stranger, address(next), carrying(size, size), reason);
        assertRefuses(stranger, address(next), earlier, reason);
        assertRefuses(address(council), address(next), expecting, reason);
    }

    // ----------------------------------------------------------------- moving once more

    function test_moves_again_and_knows_all_its_homes() public {
        end(block.chainid, address(next));
        vm.recordLogs();
        carryAll(next, 100);
        CarriedRegistry third = deployCarried(OLD_CHAIN, address(registry));
        vm.prank(address(council));
        next.setSuccessor(block.chainid, address(third));
        collect(address(next), firstHead);
        carryAll(third, 5);
        assertEq(entries[entries.length - 2].kind, 0x91, "the first move is in the journal");
        (uint256 chainId, address home) = third.predecessor();
        assertTrue(chainId == block.chainid && home == address(next), "the predecessor");
        address[3] memory homes = [address(registry), address(next), address(third)];
        for (uint256 i = 0; i < 3; ++i) {
            bytes memory own = abi.encodeWithSelector(
                IRegistry.RegistryOwnRegistry.selector,
                block.chainid,
                homes[i]
            );
            bytes memory recognising = abi.encodeCall(
                IRegistry.recogniseRegistry,
                (block.chainid, homes[i], 0, hex"a0")
            );
            bytes memory back = abi.encodeCall(IRegistry.setSuccessor, (block.chainid, homes[i]));
            assertRefuses(address(council), address(third), recognising, own);
            assertRefuses(address(council), address(third), back, own);
        }
    }

    function test_has_the_version_of_the_registry() public view {
        assertEq(bytes(next.version()), bytes(registry.version()), "version");
    }

    // ------------------------------------------------------------------------------ gas

    function test_the_gas_of_carrying() public {
        vm.recordLogs();
        vm.startPrank(anchorAccount);
        for (uint64 batchNo = 4; batchNo <= 400; ++batchNo) {
            registry.anchor(OFFICE, batchNo, keccak256(abi.encode(batchNo)), 4096, KID);
        }
        vm.stopPrank();
        collect(address(registry), firstHead);
        expect(next, 210);
        next.expectEarlier(10, heads[10], links(10, 210));
        vm.snapshotValue("CarriedRegistry", "ten founding entries, in one call", gasOf(carrying(0, 10)));
        uint256 gas = gasOf(carrying(10, 210));
        vm.snapshotValue("CarriedRegistry", "200 batches in one call, each", gas / 200);
        vm.assertLe(gas / 200, 20_000, "a batch");
    }

    function gasOf(bytes memory call_) private returns (uint256 gas) {
        vm.cool(address(next));
        (bool done, ) = address(next).call(call_);
        gas = 21_000 + vm.lastCallGas().gasTotalUsed;
        assertTrue(done, "carried");
        for (uint256 i = 0; i < call_.length; ++i) gas += call_[i] == 0 ? 4 : 16;
    }
}
