// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {IRegistry} from "../contracts/IRegistry.sol";
import {Keys} from "./support/Keys.sol";
import {RegistryTest} from "./support/RegistryTest.sol";

contract KeysTest is RegistryTest {
    bytes16 private constant KID = Keys.ES256_ODD_KID;

    function setUp() public override {
        super.setUp();
        givenAgencies();
    }

    function adding(bytes16 code, bytes16 kid, int32 alg, bytes memory coseKey) private pure returns (bytes memory) {
        return abi.encodeCall(IRegistry.addKey, (code, kid, alg, 1, coseKey));
    }

    function addingOdd(bytes16 code) private pure returns (bytes memory) {
        return adding(code, KID, Keys.ES256, Keys.ES256_ODD);
    }

    function compromising(uint64 since) private pure returns (bytes memory) {
        return abi.encodeCall(IRegistry.compromiseKey, (KID, since));
    }

    function confirming(uint64 batchNo) private pure returns (bytes memory) {
        return abi.encodeCall(IRegistry.confirmBatch, (OFFICE, batchNo));
    }

    // ---------------------------------------------------------------------- adding

    function test_adds_an_es256_key_in_the_bytes_of_the_format() public {
        givenAlgorithms();
        assertAppends(
            address(council),
            addingOdd(OFFICE),
            0x20,
            bytes.concat(
                hex"41313530333030303043000000000000_0048dc9ea0bc0e9d721eade9719f218b_fffffff9_01",
                Keys.ES256_ODD
            )
        );
    }

    function test_adds_an_ml_dsa_44_key_in_the_bytes_of_the_format() public {
        givenAlgorithms();
        bytes memory coseKey = Keys.mldsa44(1);
        bytes16 kid = Keys.kidOf(coseKey);
        assertAppends(
            address(council),
            adding(OFFICE, kid, Keys.ML_DSA_44, coseKey),
            0x20,
            bytes.concat(hex"41313530333030303043000000000000", kid, hex"ffffffd0_01", coseKey)
        );
    }

    function test_an_added_key_can_be_read() public {
        givenAlgorithms();
        givenKey(OFFICE, Keys.ES256_ODD);
        (bytes16 code, int32 alg, bool ended, bool compromised, uint64 since) = registry.key(KID);
        assertEq(bytes32(code), bytes32(OFFICE), "agency");
        assertTrue(alg == Keys.ES256, "algorithm");
        assertFalse(ended || compromised, "neither ended nor compromised");
        assertEq(since, 0, "since");
    }

    function test_a_suspended_agency_may_get_a_key() public {
        givenAlgorithms();
        givenStatus(OFFICE, IRegistry.AgencyStatus.Suspended);
        givenKey(OFFICE, Keys.ES256_EVEN);
        (bytes16 code, , , , ) = registry.key(Keys.ES256_EVEN_KID);
        assertEq(bytes32(code), bytes32(OFFICE), "agency");
    }

    function test_refuses_a_key_of_an_unknown_or_closed_agency() public {
        givenAlgorithms();
        givenStatus(OFFICE, IRegistry.AgencyStatus.Closed);
        bytes memory unknown = abi.encodeWithSelector(IRegistry.RegistryUnknownAgency.selector, NOBODY);
        bytes memory closed = abi.encodeWithSelector(IRegistry.RegistryAgencyClosed.selector, OFFICE);
        assertRefuses(address(council), addingOdd(NOBODY), unknown);
        assertRefuses(address(council), addingOdd(OFFICE), closed);
    }

    function test_refuses_a_kid_that_was_added_before_for_whatever_agency() public {
        givenAlgorithms();
        givenKey(MINISTRY, Keys.ES256_ODD);
        bytes memory reason = abi.encodeWithSelector(IRegistry.RegistryKeyAlreadyAdded.selector, KID);
        assertRefuses(address(council), addingOdd(MINISTRY), reason);
        assertRefuses(address(council), addingOdd(OFFICE), reason);
    }

    function test_refuses_every_purpose_but_1() public {
        givenAlgorithms();
        for (uint8 purpose = 0; purpose < 4; purpose += 2) {
            bytes memory call_ = abi.encodeCall(
                IRegistry.addKey,
                (OFFICE, KID, Keys.ES256, purpose, Keys.ES256_ODD)
            );
            bytes memory reason = abi.encodeWithSelector(IRegistry.RegistryInvalidPurpose.selector, purpose);
            assertRefuses(address(council), call_, reason);
        }
    }

    function test_refuses_a_kid_that_is_not_of_these_bytes() public {
        givenAlgorithms();
        bytes16 wrong = KID ^ bytes16(uint128(1));
        bytes memory call_ = adding(OFFICE, wrong, Keys.ES256, Keys.ES256_ODD);
        bytes memory reason = abi.encodeWithSelector(IRegistry.RegistryWrongKeyId.selector, wrong, KID);
        assertRefuses(address(council), call_, reason);
    }

    function test_refuses_bytes_that_are_not_the_key_of_the_algorithm() public {
        givenAlgorithms();
        assertInvalidKey(Keys.ML_DSA_44, Keys.ES256_ODD);
        assertInvalidKey(Keys.ES256, Keys.mldsa44(1));
        assertInvalidKey(Keys.ES256, Keys.ED25519);
        assertInvalidKey(Keys.ES256, bytes.concat(Keys.ES256_ODD, hex"00"));
        assertInvalidKey(Keys.ES256, "");
    }

    function assertInvalidKey(int32 alg, bytes memory coseKey) private {
        bytes16 kid = Keys.kidOf(coseKey);
        bytes memory reason = abi.encodeWithSelector(IRegistry.RegistryInvalidKey.selector, kid);
        assertRefuses(address(council), adding(OFFICE, kid, alg, coseKey), reason);
    }

    function test_refuses_an_ed25519_batch_key_whatever_algorithm_it_claims() public {
        givenAlgorithms();
        bytes memory call_ = adding(OFFICE, Keys.kidOf(Keys.ED25519), -8, Keys.ED25519);
        bytes memory reason = abi.encodeWithSelector(IRegistry.RegistryAlgorithmNotAllowed.selector, int32(-8));
        assertRefuses(address(council), call_, reason);
    }

    function test_adds_keys_only_while_the_algorithm_is_allowed() public {
        uint64 start = uint64(block.timestamp) + 100;
        bytes memory reason = abi.encodeWithSelector(IRegistry.RegistryAlgorithmNotAllowed.selector, Keys.ES256);
        assertRefuses(address(council), addingOdd(OFFICE), reason);
        vm.startPrank(address(council));
        registry.startAlgorithm(Keys.ES256, start);
        registry.stopAlgorithm(Keys.ES256, start + 100);
        vm.stopPrank();
        vm.warp(start - 1);
        assertRefuses(address(council), addingOdd(OFFICE), reason);
        vm.warp(start + 100);
        assertRefuses(address(council), addingOdd(OFFICE), reason);
        vm.warp(start + 99);
        givenKey(OFFICE, Keys.ES256_ODD);
        vm.warp(start);
        givenKey(OFFICE, Keys.ES256_EVEN);
    }

    // ---------------------------------------------------------- ending and compromise

    function test_the_operations_account_ends_a_key() public {
        givenAlgorithms();
        givenKey(OFFICE, Keys.ES256_ODD);
        bytes memory call_ = abi.encodeCall(IRegistry.endKey, (KID));
        assertAppends(officeOperations, call_, 0x21, hex"0048dc9ea0bc0e9d721eade9719f218b");
        (, , bool ended, , ) = registry.key(KID);
        assertTrue(ended, "ended");
    }

    function test_the_council_ends_a_key_once() public {
        givenAlgorithms();
        givenKey(OFFICE, Keys.ES256_ODD);
        bytes memory call_ = abi.encodeCall(IRegistry.endKey, (KID));
        assertAppends(address(council), call_, 0x21, hex"0048dc9ea0bc0e9d721eade9719f218b");
        bytes memory reason = abi.encodeWithSelector(IRegistry.RegistryKeyAlreadyEnded.selector, KID);
        assertRefuses(address(council), call_, reason);
        assertRefuses(officeOperations, call_, reason);
    }

    function test_the_operations_account_declares_a_compromise_up_to_now() public {
        givenAlgorithms();
        givenKey(OFFICE, Keys.ES256_ODD);
        uint64 time = uint64(block.timestamp);
        bytes memory reason = abi.encodeWithSelector(
            IRegistry.RegistrySinceTooLate.selector,
            KID,
            time + 1,
            time
        );
        assertRefuses(officeOperations, compromising(time + 1), reason);
        assertAppends(
            officeOperations,
            compromising(time),
            0x22,
            hex"0048dc9ea0bc0e9d721eade9719f218b_000000006553f100"
        );
        (, , bool ended, bool compromised, uint64 since) = registry.key(KID);
        assertTrue(compromised && !ended, "compromised, not ended");
        assertEq(since, time, "since");
    }

    function test_a_later_compromise_names_an_earlier_time() public {
        givenAlgorithms();
        givenKey(OFFICE, Keys.ES256_ODD);
        vm.prank(address(council));
        registry.compromiseKey(KID, 5000);
        bytes memory reason = abi.encodeWithSelector(IRegistry.RegistrySinceTooLate.selector, KID, 5000, 4999);
        assertRefuses(address(council), compromising(5000), reason);
        assertAppends(
            officeOperations,
            compromising(4999),
            0x22,
            hex"0048dc9ea0bc0e9d721eade9719f218b_0000000000001387"
        );
    }

    function test_a_compromise_from_the_beginning_cannot_be_topped() public {
        givenAlgorithms();
        givenKey(OFFICE, Keys.ES256_ODD);
        vm.prank(address(council));
        registry.compromiseKey(KID, 0);
        bytes memory reason = abi.encodeWithSelector(IRegistry.RegistrySinceTooLate.selector, KID, 0, 0);
        assertRefuses(address(council), compromising(0), reason);
    }

    function test_an_ended_key_of_a_closed_agency_may_be_compromised() public {
        givenAlgorithms();
        givenKey(OFFICE, Keys.ES256_ODD);
        vm.prank(officeOperations);
        registry.endKey(KID);
        givenStatus(OFFICE, IRegistry.AgencyStatus.Closed);
        assertAppends(
            officeOperations,
            compromising(1),
            0x22,
            hex"0048dc9ea0bc0e9d721eade9719f218b_0000000000000001"
        );
    }

    function test_refuses_to_end_or_compromise_an_unknown_key() public {
        bytes memory reason = abi.encodeWithSelector(IRegistry.RegistryUnknownKey.selector, KID);
        assertRefuses(address(council), abi.encodeCall(IRegistry.endKey, (KID)), reason);
        assertRefuses(address(council), compromising(1), reason);
    }

    function test_only_the_council_adds_keys_and_confirms_batches() public {
        givenAlgorithms();
        assertCouncilOnly(addingOdd(OFFICE));
        assertCouncilOnly(confirming(1));
    }

    function test_only_the_agencys_operations_account_and_the_council_end_its_keys() public {
        givenAlgorithms();
        givenKey(OFFICE, Keys.ES256_ODD);
        address[5] memory others = [stranger, officeAnchor, ministryOperations, councillors[0], deployer];
        for (uint256 i = 0; i < others.length; ++i) {
            bytes memory reason = abi.encodeWithSelector(
                IAccessManaged.AccessManagedUnauthorized.selector,
                others[i]
            );
            assertRefuses(others[i], abi.encodeCall(IRegistry.endKey, (KID)), reason);
            assertRefuses(others[i], compromising(1), reason);
        }
    }

    // ------------------------------------------------------------------ confirmation

    function test_confirms_a_batch_of_a_compromised_key() public {
        givenAlgorithms();
        givenKey(OFFICE, Keys.ES256_ODD);
        givenBatch(OFFICE, 1, KID);
        vm.prank(officeOperations);
        registry.compromiseKey(KID, 1);
        assertAppends(
            address(council),
            confirming(1),
            0x23,
            hex"41313530333030303043000000000000_0000000000000001"
        );
    }

    function test_refuses_to_confirm_a_batch_of_a_healthy_key() public {
        givenAlgorithms();
        givenKey(OFFICE, Keys.ES256_ODD);
        givenBatch(OFFICE, 1, KID);
        bytes memory reason = abi.encodeWithSelector(IRegistry.RegistryKeyNotCompromised.selector, KID);
        assertRefuses(address(council), confirming(1), reason);
    }

    function test_refuses_to_confirm_a_batch_that_is_not_anchored() public {
        givenAlgorithms();
        givenKey(OFFICE, Keys.ES256_ODD);
        givenBatch(OFFICE, 1, KID);
        vm.prank(officeOperations);
        registry.compromiseKey(KID, 1);
        bytes memory zero = abi.encodeWithSelector(IRegistry.RegistryUnknownBatch.selector, OFFICE, 0);
        bytes memory next = abi.encodeWithSelector(IRegistry.RegistryUnknownBatch.selector, OFFICE, 2);
        assertRefuses(address(council), confirming(0), zero);
        assertRefuses(address(council), confirming(2), next);
    }

    function test_confirms_by_the_key_that_anchored_not_by_the_latest() public {
        givenAlgorithms();
        givenKey(OFFICE, Keys.ES256_ODD);
        givenKey(OFFICE, Keys.ES256_EVEN);
        givenBatch(OFFICE, 1, KID);
        givenBatch(OFFICE, 2, Keys.ES256_EVEN_KID);
        vm.prank(officeOperations);
        registry.compromiseKey(KID, 1);
        bytes memory healthy = abi.encodeWithSelector(
            IRegistry.RegistryKeyNotCompromised.selector,
            Keys.ES256_EVEN_KID
        );
        assertRefuses(address(council), confirming(2), healthy);
        assertAppends(
            address(council),
            confirming(1),
            0x23,
            hex"41313530333030303043000000000000_0000000000000001"
        );
    }
}
