// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IRegistry} from "../contracts/IRegistry.sol";
import {RegistryTest} from "./support/RegistryTest.sol";

contract AgenciesTest is RegistryTest {
    string private constant NAMES = unicode"甲\nA";

    function registering(bytes16 code) private view returns (bytes memory) {
        return abi.encodeCall(IRegistry.registerAgency, (code, officeAnchor, officeOperations, NAMES));
    }

    function status(bytes16 code) private view returns (IRegistry.AgencyStatus found) {
        (found, , , ) = registry.agency(code);
    }

    // ---------------------------------------------------------------- registration

    function test_registers_an_agency_in_the_bytes_of_the_format() public {
        address anchorAccount = 0x1111111111111111111111111111111111111111;
        address operations = 0x2222222222222222222222222222222222222222;
        bytes memory call_ = abi.encodeCall(IRegistry.registerAgency, (OFFICE, anchorAccount, operations, NAMES));
        assertAppends(
            address(council),
            call_,
            0x10,
            hex"41313530333030303043000000000000"
            hex"1111111111111111111111111111111111111111"
            hex"2222222222222222222222222222222222222222"
            hex"e794b20a41"
        );
    }

    function test_a_registered_agency_is_active_and_begins_with_batch_1() public {
        givenAgencies();
        (IRegistry.AgencyStatus found, uint64 nextBatch, address anchorAccount, address operations) = registry.agency(
            OFFICE
        );
        assertEq(uint256(found), uint256(IRegistry.AgencyStatus.Active), "active");
        assertEq(nextBatch, 1, "next batch");
        assertEq(anchorAccount, officeAnchor, "anchor account");
        assertEq(operations, officeOperations, "operations account");
    }

    function test_an_unknown_agency_reads_as_zeros() public view {
        (IRegistry.AgencyStatus found, uint64 nextBatch, address anchorAccount, address operations) = registry.agency(
            NOBODY
        );
        assertEq(uint256(found), uint256(IRegistry.AgencyStatus.Unknown), "unknown");
        assertEq(nextBatch, 0, "next batch");
        assertEq(anchorAccount, address(0), "anchor account");
        assertEq(operations, address(0), "operations account");
    }

    function test_refuses_a_code_that_was_registered_before() public {
        givenAgencies();
        bytes memory reason = abi.encodeWithSelector(IRegistry.RegistryAgencyAlreadyRegistered.selector, OFFICE);
        assertRefuses(address(council), registering(OFFICE), reason);
    }

    function test_refuses_the_code_of_a_closed_agency() public {
        givenAgencies();
        givenStatus(OFFICE, IRegistry.AgencyStatus.Closed);
        bytes memory reason = abi.encodeWithSelector(IRegistry.RegistryAgencyAlreadyRegistered.selector, OFFICE);
        assertRefuses(address(council), registering(OFFICE), reason);
    }

    function test_refuses_a_malformed_code() public {
        bytes memory reason = abi.encodeWithSelector(IRegistry.RegistryInvalidAgencyCode.selector, bytes16("a1"));
        assertRefuses(address(council), registering("a1"), reason);
    }

    function test_refuses_malformed_names() public {
        bytes memory call_ = abi.encodeCall(IRegistry.registerAgency, (OFFICE, officeAnchor, officeOperations, "A"));
        assertRefuses(address(council), call_, abi.encodeWithSelector(IRegistry.RegistryInvalidNames.selector));
    }

    function test_refuses_an_agency_without_an_anchor_account() public {
        bytes memory call_ = abi.encodeCall(IRegistry.registerAgency, (OFFICE, address(0), officeOperations, NAMES));
        assertRefuses(address(council), call_, abi.encodeWithSelector(IRegistry.RegistryZeroAccount.selector));
    }

    function test_refuses_an_agency_without_an_operations_account() public {
        bytes memory call_ = abi.encodeCall(IRegistry.registerAgency, (OFFICE, officeAnchor, address(0), NAMES));
        assertRefuses(address(council), call_, abi.encodeWithSelector(IRegistry.RegistryZeroAccount.selector));
    }

    // ---------------------------------------------------------- names and accounts

    function test_renames_an_agency() public {
        givenAgencies();
        bytes memory call_ = abi.encodeCall(IRegistry.renameAgency, (OFFICE, NAMES));
        assertAppends(address(council), call_, 0x11, hex"41313530333030303043000000000000e794b20a41");
    }

    function test_refuses_to_rename_to_malformed_names() public {
        givenAgencies();
        bytes memory call_ = abi.encodeCall(IRegistry.renameAgency, (OFFICE, "A\n"));
        assertRefuses(address(council), call_, abi.encodeWithSelector(IRegistry.RegistryInvalidNames.selector));
    }

    function test_changes_both_accounts() public {
        givenAgencies();
        address anchorAccount = 0x3333333333333333333333333333333333333333;
        address operations = 0x4444444444444444444444444444444444444444;
        bytes memory call_ = abi.encodeCall(IRegistry.changeAgencyAccounts, (OFFICE, anchorAccount, operations));
        assertAppends(
            address(council),
            call_,
            0x12,
            hex"41313530333030303043000000000000"
            hex"3333333333333333333333333333333333333333"
            hex"4444444444444444444444444444444444444444"
        );
        (, , address anchorNow, address operationsNow) = registry.agency(OFFICE);
        assertEq(anchorNow, anchorAccount, "anchor account");
        assertEq(operationsNow, operations, "operations account");
    }

    function test_refuses_a_zero_account_in_a_change() public {
        givenAgencies();
        bytes memory reason = abi.encodeWithSelector(IRegistry.RegistryZeroAccount.selector);
        bytes memory noAnchor = abi.encodeCall(IRegistry.changeAgencyAccounts, (OFFICE, address(0), stranger));
        bytes memory noOperations = abi.encodeCall(IRegistry.changeAgencyAccounts, (OFFICE, stranger, address(0)));
        assertRefuses(address(council), noAnchor, reason);
        assertRefuses(address(council), noOperations, reason);
    }

    // ---------------------------------------------------------------------- status

    function test_suspends_and_resumes() public {
        givenAgencies();
        bytes memory suspend = abi.encodeCall(IRegistry.suspendAgency, (OFFICE));
        bytes memory resume = abi.encodeCall(IRegistry.resumeAgency, (OFFICE));
        assertAppends(address(council), suspend, 0x13, hex"41313530333030303043000000000000");
        assertEq(uint256(status(OFFICE)), uint256(IRegistry.AgencyStatus.Suspended), "suspended");
        assertAppends(address(council), resume, 0x14, hex"41313530333030303043000000000000");
        assertEq(uint256(status(OFFICE)), uint256(IRegistry.AgencyStatus.Active), "active");
    }

    function test_suspends_only_an_active_agency() public {
        givenAgencies();
        bytes memory suspend = abi.encodeCall(IRegistry.suspendAgency, (OFFICE));
        bytes memory reason = abi.encodeWithSelector(IRegistry.RegistryAgencyNotActive.selector, OFFICE);
        givenStatus(OFFICE, IRegistry.AgencyStatus.Suspended);
        assertRefuses(address(council), suspend, reason);
        givenStatus(OFFICE, IRegistry.AgencyStatus.Closed);
        assertRefuses(address(council), suspend, reason);
    }

    function test_resumes_only_a_suspended_agency() public {
        givenAgencies();
        bytes memory resume = abi.encodeCall(IRegistry.resumeAgency, (OFFICE));
        bytes memory reason = abi.encodeWithSelector(IRegistry.RegistryAgencyNotSuspended.selector, OFFICE);
        assertRefuses(address(council), resume, reason);
        givenStatus(OFFICE, IRegistry.AgencyStatus.Closed);
        assertRefuses(address(council), resume, reason);
    }

    function test_closes_without_successor() public {
        givenAgencies();
        bytes memory call_ = abi.encodeCall(IRegistry.closeAgency, (OFFICE, 0));
        assertAppends(
            address(council),
            call_,
            0x15,
            hex"41313530333030303043000000000000"
            hex"00000000000000000000000000000000"
        );
        assertEq(uint256(status(OFFICE)), uint256(IRegistry.AgencyStatus.Closed), "closed");
    }

    function test_closes_a_suspended_agency_with_a_suspended_successor() public {
        givenAgencies();
        givenStatus(OFFICE, IRegistry.AgencyStatus.Suspended);
        givenStatus(MINISTRY, IRegistry.AgencyStatus.Suspended);
        bytes memory call_ = abi.encodeCall(IRegistry.closeAgency, (OFFICE, MINISTRY));
        assertAppends(
            address(council),
            call_,
            0x15,
            hex"41313530333030303043000000000000"
            hex"4d4f492d310000000000000000000000"
        );
    }

    function test_a_closed_agency_stays_closed() public {
        givenAgencies();
        givenStatus(OFFICE, IRegistry.AgencyStatus.Closed);
        bytes memory call_ = abi.encodeCall(IRegistry.closeAgency, (OFFICE, 0));
        bytes memory reason = abi.encodeWithSelector(IRegistry.RegistryAgencyClosed.selector, OFFICE);
        assertRefuses(address(council), call_, reason);
    }

    function test_refuses_a_successor_that_cannot_take_over() public {
        givenAgencies();
        assertInvalidSuccessor(OFFICE);
        assertInvalidSuccessor(NOBODY);
        givenStatus(MINISTRY, IRegistry.AgencyStatus.Closed);
        assertInvalidSuccessor(MINISTRY);
    }

    function assertInvalidSuccessor(bytes16 successorCode) private {
        bytes memory call_ = abi.encodeCall(IRegistry.closeAgency, (OFFICE, successorCode));
        bytes memory reason = abi.encodeWithSelector(
            IRegistry.RegistryInvalidSuccessor.selector,
            OFFICE,
            successorCode
        );
        assertRefuses(address(council), call_, reason);
    }

    // ---------------------------------------------------------------- who, and whom

    function test_refuses_an_unknown_agency_everywhere() public {
        bytes memory reason = abi.encodeWithSelector(IRegistry.RegistryUnknownAgency.selector, NOBODY);
        bytes[5] memory calls = [
            abi.encodeCall(IRegistry.renameAgency, (NOBODY, NAMES)),
            abi.encodeCall(IRegistry.changeAgencyAccounts, (NOBODY, stranger, stranger)),
            abi.encodeCall(IRegistry.suspendAgency, (NOBODY)),
            abi.encodeCall(IRegistry.resumeAgency, (NOBODY)),
            abi.encodeCall(IRegistry.closeAgency, (NOBODY, 0))
        ];
        for (uint256 i = 0; i < calls.length; ++i) assertRefuses(address(council), calls[i], reason);
    }

    function test_only_the_council_decides_about_agencies() public {
        givenAgencies();
        assertCouncilOnly(registering(NOBODY));
        assertCouncilOnly(abi.encodeCall(IRegistry.renameAgency, (OFFICE, NAMES)));
        assertCouncilOnly(abi.encodeCall(IRegistry.changeAgencyAccounts, (OFFICE, stranger, stranger)));
        assertCouncilOnly(abi.encodeCall(IRegistry.suspendAgency, (OFFICE)));
        assertCouncilOnly(abi.encodeCall(IRegistry.closeAgency, (OFFICE, 0)));
        givenStatus(OFFICE, IRegistry.AgencyStatus.Suspended);
        assertCouncilOnly(abi.encodeCall(IRegistry.resumeAgency, (OFFICE)));
    }
}
