// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {CarriedRegistry} from "../contracts/CarriedRegistry.sol";
import {IRegistry} from "../contracts/IRegistry.sol";
import {Carrying} from "./support/Carrying.sol";
import {Keys} from "./support/Keys.sol";
import {RegistryHandler} from "./support/RegistryHandler.sol";

contract CarriedHandler is RegistryHandler {
    constructor(IRegistry registry_, address council) RegistryHandler(registry_, council) {}
}

/// @notice Random journals that move house twice: the state is the same before and after, and what is called afterwards
/// is accepted exactly where a replay of the whole journal accepts it.
contract CarriedEquivalenceTest is Carrying {
    uint256 private constant JOURNALS = 12;
    uint256 private constant CALLS = 250;

    CarriedHandler private handler;
    bytes16[] private codes = [bytes16("A"), "B-2", "3", "-NO"];
    bytes16[] private kids;
    mapping(uint8 kind => uint256) private carriedOf;
    mapping(uint8 kind => uint256) private acceptedAfter;

    function setUp() public {
        for (uint256 i = 0; i < 5; ++i) kids.push(Keys.kidOf(Keys.es256(i)));
        kids.push(Keys.kidOf(Keys.mldsa44(0)));
    }

    function test_a_carried_registry_goes_on_as_a_replay_does() public {
        for (uint256 seed = 0; seed < JOURNALS; ++seed) oneJournal(seed);
        uint8[22] memory kinds = [
            uint8(0x10), 0x11, 0x12, 0x13, 0x14, 0x15, 0x20, 0x21, 0x22, 0x23, 0x30,
            0x31, 0x32, 0x40, 0x50, 0x60, 0x70, 0x80, 0x90, 0x91, 0xa0, 0xa1
        ];
        for (uint256 k = 0; k < kinds.length; ++k) {
            string memory kind = vm.toString(uint256(kinds[k]));
            vm.assertGt(carriedOf[kinds[k]], 0, string.concat("never carried: ", kind));
        }
        uint8[8] memory afterwards = [uint8(0x10), 0x20, 0x30, 0x40, 0x50, 0x60, 0xa0, 0xa1];
        for (uint256 k = 0; k < afterwards.length; ++k) {
            string memory kind = vm.toString(uint256(afterwards[k]));
            vm.assertGt(acceptedAfter[afterwards[k]], 0, string.concat("never accepted after a move: ", kind));
        }
    }

    function oneJournal(uint256 seed) private {
        deploy(3, 2, 0);
        forget();
        vm.recordLogs();
        handler = new CarriedHandler(registry, address(council));
        handler.found();
        play(seed);
        address first = address(registry);
        bytes32 firstHead = sha256(abi.encodePacked("sealroot/journal/1", block.chainid, first));
        CarriedRegistry second = move(firstHead, first, 1 + (seed % 7) * 9);
        play(seed + 1000);
        move(firstHead, first, 10_000);
        play(seed + 2000);
        for (uint256 i = 0; i < entries.length; ++i) ++carriedOf[entries[i].kind];
        assertTrue(address(second) != address(handler.registry()), "moved twice");
    }

    function move(bytes32 firstHead, address first, uint256 count) private returns (CarriedRegistry next) {
        IRegistry old = handler.registry();
        next = deployCarried(block.chainid, first);
        handler.moveTo(next);
        collect(address(old), firstHead);
        assertEq(heads[entries.length], old.head(), "the old head");
        vm.recordLogs();
        carryAll(next, count);
        handler.movedTo(next);
        assertTrue(next.isOpen(), "open");
        assertEq(next.head(), handler.replay().head(), "head");
        assertEq(next.size(), handler.replay().size(), "size");
        assertEq(stateOf(next, codes, kids), stateOf(old, codes, kids), "state");
    }

    function play(uint256 seed) private {
        bytes4[] memory calls = everyCall();
        uint256[8] memory before;
        uint8[8] memory kinds = [uint8(0x10), 0x20, 0x30, 0x40, 0x50, 0x60, 0xa0, 0xa1];
        for (uint256 k = 0; k < 8; ++k) before[k] = handler.accepted(kinds[k]);
        for (uint256 i = 0; i < CALLS; ++i) {
            uint256 choice = uint256(keccak256(abi.encode(seed, i)));
            bytes memory call_ = abi.encodeWithSelector(calls[choice % calls.length], choice >> 8);
            (bool done, ) = address(handler).call(call_);
            assertTrue(done, "a handler does not revert");
        }
        assertEq(handler.disagreements(), 0, vm.toString(uint256(handler.lastDisagreement())));
        assertEq(handler.trespasses(), 0, "trespasses");
        assertEq(handler.registry().head(), handler.replay().head(), "head");
        if (seed < 1000) return;
        for (uint256 k = 0; k < 8; ++k) acceptedAfter[kinds[k]] += handler.accepted(kinds[k]) - before[k];
    }

    /// @dev Without setSuccessor, which is the move itself; what leads far is called more often.
    function everyCall() private pure returns (bytes4[] memory selectors) {
        bytes4[25] memory all = [
            RegistryHandler.registerAgency.selector,
            RegistryHandler.renameAgency.selector,
            RegistryHandler.changeAgencyAccounts.selector,
            RegistryHandler.suspendAgency.selector,
            RegistryHandler.resumeAgency.selector,
            RegistryHandler.resumeAgency.selector,
            RegistryHandler.closeAgency.selector,
            RegistryHandler.addKey.selector,
            RegistryHandler.addKey.selector,
            RegistryHandler.endKey.selector,
            RegistryHandler.compromiseKey.selector,
            RegistryHandler.confirmBatch.selector,
            RegistryHandler.grantAccreditation.selector,
            RegistryHandler.delegateAccreditation.selector,
            RegistryHandler.endAccreditation.selector,
            RegistryHandler.registerType.selector,
            RegistryHandler.anchor.selector,
            RegistryHandler.anchor.selector,
            RegistryHandler.publishStatus.selector,
            RegistryHandler.startAlgorithm.selector,
            RegistryHandler.warnAlgorithm.selector,
            RegistryHandler.stopAlgorithm.selector,
            RegistryHandler.setCheckpointSigners.selector,
            RegistryHandler.recogniseRegistry.selector,
            RegistryHandler.endRecognition.selector
        ];
        selectors = new bytes4[](all.length);
        for (uint256 i = 0; i < all.length; ++i) selectors[i] = all[i];
    }
}
