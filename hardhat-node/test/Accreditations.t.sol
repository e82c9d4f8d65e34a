// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {IRegistry} from "../contracts/IRegistry.sol";
import {RegistryTest} from "./support/RegistryTest.sol";

contract AccreditationsTest is RegistryTest {
    function setUp() public override {
        super.setUp();
        givenAgencies();
        givenType();
    }

    function granting(bytes16 code, uint32 typeNo, uint64 until) private pure returns (bytes memory) {
        return abi.encodeCall(IRegistry.grantAccreditation, (code, typeNo, 2, until));
    }

    function delegating(uint64 parent, uint32 typeNo, uint8 depth, uint64 until) private pure returns (bytes memory) {
        return abi.encodeCall(IRegistry.delegateAccreditation, (parent, OFFICE, typeNo, depth, until));
    }

    function ending(uint64 id) private pure returns (bytes memory) {
        return abi.encodeCall(IRegistry.endAccreditation, (id));
    }

    function delegate(uint64 parent, uint8 depth, uint64 until) private returns (uint64 id) {
        vm.prank(ministryOperations);
        return registry.delegateAccreditation(parent, OFFICE, TYPE, depth, until);
    }

    // ------------------------------------------------------------------------ types

    function test_registers_a_type_in_the_bytes_of_the_format() public {
        bytes32 digest = 0x00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff;
        assertAppends(
            address(council),
            abi.encodeCall(IRegistry.registerType, (9, 1, digest)),
            0x40,
            hex"00000009_0001_00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
        );
        assertEq(registry.typeVersions(9), 1, "versions");
    }

    function test_versions_of_a_type_count_up_by_one() public {
        assertUnexpectedVersion(0);
        assertUnexpectedVersion(1);
        assertUnexpectedVersion(3);
        vm.prank(address(council));
        registry.registerType(TYPE, 2, ROOT);
        assertEq(registry.typeVersions(TYPE), 2, "versions");
    }

    function assertUnexpectedVersion(uint16 typeVersion) private {
        bytes memory call_ = abi.encodeCall(IRegistry.registerType, (TYPE, typeVersion, ROOT));
        bytes memory reason = abi.encodeWithSelector(
            IRegistry.RegistryUnexpectedTypeVersion.selector,
            TYPE,
            typeVersion,
            uint16(2)
        );
        assertRefuses(address(council), call_, reason);
    }

    function test_refuses_type_0() public {
        bytes memory call_ = abi.encodeCall(IRegistry.registerType, (0, 1, ROOT));
        assertRefuses(address(council), call_, abi.encodeWithSelector(IRegistry.RegistryUnknownType.selector, 0));
    }

    // ----------------------------------------------------------------------- grants

    function test_grants_in_the_bytes_of_the_format() public {
        assertAppends(
            address(council),
            granting(OFFICE, TYPE, 2_000_000_000),
            0x30,
            hex"0000000000000001_41313530333030303043000000000000_00000007_02_0000000077359400"
        );
    }

    function test_a_grant_can_be_read() public {
        uint64 id = givenGrant(3, 2_000_000_000);
        (bytes16 code, uint32 typeNo, uint8 depth, uint64 until, uint64 parent, bool ended) = registry.accreditation(
            id
        );
        assertEq(id, 1, "number");
        assertEq(bytes32(code), bytes32(MINISTRY), "agency");
        assertEq(typeNo, TYPE, "type");
        assertEq(depth, 3, "depth");
        assertEq(until, 2_000_000_000, "until");
        assertEq(parent, 0, "parent");
        assertFalse(ended, "ended");
    }

    function test_numbers_count_over_grants_and_delegations_together() public {
        assertEq(givenGrant(1, 0), 1, "first");
        assertEq(delegate(1, 0, 0), 2, "second");
        assertEq(givenGrant(1, 0), 3, "third");
        assertEq(registry.accreditationCount(), 3, "count");
    }

    function test_refuses_a_grant_to_an_unknown_agency_or_for_an_unknown_type() public {
        bytes memory unknownAgency = abi.encodeWithSelector(IRegistry.RegistryUnknownAgency.selector, NOBODY);
        bytes memory unknownType = abi.encodeWithSelector(IRegistry.RegistryUnknownType.selector, TYPE + 1);
        assertRefuses(address(council), granting(NOBODY, TYPE, 0), unknownAgency);
        assertRefuses(address(council), granting(OFFICE, TYPE + 1, 0), unknownType);
    }

    function test_until_lies_in_the_future_or_is_open() public {
        uint64 time = uint64(block.timestamp);
        bytes memory reason = abi.encodeWithSelector(IRegistry.RegistryInvalidUntil.selector, time);
        assertRefuses(address(council), granting(OFFICE, TYPE, time), reason);
        givenGrant(0, time + 1);
        givenGrant(0, 0);
        assertEq(registry.accreditationCount(), 2, "granted");
    }

    // ------------------------------------------------------------------- delegations

    function test_delegates_in_the_bytes_of_the_format() public {
        uint64 parent = givenGrant(2, 0);
        assertAppends(
            ministryOperations,
            delegating(parent, TYPE, 1, 2_000_000_000),
            0x31,
            hex"0000000000000002_0000000000000001_41313530333030303043000000000000_00000007_01_0000000077359400"
        );
        (bytes16 code, uint32 typeNo, uint8 depth, uint64 until, uint64 above, ) = registry.accreditation(2);
        assertEq(bytes32(code), bytes32(OFFICE), "agency");
        assertEq(typeNo, TYPE, "type");
        assertEq(depth, 1, "depth");
        assertEq(until, 2_000_000_000, "until");
        assertEq(above, parent, "parent");
    }

    function test_refuses_what_goes_beyond_the_parent() public {
        uint64 end = uint64(block.timestamp) + 1000;
        uint64 parent = givenGrant(2, end);
        vm.prank(address(council));
        registry.registerType(8, 1, ROOT);
        bytes memory reason = abi.encodeWithSelector(IRegistry.RegistryBeyondParent.selector, parent);
        assertRefuses(ministryOperations, delegating(parent, 8, 1, end), reason);
        assertRefuses(ministryOperations, delegating(parent, TYPE, 2, end), reason);
        assertRefuses(ministryOperations, delegating(parent, TYPE, 255, end), reason);
        assertRefuses(ministryOperations, delegating(parent, TYPE, 1, end + 1), reason);
        assertRefuses(ministryOperations, delegating(parent, TYPE, 1, 0), reason);
        delegate(parent, 1, end);
        delegate(parent, 0, end - 1);
        assertEq(registry.accreditationCount(), 3, "delegated");
    }

    function test_depth_0_cannot_be_delegated() public {
        uint64 parent = givenGrant(0, 0);
        bytes memory reason = abi.encodeWithSelector(IRegistry.RegistryBeyondParent.selector, parent);
        assertRefuses(ministryOperations, delegating(parent, TYPE, 0, 0), reason);
    }

    function test_refuses_an_unknown_parent() public {
        bytes memory zero = abi.encodeWithSelector(IRegistry.RegistryUnknownAccreditation.selector, 0);
        bytes memory one = abi.encodeWithSelector(IRegistry.RegistryUnknownAccreditation.selector, 1);
        assertRefuses(ministryOperations, delegating(0, TYPE, 0, 0), zero);
        assertRefuses(ministryOperations, delegating(1, TYPE, 0, 0), one);
    }

    function test_refuses_a_parent_that_ran_out() public {
        uint64 end = uint64(block.timestamp) + 1000;
        uint64 parent = givenGrant(2, end);
        vm.warp(end);
        bytes memory reason = abi.encodeWithSelector(IRegistry.RegistryAccreditationNotInForce.selector, parent);
        assertRefuses(ministryOperations, delegating(parent, TYPE, 1, end + 1), reason);
    }

    function test_refuses_a_parent_below_one_that_was_ended() public {
        uint64 grant = givenGrant(3, 0);
        uint64 middle = delegate(grant, 2, 0);
        vm.prank(address(council));
        registry.endAccreditation(grant);
        bytes memory reason = abi.encodeWithSelector(IRegistry.RegistryAccreditationNotInForce.selector, middle);
        assertRefuses(officeOperations, delegating(middle, TYPE, 1, 0), reason);
    }

    function test_the_agency_of_the_parent_is_active() public {
        uint64 parent = givenGrant(2, 0);
        bytes memory reason = abi.encodeWithSelector(IRegistry.RegistryAgencyNotActive.selector, MINISTRY);
        givenStatus(MINISTRY, IRegistry.AgencyStatus.Suspended);
        assertRefuses(ministryOperations, delegating(parent, TYPE, 1, 0), reason);
        givenStatus(MINISTRY, IRegistry.AgencyStatus.Closed);
        assertRefuses(ministryOperations, delegating(parent, TYPE, 1, 0), reason);
    }

    function test_refuses_to_delegate_to_an_unknown_agency_or_into_the_past() public {
        uint64 parent = givenGrant(2, 0);
        uint64 time = uint64(block.timestamp);
        bytes memory unknown = abi.encodeCall(IRegistry.delegateAccreditation, (parent, NOBODY, TYPE, 1, 0));
        bytes memory unknownReason = abi.encodeWithSelector(IRegistry.RegistryUnknownAgency.selector, NOBODY);
        bytes memory pastReason = abi.encodeWithSelector(IRegistry.RegistryInvalidUntil.selector, time);
        assertRefuses(ministryOperations, unknown, unknownReason);
        assertRefuses(ministryOperations, delegating(parent, TYPE, 1, time), pastReason);
    }

    function test_only_the_operations_account_of_the_parents_agency_delegates() public {
        uint64 parent = givenGrant(2, 0);
        address[5] memory others = [stranger, ministryAnchor, officeOperations, address(council), deployer];
        for (uint256 i = 0; i < others.length; ++i) {
            bytes memory reason = abi.encodeWithSelector(
                IRegistry.RegistryUnauthorizedAccount.selector,
                MINISTRY,
                others[i]
            );
            assertRefuses(others[i], delegating(parent, TYPE, 1, 0), reason);
        }
    }

    function test_walks_a_chain_of_the_greatest_depth() public {
        uint64 id = givenGrant(255, 0);
        vm.prank(address(council));
        registry.changeAgencyAccounts(OFFICE, officeAnchor, ministryOperations);
        for (uint256 depth = 255; depth > 0; --depth) id = delegate(id, uint8(depth - 1), 0);
        assertEq(id, 256, "the last has depth 0");
    }

    // ------------------------------------------------------------------------ ending

    function test_the_council_ends_a_grant_once() public {
        uint64 id = givenGrant(2, 0);
        assertAppends(address(council), ending(id), 0x32, hex"0000000000000001");
        (, , , , , bool ended) = registry.accreditation(id);
        assertTrue(ended, "ended");
        bytes memory reason = abi.encodeWithSelector(IRegistry.RegistryAccreditationAlreadyEnded.selector, id);
        assertRefuses(address(council), ending(id), reason);
    }

    function test_the_agency_that_delegated_ends_it() public {
        uint64 id = delegate(givenGrant(2, 0), 1, 0);
        assertAppends(ministryOperations, ending(id), 0x32, hex"0000000000000002");
    }

    function test_the_council_ends_a_delegation() public {
        uint64 id = delegate(givenGrant(2, 0), 1, 0);
        assertAppends(address(council), ending(id), 0x32, hex"0000000000000002");
    }

    function test_an_agency_cannot_end_what_it_was_given() public {
        uint64 grant = givenGrant(2, 0);
        uint64 delegation = delegate(grant, 1, 0);
        assertUnauthorizedEnding(ministryOperations, grant);
        assertUnauthorizedEnding(officeOperations, delegation);
        assertUnauthorizedEnding(ministryAnchor, delegation);
        assertUnauthorizedEnding(stranger, grant);
    }

    function assertUnauthorizedEnding(address account, uint64 id) private {
        bytes memory reason = abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, account);
        assertRefuses(account, ending(id), reason);
    }

    function test_refuses_to_end_an_unknown_accreditation() public {
        bytes memory zero = abi.encodeWithSelector(IRegistry.RegistryUnknownAccreditation.selector, 0);
        bytes memory one = abi.encodeWithSelector(IRegistry.RegistryUnknownAccreditation.selector, 1);
        assertRefuses(address(council), ending(0), zero);
        assertRefuses(address(council), ending(1), one);
    }

    function test_an_unknown_accreditation_reads_as_zeros() public view {
        (bytes16 code, uint32 typeNo, uint8 depth, uint64 until, uint64 parent, bool ended) = registry.accreditation(
            1
        );
        assertEq(bytes32(code), bytes32(0), "agency");
        assertEq(uint256(typeNo) + depth + until + parent, 0, "numbers");
        assertFalse(ended, "ended");
    }

    function test_only_the_council_grants_and_registers_types() public {
        assertCouncilOnly(granting(OFFICE, TYPE, 0));
        assertCouncilOnly(abi.encodeCall(IRegistry.registerType, (TYPE, 2, ROOT)));
    }
}
