// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @notice The cheatcodes of Hardhat's Solidity test runner that our tests use.
interface Vm {
    // who calls, and with what
    function prank(address sender) external;
    function startPrank(address sender) external;
    function stopPrank() external;
    function deal(address account, uint256 balance) external;
    function addr(uint256 privateKey) external pure returns (address account);
    function sign(uint256 privateKey, bytes32 digest) external pure returns (uint8 v, bytes32 r, bytes32 s);
    function label(address account, string calldata name) external;
    function publicKeyP256(uint256 privateKey) external pure returns (uint256 x, uint256 y);

    // the block
    function warp(uint256 timestamp) external;
    function roll(uint256 number) external;
    function chainId(uint256 id) external;
    function getBlockTimestamp() external view returns (uint256 timestamp);

    // storage and state
    function load(address account, bytes32 slot) external view returns (bytes32 word);
    function store(address account, bytes32 slot, bytes32 word) external;
    function snapshotState() external returns (uint256 id);
    function revertToState(uint256 id) external returns (bool done);

    // what the next call must do
    function expectRevert() external;
    function expectRevert(bytes4 selector) external;
    function expectRevert(bytes calldata revertBytes) external;
    function expectPartialRevert(bytes4 selector) external;
    function expectEmit() external;
    function expectEmit(address emitter) external;
    function expectEmit(bool topic1, bool topic2, bool topic3, bool payload) external;
    function recordLogs() external;

    struct Log {
        bytes32[] topics;
        bytes data;
        address emitter;
    }

    function getRecordedLogs() external returns (Log[] memory logs);

    // fuzzed inputs
    function assume(bool condition) external pure;

    // gas
    struct Gas {
        uint64 gasLimit;
        uint64 gasTotalUsed;
        uint64 gasMemoryUsed;
        int64 gasRefunded;
        uint64 gasRemaining;
    }

    function lastCallGas() external view returns (Gas memory gas);
    function cool(address account) external; // the next access to its storage costs what a first one does
    function snapshotGasLastCall(string calldata group, string calldata name) external returns (uint256 gas);
    function snapshotValue(string calldata group, string calldata name, uint256 measured) external;
    function startSnapshotGas(string calldata group, string calldata name) external;
    function stopSnapshotGas() external returns (uint256 gas);

    // text
    function toString(uint256 number) external pure returns (string memory text);

    // assertions
    function assertTrue(bool condition, string calldata because) external pure;
    function assertFalse(bool condition, string calldata because) external pure;
    function assertEq(bool left, bool right, string calldata because) external pure;
    function assertEq(uint256 left, uint256 right, string calldata because) external pure;
    function assertEq(address left, address right, string calldata because) external pure;
    function assertEq(bytes32 left, bytes32 right, string calldata because) external pure;
    function assertEq(bytes calldata left, bytes calldata right, string calldata because) external pure;
    function assertEq(string calldata left, string calldata right, string calldata because) external pure;
    function assertNotEq(uint256 left, uint256 right, string calldata because) external pure;
    function assertNotEq(bytes32 left, bytes32 right, string calldata because) external pure;
    function assertLe(uint256 left, uint256 right, string calldata because) external pure;
    function assertLt(uint256 left, uint256 right, string calldata because) external pure;
    function assertGe(uint256 left, uint256 right, string calldata because) external pure;
    function assertGt(uint256 left, uint256 right, string calldata because) external pure;
}
