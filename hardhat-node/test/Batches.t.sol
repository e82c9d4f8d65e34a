// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IRegistry} from "../contracts/IRegistry.sol";
import {Keys} from "./support/Keys.sol";
import {RegistryTest} from "./support/RegistryTest.sol";

contract BatchesTest is RegistryTest {
    bytes16 private constant KID = Keys.ES256_ODD_KID;

    function setUp() public override {
        super.setUp();
        givenAgencies();
        givenAlgorithms();
        givenKey(OFFICE, Keys.ES256_ODD);
    }

    function anchoring(uint64 batchNo, bytes16 kid) private pure returns (bytes memory) {
        return abi.encodeCall(IRegistry.anchor, (OFFICE, batchNo, ROOT, 4096, kid));
    }

    function publishing(uint32 list, uint32 version) private pure returns (bytes memory) {
        return abi.encodeCall(IRegistry.publishStatus, (OFFICE, list, version, bytes32(uint256(0xd1))));
    }

    // ------------------------------------------------------------------- anchoring

    function test_anchors_in_the_bytes_of_the_format() public {
        bytes32 root = 0x00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff;
        bytes memory call_ = abi.encodeCall(IRegistry.anchor, (OFFICE, 1, root, 4096, KID));
        assertAppends(
            officeAnchor,
            call_,
            0x50,
            hex"41313530333030303043000000000000_0000000000000001"
            hex"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
            hex"00001000_0048dc9ea0bc0e9d721eade9719f218b"
        );
    }

    function test_demands_the_next_batch_number() public {
        assertUnexpected(0, 1);
        assertUnexpected(2, 1);
        givenBatch(OFFICE, 1, KID);
        assertUnexpected(1, 2);
        assertUnexpected(3, 2);
        givenBatch(OFFICE, 2, KID);
        (, uint64 nextBatch, , ) = registry.agency(OFFICE);
        assertEq(nextBatch, 3, "next batch");
    }

    function assertUnexpected(uint64 batchNo, uint64 next) private {
        bytes memory reason = abi.encodeWithSelector(
            IRegistry.RegistryUnexpectedBatch.selector,
            OFFICE,
            batchNo,
            next
        );
        assertRefuses(officeAnchor, anchoring(batchNo, KID), reason);
    }

    function test_agencies_count_their_batches_apart() public {
        givenKey(MINISTRY, Keys.ES256_EVEN);
        givenBatch(OFFICE, 1, KID);
        givenBatch(OFFICE, 2, KID);
        givenBatch(MINISTRY, 1, Keys.ES256_EVEN_KID);
        (, uint64 nextBatch, , ) = registry.agency(MINISTRY);
        assertEq(nextBatch, 2, "next batch of the ministry");
    }

    function test_refuses_a_zero_root_and_sizes_out_of_range() public {
        assertInvalidTree(bytes32(0), 1);
        assertInvalidTree(ROOT, 0);
        assertInvalidTree(ROOT, 1_048_577);
        assertInvalidTree(ROOT, type(uint32).max);
    }

    function assertInvalidTree(bytes32 root, uint32 treeSize) private {
        bytes memory call_ = abi.encodeCall(IRegistry.anchor, (OFFICE, 1, root, treeSize, KID));
        bytes memory reason = abi.encodeWithSelector(IRegistry.RegistryInvalidTree.selector, root, treeSize);
        assertRefuses(officeAnchor, call_, reason);
    }

    function test_anchors_the_smallest_and_the_largest_tree() public {
        vm.startPrank(officeAnchor);
        registry.anchor(OFFICE, 1, ROOT, 1, KID);
        registry.anchor(OFFICE, 2, ROOT, 1_048_576, KID);
        assertEq(registry.statusVersion(OFFICE, 1), 0, "nothing else moved");
    }

    function test_refuses_an_agency_that_is_not_active() public {
        bytes memory reason = abi.encodeWithSelector(IRegistry.RegistryAgencyNotActive.selector, OFFICE);
        givenStatus(OFFICE, IRegistry.AgencyStatus.Suspended);
        assertRefuses(officeAnchor, anchoring(1, KID), reason);
        givenStatus(OFFICE, IRegistry.AgencyStatus.Closed);
        assertRefuses(officeAnchor, anchoring(1, KID), reason);
    }

    function test_refuses_an_unknown_agency() public {
        bytes memory reason = abi.encodeWithSelector(IRegistry.RegistryUnknownAgency.selector, NOBODY);
        bytes memory anchor = abi.encodeCall(IRegistry.anchor, (NOBODY, 0, ROOT, 1, bytes16(0)));
        bytes memory publish = abi.encodeCall(IRegistry.publishStatus, (NOBODY, 1, 1, ROOT));
        assertRefuses(stranger, anchor, reason);
        assertRefuses(stranger, publish, reason);
    }

    function test_refuses_a_key_that_is_not_of_the_agency() public {
        givenKey(MINISTRY, Keys.ES256_EVEN);
        bytes16 foreign = Keys.ES256_EVEN_KID;
        bytes16 unknown = bytes16(uint128(1));
        bytes memory ofMinistry = abi.encodeWithSelector(IRegistry.RegistryKeyNotOfAgency.selector, foreign, OFFICE);
        bytes memory ofNobody = abi.encodeWithSelector(IRegistry.RegistryKeyNotOfAgency.selector, unknown, OFFICE);
        assertRefuses(officeAnchor, anchoring(1, foreign), ofMinistry);
        assertRefuses(officeAnchor, anchoring(1, unknown), ofNobody);
        assertRefuses(
            officeAnchor,
            anchoring(1, 0),
            abi.encodeWithSelector(IRegistry.RegistryKeyNotOfAgency.selector, bytes16(0), OFFICE)
        );
    }

    function test_refuses_an_ended_key() public {
        vm.prank(officeOperations);
        registry.endKey(KID);
        bytes memory reason = abi.encodeWithSelector(IRegistry.RegistryKeyNotUsable.selector, KID);
        assertRefuses(officeAnchor, anchoring(1, KID), reason);
    }

    function test_refuses_a_compromised_key() public {
        vm.prank(officeOperations);
        registry.compromiseKey(KID, 0);
        bytes memory reason = abi.encodeWithSelector(IRegistry.RegistryKeyNotUsable.selector, KID);
        assertRefuses(officeAnchor, anchoring(1, KID), reason);
    }

    function test_a_stopped_algorithm_does_not_hinder_keys_that_were_added() public {
        vm.prank(address(council));
        registry.stopAlgorithm(Keys.ES256, 0);
        givenBatch(OFFICE, 1, KID);
        assertEq(bytes32(registry.batchKey(OFFICE, 1)), bytes32(KID), "anchored");
    }

    function test_only_the_anchor_account_of_the_agency_anchors_and_publishes() public {
        address[5] memory others = [stranger, officeOperations, ministryAnchor, address(council), deployer];
        for (uint256 i = 0; i < others.length; ++i) {
            bytes memory reason = abi.encodeWithSelector(
                IRegistry.RegistryUnauthorizedAccount.selector,
                OFFICE,
                others[i]
            );
            assertRefuses(others[i], anchoring(1, KID), reason);
            assertRefuses(others[i], publishing(1, 1), reason);
        }
    }

    function test_a_replaced_anchor_account_anchors_no_more() public {
        vm.prank(address(council));
        registry.changeAgencyAccounts(OFFICE, stranger, officeOperations);
        bytes memory reason = abi.encodeWithSelector(
            IRegistry.RegistryUnauthorizedAccount.selector,
            OFFICE,
            officeAnchor
        );
        assertRefuses(officeAnchor, anchoring(1, KID), reason);
        vm.prank(stranger);
        registry.anchor(OFFICE, 1, ROOT, 1, KID);
    }

    // ------------------------------------------------------- which key anchored what

    function test_no_key_anchored_what_is_not_anchored() public {
        assertEq(bytes32(registry.batchKey(OFFICE, 0)), bytes32(0), "batch 0");
        assertEq(bytes32(registry.batchKey(OFFICE, 1)), bytes32(0), "batch 1");
        assertEq(bytes32(registry.batchKey(NOBODY, 1)), bytes32(0), "an unknown agency");
        givenBatch(OFFICE, 1, KID);
        assertEq(bytes32(registry.batchKey(OFFICE, 2)), bytes32(0), "batch 2");
    }

    function test_a_first_key_that_never_anchored_leaves_no_trace() public {
        givenKey(OFFICE, Keys.ES256_EVEN);
        givenBatch(OFFICE, 1, Keys.ES256_EVEN_KID);
        givenBatch(OFFICE, 2, KID);
        assertEq(bytes32(registry.batchKey(OFFICE, 1)), bytes32(Keys.ES256_EVEN_KID), "batch 1");
        assertEq(bytes32(registry.batchKey(OFFICE, 2)), bytes32(KID), "batch 2");
    }

    function testFuzz_remembers_the_key_of_every_batch(uint256 order) public {
        bytes16[4] memory kids = [KID, givenKey(OFFICE, Keys.es256(1)), givenKey(OFFICE, Keys.es256(2)), bytes16(0)];
        kids[3] = givenKey(OFFICE, Keys.mldsa44(1));
        for (uint64 batchNo = 1; batchNo <= 24; ++batchNo) {
            givenBatch(OFFICE, batchNo, kids[(order >> (2 * batchNo)) & 3]);
        }
        for (uint64 batchNo = 1; batchNo <= 24; ++batchNo) {
            bytes16 expected = kids[(order >> (2 * batchNo)) & 3];
            assertEq(bytes32(registry.batchKey(OFFICE, batchNo)), bytes32(expected), "the key of the batch");
        }
    }

    // ----------------------------------------------------------------------- status

    function test_publishes_status_in_the_bytes_of_the_format() public {
        assertAppends(
            officeAnchor,
            publishing(3, 9),
            0x60,
            hex"41313530333030303043000000000000_00000003_00000009"
            hex"00000000000000000000000000000000000000000000000000000000000000d1"
        );
        assertEq(registry.statusVersion(OFFICE, 3), 9, "version");
    }

    function test_status_versions_rise_strictly_from_1_or_more() public {
        assertNotRising(0, 0);
        vm.prank(officeAnchor);
        registry.publishStatus(OFFICE, 1, 5, ROOT);
        assertNotRising(5, 5);
        assertNotRising(4, 5);
        vm.prank(officeAnchor);
        registry.publishStatus(OFFICE, 1, 6, ROOT);
        assertEq(registry.statusVersion(OFFICE, 1), 6, "version");
    }

    function assertNotRising(uint32 version, uint32 last) private {
        bytes memory reason = abi.encodeWithSelector(
            IRegistry.RegistryStatusVersionNotRising.selector,
            OFFICE,
            uint32(1),
            version,
            last
        );
        assertRefuses(officeAnchor, publishing(1, version), reason);
    }

    function test_refuses_list_0() public {
        bytes memory reason = abi.encodeWithSelector(IRegistry.RegistryInvalidList.selector, OFFICE, 0);
        assertRefuses(officeAnchor, publishing(0, 1), reason);
    }

    function test_lists_and_agencies_count_versions_apart() public {
        vm.startPrank(officeAnchor);
        registry.publishStatus(OFFICE, 1, 5, ROOT);
        registry.publishStatus(OFFICE, 2, 1, ROOT);
        vm.stopPrank();
        vm.prank(ministryAnchor);
        registry.publishStatus(MINISTRY, 1, 1, ROOT);
        assertEq(registry.statusVersion(OFFICE, 1), 5, "list 1 of the office");
        assertEq(registry.statusVersion(OFFICE, 2), 1, "list 2 of the office");
        assertEq(registry.statusVersion(MINISTRY, 1), 1, "list 1 of the ministry");
    }

    function test_a_suspended_agency_publishes_and_a_closed_one_does_not() public {
        givenStatus(OFFICE, IRegistry.AgencyStatus.Suspended);
        vm.prank(officeAnchor);
        registry.publishStatus(OFFICE, 1, 1, ROOT);
        givenStatus(OFFICE, IRegistry.AgencyStatus.Closed);
        bytes memory reason = abi.encodeWithSelector(IRegistry.RegistryAgencyClosed.selector, OFFICE);
        assertRefuses(officeAnchor, publishing(1, 2), reason);
    }

    function publishingForClosed(uint32 list, uint32 version) private pure returns (bytes memory) {
        return abi.encodeCall(IRegistry.publishStatusForClosed, (OFFICE, list, version, bytes32(uint256(0xd1))));
    }

    function test_the_council_publishes_for_a_closed_agency_in_the_bytes_of_the_format() public {
        givenStatus(OFFICE, IRegistry.AgencyStatus.Closed);
        assertAppends(
            address(council),
            publishingForClosed(3, 9),
            0x60,
            hex"41313530333030303043000000000000_00000003_00000009"
            hex"00000000000000000000000000000000000000000000000000000000000000d1"
        );
        assertEq(registry.statusVersion(OFFICE, 3), 9, "version");
        assertCouncilOnly(publishingForClosed(3, 10));
    }

    function test_the_council_publishes_for_no_agency_that_is_not_closed() public {
        bytes memory reason = abi.encodeWithSelector(IRegistry.RegistryAgencyNotClosed.selector, OFFICE);
        assertRefuses(address(council), publishingForClosed(1, 1), reason);
        givenStatus(OFFICE, IRegistry.AgencyStatus.Suspended);
        assertRefuses(address(council), publishingForClosed(1, 1), reason);
        bytes memory nobody = abi.encodeCall(IRegistry.publishStatusForClosed, (NOBODY, 1, 1, ROOT));
        bytes memory unknown = abi.encodeWithSelector(IRegistry.RegistryUnknownAgency.selector, NOBODY);
        assertRefuses(address(council), nobody, unknown);
    }

    function test_versions_of_a_closed_agency_go_on_from_its_own() public {
        vm.prank(officeAnchor);
        registry.publishStatus(OFFICE, 1, 5, ROOT);
        givenStatus(OFFICE, IRegistry.AgencyStatus.Closed);
        bytes memory reason = abi.encodeWithSelector(
            IRegistry.RegistryStatusVersionNotRising.selector,
            OFFICE,
            uint32(1),
            uint32(5),
            uint32(5)
        );
        assertRefuses(address(council), publishingForClosed(1, 5), reason);
        bytes memory zero = abi.encodeWithSelector(IRegistry.RegistryInvalidList.selector, OFFICE, 0);
        assertRefuses(address(council), publishingForClosed(0, 6), zero);
        vm.prank(address(council));
        registry.publishStatusForClosed(OFFICE, 1, 6, ROOT);
        assertEq(registry.statusVersion(OFFICE, 1), 6, "version");
    }
}
