// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IRegistry} from "../contracts/IRegistry.sol";
import {Registry} from "../contracts/Registry.sol";
import {Keys} from "./support/Keys.sol";
import {RegistryTest} from "./support/RegistryTest.sol";

contract RegistryJournalTest is RegistryTest {
    function signing(uint8 k, bytes memory coseKeys) private pure returns (bytes memory) {
        return abi.encodeCall(IRegistry.setCheckpointSigners, (k, coseKeys));
    }

    function succeeding(uint256 chainId, address successor) private pure returns (bytes memory) {
        return abi.encodeCall(IRegistry.setSuccessor, (chainId, successor));
    }

    // ---------------------------------------------------------------------- the head

    function test_an_empty_journal_has_the_head_of_its_chain_and_address() public view {
        bytes memory beginning = abi.encodePacked("sealroot/journal/1", uint256(31337), address(registry));
        assertEq(beginning.length, 18 + 32 + 20, "length");
        assertEq(registry.head(), sha256(beginning), "head");
        assertEq(registry.size(), 0, "size");
    }

    function test_another_chain_or_address_has_another_head() public {
        Registry other = new Registry(address(manager));
        vm.chainId(31338);
        Registry elsewhere = new Registry(address(manager));
        assertTrue(other.head() != registry.head(), "another address");
        assertEq(
            elsewhere.head(),
            sha256(abi.encodePacked("sealroot/journal/1", uint256(31338), address(elsewhere))),
            "another chain"
        );
    }

    function test_the_head_is_storage_slot_0() public {
        assertEq(vm.load(address(registry), bytes32(0)), registry.head(), "empty");
        givenAgencies();
        assertEq(vm.load(address(registry), bytes32(0)), registry.head(), "after two entries");
    }

    function test_time_stands_in_the_head() public {
        vm.warp(1_800_000_000);
        assertAppends(
            address(council),
            abi.encodeCall(IRegistry.startAlgorithm, (Keys.ES256, 0)),
            0x70,
            hex"fffffff9_01_000000006b49d200"
        );
    }

    function test_has_a_version() public view {
        assertEq(bytes(registry.version()), bytes("1.1.0"), "version");
    }

    function test_answers_to_no_other_call_and_takes_no_coins() public {
        vm.deal(stranger, 1 ether);
        vm.startPrank(stranger);
        (bool paid, ) = address(registry).call{value: 1}("");
        (bool empty, ) = address(registry).call("");
        (bool unknown, ) = address(registry).call(hex"12345678");
        assertFalse(paid || empty || unknown, "refused");
    }

    // ------------------------------------------------------------- checkpoint signers

    function test_sets_signers_of_every_shape_in_the_bytes_of_the_format() public {
        bytes memory three = bytes.concat(hex"83", Keys.ES256_ODD, Keys.ED25519, Keys.mldsa44(1));
        assertAppends(address(council), signing(2, three), 0x80, bytes.concat(hex"02", three));
    }

    function test_sets_signers_again() public {
        bytes memory one = bytes.concat(hex"81", Keys.ED25519);
        assertAppends(address(council), signing(1, one), 0x80, bytes.concat(hex"01", one));
        assertAppends(address(council), signing(1, one), 0x80, bytes.concat(hex"01", one));
    }

    function test_refuses_malformed_signers() public {
        bytes memory reason = abi.encodeWithSelector(IRegistry.RegistryInvalidCheckpointSigners.selector);
        bytes memory two = bytes.concat(hex"82", Keys.ED25519, Keys.OTHER_ED25519);
        assertRefuses(address(council), signing(0, two), reason);
        assertRefuses(address(council), signing(3, two), reason);
        assertRefuses(address(council), signing(1, bytes.concat(two, hex"00")), reason);
    }

    // ---------------------------------------------------------------------- successor

    function test_names_a_successor_in_the_bytes_of_the_format() public {
        address next = 0x5555555555555555555555555555555555555555;
        assertAppends(
            address(council),
            succeeding(137, next),
            0x90,
            hex"0000000000000000000000000000000000000000000000000000000000000089"
            hex"5555555555555555555555555555555555555555"
        );
        (uint256 chainId, address found) = registry.successor();
        assertEq(chainId, 137, "chain id");
        assertEq(found, next, "registry");
    }

    function test_refuses_a_successor_at_the_zero_address() public {
        bytes memory reason = abi.encodeWithSelector(IRegistry.RegistryZeroAccount.selector);
        assertRefuses(address(council), succeeding(1, address(0)), reason);
    }

    function test_refuses_itself_as_its_successor() public {
        bytes memory reason = abi.encodeWithSelector(
            IRegistry.RegistryOwnRegistry.selector,
            block.chainid,
            address(registry)
        );
        assertRefuses(address(council), succeeding(block.chainid, address(registry)), reason);
        vm.prank(address(council));
        registry.setSuccessor(block.chainid + 1, address(registry));
    }

    function test_the_chain_id_of_a_successor_has_64_bits() public {
        assertInvalidChainId(0);
        assertInvalidChainId(1 << 64);
        vm.prank(address(council));
        registry.setSuccessor((1 << 64) - 1, stranger);
        (uint256 chainId, ) = registry.successor();
        assertEq(chainId, type(uint64).max, "chain id");
    }

    function assertInvalidChainId(uint256 chainId) private {
        bytes memory reason = abi.encodeWithSelector(IRegistry.RegistryInvalidChainId.selector, chainId);
        assertRefuses(address(council), succeeding(chainId, stranger), reason);
    }

    function test_nothing_follows_the_successor() public {
        givenAgencies();
        givenAlgorithms();
        givenType();
        bytes16 kid = givenKey(OFFICE, Keys.ES256_ODD);
        uint64 grant = givenGrant(2, 0);
        givenBatch(OFFICE, 1, kid);
        vm.startPrank(address(council));
        registry.recogniseRegistry(2, stranger, 0, hex"a0");
        registry.setSuccessor(1, stranger);
        vm.stopPrank();
        assertSuperseded(address(council), succeeding(2, stranger));
        assertSuperseded(address(council), abi.encodeCall(IRegistry.suspendAgency, (OFFICE)));
        assertSuperseded(address(council), abi.encodeCall(IRegistry.registerType, (TYPE, 2, ROOT)));
        assertSuperseded(address(council), abi.encodeCall(IRegistry.stopAlgorithm, (Keys.ES256, 0)));
        assertSuperseded(officeOperations, abi.encodeCall(IRegistry.compromiseKey, (kid, 1)));
        bytes memory delegating = abi.encodeCall(IRegistry.delegateAccreditation, (grant, OFFICE, TYPE, 0, 0));
        assertSuperseded(ministryOperations, delegating);
        assertSuperseded(address(council), abi.encodeCall(IRegistry.recogniseRegistry, (1, stranger, 0, hex"a0")));
        assertSuperseded(address(council), abi.encodeCall(IRegistry.endRecognition, (1)));
        assertSuperseded(officeAnchor, abi.encodeCall(IRegistry.anchor, (OFFICE, 2, ROOT, 1, kid)));
        assertSuperseded(officeAnchor, abi.encodeCall(IRegistry.publishStatus, (OFFICE, 1, 1, ROOT)));
    }

    function assertSuperseded(address account, bytes memory call_) private {
        assertRefuses(account, call_, abi.encodeWithSelector(IRegistry.RegistrySuperseded.selector));
    }

    function test_only_the_council_names_signers_and_successor() public {
        assertCouncilOnly(signing(1, bytes.concat(hex"81", Keys.ED25519)));
        assertCouncilOnly(succeeding(1, stranger));
    }
}
