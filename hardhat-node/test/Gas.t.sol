// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IRegistry} from "../contracts/IRegistry.sol";
import {Keys} from "./support/Keys.sol";
import {RegistryTest} from "./support/RegistryTest.sol";

/// @notice What one anchored batch costs as a transaction: 21,000, its bytes (EIP-2028) and its execution with nothing
/// of the registry's storage or code warm.
contract GasTest is RegistryTest {
    uint256 private constant BUDGET = 75_000;

    bytes16 private first;
    bytes16 private second;

    function setUp() public override {
        super.setUp();
        givenAgencies();
        givenAlgorithms();
        first = givenKey(OFFICE, Keys.ES256_ODD);
        second = givenKey(OFFICE, Keys.ES256_EVEN);
    }

    function transactionGas(uint64 batchNo, bytes16 kid) private returns (uint256 gas) {
        bytes memory call_ = abi.encodeCall(IRegistry.anchor, (OFFICE, batchNo, ROOT, 4096, kid));
        address target = address(registry);
        vm.cool(target);
        vm.prank(officeAnchor);
        (bool done, ) = target.call(call_);
        gas = 21_000 + vm.lastCallGas().gasTotalUsed;
        assertTrue(done, "anchored");
        for (uint256 i = 0; i < call_.length; ++i) gas += call_[i] == 0 ? 4 : 16;
    }

    function test_anchoring_costs_the_same_from_batch_1_to_batch_1000() public {
        uint256 gas1 = transactionGas(1, first);
        for (uint64 batchNo = 2; batchNo < 1000; ++batchNo) givenBatch(OFFICE, batchNo, first);
        uint256 gas1000 = transactionGas(1000, first);
        vm.snapshotValue("Registry", "anchor: batch 1", gas1);
        vm.snapshotValue("Registry", "anchor: batch 1000", gas1000);
        vm.assertLe(gas1, BUDGET, "batch 1");
        vm.assertLe(gas1000, BUDGET, "batch 1000");
        vm.assertLe(gas1000, gas1 + 100, "flat: only the bytes of the number differ");
    }

    function test_anchoring_with_another_key_than_the_batch_before_stays_within_the_budget() public {
        givenBatch(OFFICE, 1, first);
        uint256 firstChange = transactionGas(2, second);
        uint256 laterChange = transactionGas(3, first);
        vm.snapshotValue("Registry", "anchor: first change of key", firstChange);
        vm.snapshotValue("Registry", "anchor: later change of key", laterChange);
        vm.assertLe(firstChange, BUDGET, "the first change of key");
        vm.assertLe(laterChange, BUDGET, "a later change of key");
    }
}
