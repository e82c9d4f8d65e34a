// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IRegistry} from "../contracts/IRegistry.sol";
import {Governed} from "./support/Governed.sol";
import {RegistryHandler} from "./support/RegistryHandler.sol";

contract Handler is RegistryHandler {
    constructor(IRegistry registry_, address council) RegistryHandler(registry_, council) {}
}

/// @notice Whatever is called by whomever in whatever order: the registry accepts what a replay of its journal accepts,
/// from those who may, and nothing else.
contract EquivalenceTest is Governed {
    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    uint256 private constant FOUNDING_CALLS = 4;

    uint8[20] private kinds = [
        uint8(0x10),
        0x11,
        0x12,
        0x13,
        0x14,
        0x15,
        0x20,
        0x21,
        0x22,
        0x23,
        0x30,
        0x31,
        0x32,
        0x40,
        0x50,
        0x60,
        0x70,
        0x80,
        0xa0,
        0xa1
    ];

    Handler private handler;

    function setUp() public {
        deploy(3, 2, 0);
        handler = new Handler(registry, address(council));
        handler.found();
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    function targetSelectors() external view returns (FuzzSelector[] memory selectors) {
        selectors = new FuzzSelector[](1);
        selectors[0] = FuzzSelector(address(handler), everyCall());
    }

    /// @dev What leads far is called more often.
    function everyCall() private pure returns (bytes4[] memory selectors) {
        selectors = new bytes4[](26);
        selectors[0] = RegistryHandler.registerAgency.selector;
        selectors[1] = RegistryHandler.renameAgency.selector;
        selectors[2] = RegistryHandler.changeAgencyAccounts.selector;
        selectors[3] = RegistryHandler.suspendAgency.selector;
        selectors[4] = RegistryHandler.resumeAgency.selector;
        selectors[5] = RegistryHandler.closeAgency.selector;
        selectors[6] = RegistryHandler.addKey.selector;
        selectors[7] = RegistryHandler.endKey.selector;
        selectors[8] = RegistryHandler.compromiseKey.selector;
        selectors[9] = RegistryHandler.confirmBatch.selector;
        selectors[10] = RegistryHandler.grantAccreditation.selector;
        selectors[11] = RegistryHandler.delegateAccreditation.selector;
        selectors[12] = RegistryHandler.endAccreditation.selector;
        selectors[13] = RegistryHandler.registerType.selector;
        selectors[14] = RegistryHandler.anchor.selector;
        selectors[15] = RegistryHandler.publishStatus.selector;
        selectors[16] = RegistryHandler.startAlgorithm.selector;
        selectors[17] = RegistryHandler.warnAlgorithm.selector;
        selectors[18] = RegistryHandler.stopAlgorithm.selector;
        selectors[19] = RegistryHandler.setCheckpointSigners.selector;
        selectors[20] = RegistryHandler.recogniseRegistry.selector;
        selectors[21] = RegistryHandler.endRecognition.selector;
        selectors[22] = RegistryHandler.registerAgency.selector;
        selectors[23] = RegistryHandler.addKey.selector;
        selectors[24] = RegistryHandler.anchor.selector;
        selectors[25] = RegistryHandler.setSuccessor.selector;
    }

    // ------------------------------------------------------------------------- invariants

    function invariant_the_registry_accepts_exactly_what_a_replay_accepts() public view {
        assertEq(handler.disagreements(), 0, vm.toString(uint256(handler.lastDisagreement())));
    }

    function invariant_head_and_size_are_those_of_the_replay() public view {
        assertEq(registry.head(), handler.replay().head(), "head");
        assertEq(registry.size(), handler.replay().size(), "size");
        assertEq(registry.size(), handler.acceptedCount(), "one entry a call");
    }

    function invariant_nobody_without_the_role_changes_anything() public view {
        assertEq(handler.trespasses(), 0, "trespasses");
    }

    function invariant_batch_numbers_never_skip_or_repeat() public view {
        uint64 batches = 0;
        bytes16[3] memory codes = [bytes16("A"), "B-2", "3"];
        for (uint256 i = 0; i < 3; ++i) {
            (, uint64 nextBatch, , ) = registry.agency(codes[i]);
            if (nextBatch > 0) batches += nextBatch - 1;
            assertEq(bytes32(registry.batchKey(codes[i], nextBatch)), bytes32(0), "the next has no key");
        }
        assertEq(batches, handler.accepted(0x50), "as many numbers as batches");
    }

    function invariant_status_versions_are_the_latest_published() public view {
        bytes16[3] memory codes = [bytes16("A"), "B-2", "3"];
        for (uint256 i = 0; i < 3; ++i) {
            for (uint32 list = 0; list < 3; ++list) {
                uint32 latest = handler.replay().lastVersion(codes[i], list);
                assertEq(registry.statusVersion(codes[i], list), latest, "version");
            }
        }
    }

    /// @dev Runs after each sequence: a handler whose calls all failed would prove nothing.
    function afterInvariant() public view {
        vm.assertGt(handler.acceptedCount(), FOUNDING_CALLS + 2, "the handler hardly ever succeeded");
        vm.assertGt(handler.refusedCount(), 9, "the handler was hardly ever refused");
    }

    // --------------------------------------------------------------------------- coverage

    function test_the_handler_is_accepted_and_refused_in_every_kind() public {
        bytes4[] memory calls = everyCall();
        for (uint256 run = 0; run < 8; ++run) {
            for (uint256 i = 0; i < 400; ++i) {
                uint256 seed = uint256(keccak256(abi.encode(run, i)));
                (bool done, ) = address(handler).call(abi.encodeWithSelector(calls[seed % 25], seed >> 8));
                assertTrue(done, "a handler does not revert");
            }
            nextRegistry();
        }
        for (uint256 k = 0; k < kinds.length; ++k) {
            string memory kind = vm.toString(uint256(kinds[k]));
            vm.assertGt(acceptedOf[kinds[k]], 0, string.concat("never accepted: ", kind));
            vm.assertGt(refusedByRuleOf[kinds[k]], 0, string.concat("never refused by a rule: ", kind));
            vm.assertGt(refusedByRoleOf[kinds[k]], 0, string.concat("never refused by a role: ", kind));
        }
    }

    mapping(uint8 kind => uint256) private acceptedOf;
    mapping(uint8 kind => uint256) private refusedByRuleOf;
    mapping(uint8 kind => uint256) private refusedByRoleOf;

    function nextRegistry() private {
        assertEq(handler.disagreements(), 0, vm.toString(uint256(handler.lastDisagreement())));
        assertEq(registry.head(), handler.replay().head(), "head");
        for (uint256 k = 0; k < kinds.length; ++k) {
            acceptedOf[kinds[k]] += handler.accepted(kinds[k]);
            refusedByRuleOf[kinds[k]] += handler.refusedByRule(kinds[k]);
            refusedByRoleOf[kinds[k]] += handler.refusedByRole(kinds[k]);
        }
        deploy(3, 2, 0);
        handler = new Handler(registry, address(council));
        handler.found();
    }
}
