// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Vm} from "./Vm.sol";

/// @notice What every Solidity test begins from: the cheatcodes, and short words for the commonest assertions.
/// @dev The npm package of forge-std is unofficial and years old, so the few lines we need stand here.
abstract contract Test {
    /// @dev The address at which the test runner answers: address(uint160(uint256(keccak256("hevm cheat code")))).
    Vm internal constant vm = Vm(0x7109709ECfa91a80626fF3989D68f67F5b1DD12D);

    function assertTrue(bool condition, string memory because) internal pure {
        vm.assertTrue(condition, because);
    }

    function assertFalse(bool condition, string memory because) internal pure {
        vm.assertFalse(condition, because);
    }

    function assertEq(uint256 left, uint256 right, string memory because) internal pure {
        vm.assertEq(left, right, because);
    }

    function assertEq(bytes32 left, bytes32 right, string memory because) internal pure {
        vm.assertEq(left, right, because);
    }

    function assertEq(address left, address right, string memory because) internal pure {
        vm.assertEq(left, right, because);
    }

    function assertEq(bool left, bool right, string memory because) internal pure {
        vm.assertEq(left, right, because);
    }

    function assertEq(bytes memory left, bytes memory right, string memory because) internal pure {
        vm.assertEq(left, right, because);
    }

    /// @notice An address that nobody else holds, with a name in traces.
    function named(string memory name) internal returns (address account) {
        account = vm.addr(uint256(keccak256(bytes(name))));
        vm.label(account, name);
    }

    /// @notice The number brought into the range, spread evenly, so that no fuzz input is thrown away.
    function bound(uint256 number, uint256 lowest, uint256 highest) internal pure returns (uint256) {
        uint256 span = highest - lowest + 1;
        return span == 0 ? number : lowest + (number % span);
    }
}
