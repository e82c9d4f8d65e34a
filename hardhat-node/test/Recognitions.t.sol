// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IRegistry} from "../contracts/IRegistry.sol";
import {RegistryTest} from "./support/RegistryTest.sol";

contract RecognitionsTest is RegistryTest {
    address private constant OTHER = 0x5555555555555555555555555555555555555555;
    bytes private constant TAIL = hex"a301";

    function recognising(uint256 chainId, address other, uint64 until) private pure returns (bytes memory) {
        return abi.encodeCall(IRegistry.recogniseRegistry, (chainId, other, until, TAIL));
    }

    function ending(uint64 number) private pure returns (bytes memory) {
        return abi.encodeCall(IRegistry.endRecognition, (number));
    }

    function givenRecognised(uint64 until) private asCouncil returns (uint64 number) {
        return registry.recogniseRegistry(137, OTHER, until, TAIL);
    }

    function assertAlreadyRecognised(uint64 number) private {
        bytes memory reason = abi.encodeWithSelector(IRegistry.RegistryAlreadyRecognised.selector, number);
        assertRefuses(address(council), recognising(137, OTHER, 0), reason);
    }

    // ------------------------------------------------------------------- recognising

    function test_recognises_a_registry_in_the_bytes_of_the_format() public {
        assertAppends(
            address(council),
            recognising(137, OTHER, 1_800_000_000),
            0xa0,
            hex"0000000000000001_0000000000000000000000000000000000000000000000000000000000000089"
            hex"5555555555555555555555555555555555555555_000000006b49d200_a301"
        );
        (uint256 chainId, address other, uint64 until, bool ended) = registry.recognition(1);
        assertEq(chainId, 137, "chain id");
        assertEq(other, OTHER, "registry");
        assertEq(until, 1_800_000_000, "until");
        assertFalse(ended, "ended");
        assertEq(registry.recognitionCount(), 1, "count");
        assertEq(registry.latestRecognition(137, OTHER), 1, "latest");
    }

    function test_recognitions_count_from_1() public {
        assertEq(registry.recognitionCount(), 0, "none");
        assertEq(givenRecognised(0), 1, "first");
        vm.startPrank(address(council));
        assertEq(registry.recogniseRegistry(138, OTHER, 0, TAIL), 2, "another chain");
        assertEq(registry.recogniseRegistry(137, stranger, 0, TAIL), 3, "another contract");
        vm.stopPrank();
    }

    function test_an_unknown_recognition_reads_as_zeros() public view {
        (uint256 chainId, address other, uint64 until, bool ended) = registry.recognition(1);
        assertTrue(chainId == 0 && other == address(0) && until == 0 && !ended, "zeros");
        assertEq(registry.latestRecognition(137, OTHER), 0, "none");
    }

    function test_a_chain_id_beyond_64_bits_is_nobodys() public {
        givenRecognised(0);
        assertEq(registry.latestRecognition((1 << 96) + 137, OTHER), 0, "another place");
    }

    function test_only_the_council_recognises_and_ends() public {
        assertCouncilOnly(recognising(137, OTHER, 0));
        assertCouncilOnly(ending(1));
    }

    function test_the_chain_id_has_64_bits() public {
        uint256[2] memory wrong = [uint256(0), 1 << 64];
        for (uint256 i = 0; i < 2; ++i) {
            bytes memory reason = abi.encodeWithSelector(IRegistry.RegistryInvalidChainId.selector, wrong[i]);
            assertRefuses(address(council), recognising(wrong[i], OTHER, 0), reason);
        }
        vm.prank(address(council));
        registry.recogniseRegistry(type(uint64).max, OTHER, 0, TAIL);
        (uint256 chainId, , , ) = registry.recognition(1);
        assertEq(chainId, type(uint64).max, "chain id");
    }

    function test_refuses_the_zero_address_and_itself() public {
        bytes memory zero = abi.encodeWithSelector(IRegistry.RegistryZeroAccount.selector);
        assertRefuses(address(council), recognising(137, address(0), 0), zero);
        bytes memory own = abi.encodeWithSelector(
            IRegistry.RegistryOwnRegistry.selector,
            block.chainid,
            address(registry)
        );
        assertRefuses(address(council), recognising(block.chainid, address(registry), 0), own);
    }

    function test_until_lies_in_the_future_or_is_open() public {
        uint64 now_ = uint64(block.timestamp);
        bytes memory reason = abi.encodeWithSelector(IRegistry.RegistryInvalidUntil.selector, now_);
        assertRefuses(address(council), recognising(137, OTHER, now_), reason);
        assertEq(givenRecognised(now_ + 1), 1, "a second");
    }

    function test_the_tail_has_1_to_8124_bytes() public {
        uint256[2] memory wrong = [uint256(0), 8125];
        for (uint256 i = 0; i < 2; ++i) {
            bytes memory call_ = abi.encodeCall(IRegistry.recogniseRegistry, (137, OTHER, 0, new bytes(wrong[i])));
            bytes memory reason = abi.encodeWithSelector(IRegistry.RegistryInvalidRecognition.selector, wrong[i]);
            assertRefuses(address(council), call_, reason);
        }
        vm.startPrank(address(council));
        registry.recogniseRegistry(137, OTHER, 0, new bytes(1));
        registry.recogniseRegistry(138, OTHER, 0, new bytes(8124));
        vm.stopPrank();
    }

    // ----------------------------------------------------------------- once at a time

    function test_one_in_force_is_not_recognised_again() public {
        givenRecognised(uint64(block.timestamp) + 100);
        assertAlreadyRecognised(1);
        vm.warp(block.timestamp + 99);
        assertAlreadyRecognised(1);
        vm.warp(block.timestamp + 1);
        assertEq(givenRecognised(0), 2, "the first has passed");
        assertAlreadyRecognised(2);
    }

    function test_an_ended_one_is_recognised_again_in_the_same_block() public {
        givenRecognised(0);
        vm.prank(address(council));
        registry.endRecognition(1);
        assertEq(givenRecognised(0), 2, "again");
        assertEq(registry.latestRecognition(137, OTHER), 2, "latest");
    }

    function test_ending_an_older_one_leaves_the_newer_in_force() public {
        givenRecognised(uint64(block.timestamp) + 1);
        vm.warp(block.timestamp + 1);
        givenRecognised(0);
        vm.prank(address(council));
        registry.endRecognition(1);
        assertAlreadyRecognised(2);
    }

    // -------------------------------------------------------------------------- ending

    function test_ends_a_recognition_once_in_the_bytes_of_the_format() public {
        givenRecognised(0);
        assertAppends(address(council), ending(1), 0xa1, hex"0000000000000001");
        (, , , bool ended) = registry.recognition(1);
        assertTrue(ended, "ended");
        bytes memory reason = abi.encodeWithSelector(IRegistry.RegistryRecognitionAlreadyEnded.selector, 1);
        assertRefuses(address(council), ending(1), reason);
    }

    function test_ends_one_whose_time_has_passed() public {
        givenRecognised(uint64(block.timestamp) + 1);
        vm.warp(block.timestamp + 2);
        assertAppends(address(council), ending(1), 0xa1, hex"0000000000000001");
    }

    function test_refuses_to_end_what_never_was() public {
        givenRecognised(0);
        uint64[2] memory wrong = [uint64(0), 2];
        for (uint256 i = 0; i < 2; ++i) {
            bytes memory reason = abi.encodeWithSelector(IRegistry.RegistryUnknownRecognition.selector, wrong[i]);
            assertRefuses(address(council), ending(wrong[i]), reason);
        }
    }
}
