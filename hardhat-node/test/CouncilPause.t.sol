// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAccessManager} from "@openzeppelin/contracts/access/manager/IAccessManager.sol";
import {ICouncil} from "../contracts/ICouncil.sol";
import {IRegistry} from "../contracts/IRegistry.sol";
import {CouncilTest} from "./support/CouncilTest.sol";

/// @notice A council of five that decides by three: two of them suspend an agency, and nothing else.
contract CouncilPauseTest is CouncilTest {
    bytes16 private constant OFFICE = "OFFICE-1";

    function setUp() public override {
        deploy(5, 3, DELAY);
        (alice, bob, carol) = (councillors[0], councillors[1], councillors[2]);
        uint256 id = givenApproved(
            address(registry),
            abi.encodeCall(IRegistry.registerAgency, (OFFICE, stranger, stranger, unicode"所\nOffice"))
        );
        approveBy(carol, id);
        executeBy(alice, id);
        vm.warp(block.timestamp + DELAY);
        executeBy(alice, id);
    }

    function suspending() private pure returns (bytes memory) {
        return abi.encodeCall(IRegistry.suspendAgency, (OFFICE));
    }

    function assertStatus(IRegistry.AgencyStatus expected) private view {
        (IRegistry.AgencyStatus status, , , ) = registry.agency(OFFICE);
        assertEq(uint256(status), uint256(expected), "status");
    }

    function assertNeedsThree(address target, bytes memory data) private {
        uint256 id = givenApproved(target, data);
        bytes memory reason = abi.encodeWithSelector(ICouncil.CouncilTooFewApprovals.selector, id, 2, 3);
        assertEq(council.approvalsNeeded(id), 3, "three are needed");
        assertCouncilRefuses(alice, executing(id), reason);
    }

    function test_two_suspend_at_once() public {
        uint256 id = givenApproved(address(registry), suspending());
        assertEq(council.approvalsNeeded(id), 2, "two are enough");
        executeBy(bob, id);
        assertStatus(IRegistry.AgencyStatus.Suspended);
        assertState(id, ICouncil.ProposalState.Executed);
    }

    function test_one_suspends_nothing() public {
        uint256 id = proposeBy(alice, address(registry), suspending());
        bytes memory reason = abi.encodeWithSelector(ICouncil.CouncilTooFewApprovals.selector, id, 1, 2);
        assertCouncilRefuses(alice, executing(id), reason);
        assertStatus(IRegistry.AgencyStatus.Active);
    }

    function test_two_do_not_resume() public {
        executeBy(alice, givenApproved(address(registry), suspending()));
        bytes memory resuming = abi.encodeCall(IRegistry.resumeAgency, (OFFICE));
        assertNeedsThree(address(registry), resuming);
        approveBy(carol, council.proposalCount());
        executeBy(carol, council.proposalCount());
        assertStatus(IRegistry.AgencyStatus.Active);
    }

    function test_two_do_nothing_else() public {
        bytes4[] memory others = councilFunctions();
        for (uint256 i = 0; i < others.length; ++i) {
            if (others[i] == IRegistry.suspendAgency.selector) continue;
            assertNeedsThree(address(registry), abi.encodePacked(others[i], bytes32(OFFICE)));
        }
        assertNeedsThree(address(registry), startingAlgorithm());
    }

    function test_a_suspension_with_bytes_after_it_or_through_the_manager_needs_three() public {
        assertNeedsThree(address(registry), bytes.concat(suspending(), hex"00"));
        assertNeedsThree(address(registry), bytes.concat(suspending(), bytes32(0)));
        assertNeedsThree(address(manager), abi.encodeCall(IAccessManager.execute, (address(registry), suspending())));
        assertNeedsThree(address(registry), abi.encodePacked(IRegistry.suspendAgency.selector, OFFICE));
    }

    function test_an_approval_withdrawn_counts_for_no_suspension() public {
        uint256 id = givenApproved(address(registry), suspending());
        vm.prank(bob);
        council.withdraw(id);
        bytes memory reason = abi.encodeWithSelector(ICouncil.CouncilTooFewApprovals.selector, id, 1, 2);
        assertCouncilRefuses(alice, executing(id), reason);
    }

    function test_a_changed_pause_threshold_holds_for_open_proposals() public {
        uint256 id = givenApproved(address(registry), suspending());
        bytes memory changing = abi.encodeCall(ICouncil.changeMembers, (councillors, 3, 3));
        uint256 change = givenApproved(address(council), changing);
        approveBy(carol, change);
        executeBy(alice, change);
        vm.warp(block.timestamp + DELAY);
        executeBy(alice, change);
        assertEq(council.pauseThreshold(), 3, "changed");
        bytes memory reason = abi.encodeWithSelector(ICouncil.CouncilTooFewApprovals.selector, id, 2, 3);
        assertCouncilRefuses(alice, executing(id), reason);
    }

    function test_a_proposal_that_never_was_needs_all_that_decide() public view {
        assertEq(council.approvalsNeeded(999), 3, "three");
    }
}
