// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IRegistry} from "../contracts/IRegistry.sol";
import {RegistryTest} from "./support/RegistryTest.sol";

contract AlgorithmsTest is RegistryTest {
    int32 private constant ES256 = -7;
    int32 private constant ML_DSA_44 = -48;

    function starting(int32 alg, uint64 effectiveAt) private pure returns (bytes memory) {
        return abi.encodeCall(IRegistry.startAlgorithm, (alg, effectiveAt));
    }

    function warning(int32 alg, uint64 effectiveAt) private pure returns (bytes memory) {
        return abi.encodeCall(IRegistry.warnAlgorithm, (alg, effectiveAt));
    }

    function stopping(int32 alg, uint64 effectiveAt) private pure returns (bytes memory) {
        return abi.encodeCall(IRegistry.stopAlgorithm, (alg, effectiveAt));
    }

    function outOfOrder(int32 alg, uint8 phase) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IRegistry.RegistryAlgorithmOutOfOrder.selector, alg, phase);
    }

    function test_the_example_of_the_format() public {
        assertAppends(address(council), starting(ES256, 1_700_000_000), 0x70, hex"fffffff9_01_000000006553f100");
    }

    function test_zero_stands_for_the_time_of_the_entry() public {
        assertAppends(address(council), starting(ML_DSA_44, 0), 0x70, hex"ffffffd0_01_000000006553f100");
        assertAppends(address(council), warning(ML_DSA_44, 0), 0x70, hex"ffffffd0_02_000000006553f100");
        assertAppends(address(council), stopping(ML_DSA_44, 0), 0x70, hex"ffffffd0_03_000000006553f100");
    }

    function test_announces_ahead() public {
        assertAppends(address(council), starting(ES256, 1_700_000_001), 0x70, hex"fffffff9_01_000000006553f101");
        assertAppends(address(council), warning(ES256, 1_700_000_002), 0x70, hex"fffffff9_02_000000006553f102");
        assertAppends(address(council), stopping(ES256, 1_700_000_003), 0x70, hex"fffffff9_03_000000006553f103");
        (uint64 startsAt, uint64 stopsAt) = registry.algorithm(ES256);
        assertEq(startsAt, 1_700_000_001, "starts");
        assertEq(stopsAt, 1_700_000_003, "stops");
    }

    function test_refuses_to_backdate() public {
        bytes memory reason = abi.encodeWithSelector(IRegistry.RegistryBackdated.selector, uint64(1_699_999_999));
        assertRefuses(address(council), starting(ES256, 1_699_999_999), reason);
        givenAlgorithms();
        assertRefuses(address(council), warning(ES256, 1_699_999_999), reason);
        assertRefuses(address(council), stopping(ES256, 1_699_999_999), reason);
    }

    function test_starts_once() public {
        givenAlgorithms();
        assertRefuses(address(council), starting(ES256, 0), outOfOrder(ES256, 1));
    }

    function test_warns_and_stops_only_after_a_start() public {
        assertRefuses(address(council), warning(ES256, 0), outOfOrder(ES256, 2));
        assertRefuses(address(council), stopping(ES256, 0), outOfOrder(ES256, 3));
    }

    function test_warns_again() public {
        givenAlgorithms();
        assertAppends(address(council), warning(ES256, 0), 0x70, hex"fffffff9_02_000000006553f100");
        assertAppends(address(council), warning(ES256, 0), 0x70, hex"fffffff9_02_000000006553f100");
    }

    function test_nothing_follows_a_stop_even_before_it_takes_effect() public {
        givenAlgorithms();
        vm.prank(address(council));
        registry.stopAlgorithm(ES256, uint64(block.timestamp) + 1000);
        assertRefuses(address(council), starting(ES256, 0), outOfOrder(ES256, 1));
        assertRefuses(address(council), warning(ES256, 0), outOfOrder(ES256, 2));
        assertRefuses(address(council), stopping(ES256, 0), outOfOrder(ES256, 3));
    }

    function test_algorithms_are_apart() public {
        vm.startPrank(address(council));
        registry.startAlgorithm(ES256, 0);
        registry.stopAlgorithm(ES256, 0);
        registry.startAlgorithm(ML_DSA_44, 0);
        vm.stopPrank();
        (uint64 startsAt, uint64 stopsAt) = registry.algorithm(ML_DSA_44);
        assertEq(startsAt, block.timestamp, "starts");
        assertEq(stopsAt, 0, "does not stop");
    }

    function testFuzz_refuses_every_other_algorithm(int32 alg) public {
        vm.assume(alg != ES256 && alg != ML_DSA_44);
        bytes memory reason = abi.encodeWithSelector(IRegistry.RegistryUnknownAlgorithm.selector, alg);
        assertRefuses(address(council), starting(alg, 0), reason);
    }

    function test_only_the_council_moves_the_calendar() public {
        assertCouncilOnly(starting(ES256, 0));
        givenAlgorithms();
        assertCouncilOnly(warning(ES256, 0));
        assertCouncilOnly(stopping(ES256, 0));
    }
}
