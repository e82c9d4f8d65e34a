// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAccessManager} from "@openzeppelin/contracts/access/manager/IAccessManager.sol";
import {Council} from "../contracts/Council.sol";
import {ICouncil} from "../contracts/ICouncil.sol";
import {IRegistry} from "../contracts/IRegistry.sol";
import {CouncilTest} from "./support/CouncilTest.sol";
import {Keys} from "./support/Keys.sol";
import {Vm} from "./support/Vm.sol";

contract CouncilDecisionTest is CouncilTest {
    // --------------------------------------------------------------------- proposing

    function test_a_proposal_counts_its_proposer_as_approving() public {
        uint256 id = proposeBy(alice, address(registry), registeringType());
        (
            ICouncil.ProposalState state,
            address proposer,
            address target,
            bytes memory data,
            uint256 approvals,
            uint64 expiresAt,
            uint64 readyAt
        ) = council.proposal(id);
        assertEq(uint256(state), uint256(ICouncil.ProposalState.Open), "open");
        assertEq(proposer, alice, "proposer");
        assertEq(target, address(registry), "target");
        assertEq(data, registeringType(), "data");
        assertEq(approvals, 1, "approvals");
        assertEq(expiresAt, block.timestamp + 30 days, "expires");
        assertEq(readyAt, 0, "not scheduled");
        assertTrue(council.hasApproved(id, alice) && !council.hasApproved(id, bob), "alice alone");
    }

    function test_proposals_count_from_1() public {
        assertEq(council.proposalCount(), 0, "none");
        assertEq(proposeBy(alice, address(registry), registeringType()), 1, "first");
        assertEq(proposeBy(bob, address(registry), registeringType()), 2, "second");
        assertEq(council.proposalCount(), 2, "count");
    }

    function test_every_step_emits_its_event() public {
        vm.recordLogs();
        uint256 id = givenApproved(address(registry), startingAlgorithm());
        vm.prank(bob);
        council.withdraw(id);
        approveBy(carol, id);
        executeBy(alice, id);
        Vm.Log[] memory logs = vm.getRecordedLogs();
        assertEq(logs.length, 7, "seven events, one of them the manager's");
        assertEq(logs[0].topics[0], ICouncil.Proposed.selector, "proposed");
        assertEq(logs[0].topics[1], bytes32(id), "proposed: id");
        assertEq(logs[0].topics[2], bytes32(uint256(uint160(alice))), "proposed: by");
        uint64 expiresAt = uint64(block.timestamp + 30 days);
        assertEq(logs[0].data, abi.encode(address(registry), startingAlgorithm(), expiresAt), "proposed: what");
        assertStep(logs[1], ICouncil.Approved.selector, id, alice);
        assertStep(logs[2], ICouncil.Approved.selector, id, bob);
        assertStep(logs[3], ICouncil.ApprovalWithdrawn.selector, id, bob);
        assertStep(logs[4], ICouncil.Approved.selector, id, carol);
        assertEq(logs[5].emitter, address(manager), "the manager schedules");
        assertEq(logs[6].topics[0], ICouncil.Scheduled.selector, "scheduled");
        assertEq(logs[6].data, abi.encode(uint64(block.timestamp + DELAY)), "scheduled: ready");
    }

    function assertStep(Vm.Log memory log, bytes32 selector, uint256 id, address member) private pure {
        assertEq(log.topics[0], selector, "event");
        assertEq(log.topics[1], bytes32(id), "id");
        assertEq(log.topics[2], bytes32(uint256(uint160(member))), "member");
    }

    function test_execution_and_cancellation_emit_their_events() public {
        uint256 executed = givenApproved(address(registry), registeringType());
        uint256 cancelled = proposeBy(alice, address(registry), registeringType());
        vm.recordLogs();
        executeBy(alice, executed);
        vm.prank(alice);
        council.cancel(cancelled);
        Vm.Log[] memory logs = vm.getRecordedLogs();
        assertEq(logs.length, 3, "executed, the entry, cancelled");
        assertEq(logs[0].topics[0], ICouncil.Executed.selector, "executed");
        assertEq(logs[0].topics[1], bytes32(executed), "executed: id");
        assertEq(logs[2].topics[0], ICouncil.Cancelled.selector, "cancelled");
        assertEq(logs[2].topics[1], bytes32(cancelled), "cancelled: id");
    }

    function test_refuses_a_target_without_code_and_data_without_a_function() public {
        bytes memory toNobody = abi.encodeCall(ICouncil.propose, (stranger, registeringType()));
        bytes memory noFunction = abi.encodeCall(ICouncil.propose, (address(registry), hex"123456"));
        assertCouncilRefuses(
            alice,
            toNobody,
            abi.encodeWithSelector(ICouncil.CouncilInvalidCall.selector, stranger, registeringType())
        );
        assertCouncilRefuses(
            alice,
            noFunction,
            abi.encodeWithSelector(ICouncil.CouncilInvalidCall.selector, address(registry), hex"123456")
        );
    }

    function test_only_members_take_part() public {
        uint256 id = givenApproved(address(registry), registeringType());
        bytes[5] memory calls = [
            abi.encodeCall(ICouncil.propose, (address(registry), registeringType())),
            abi.encodeCall(ICouncil.approve, (id)),
            abi.encodeCall(ICouncil.withdraw, (id)),
            abi.encodeCall(ICouncil.execute, (id)),
            abi.encodeCall(ICouncil.cancel, (id))
        ];
        address[4] memory others = [stranger, deployer, address(manager), address(council)];
        for (uint256 i = 0; i < calls.length; ++i) {
            for (uint256 j = 0; j < others.length; ++j) {
                bytes memory reason = abi.encodeWithSelector(ICouncil.CouncilNotMember.selector, others[j]);
                assertCouncilRefuses(others[j], calls[i], reason);
            }
        }
    }

    // --------------------------------------------------------------------- approving

    function test_fewer_than_the_threshold_decide_nothing() public {
        uint256 id = proposeBy(alice, address(registry), registeringType());
        bytes memory reason = abi.encodeWithSelector(ICouncil.CouncilTooFewApprovals.selector, id, 1, 2);
        assertCouncilRefuses(alice, executing(id), reason);
        assertEq(registry.size(), 0, "nothing happened");
    }

    function test_the_threshold_decides_at_once_where_there_is_no_delay() public {
        uint256 id = givenApproved(address(registry), registeringType());
        executeBy(carol, id);
        assertEq(registry.typeVersions(1), 1, "registered");
        assertState(id, ICouncil.ProposalState.Executed);
    }

    function test_a_member_approves_once() public {
        uint256 id = proposeBy(alice, address(registry), registeringType());
        bytes memory reason = abi.encodeWithSelector(ICouncil.CouncilAlreadyApproved.selector, id, alice);
        assertCouncilRefuses(alice, abi.encodeCall(ICouncil.approve, (id)), reason);
    }

    function test_an_approval_of_the_call_that_was_read_counts() public {
        uint256 id = proposeBy(alice, address(registry), registeringType());
        bytes32 digest = digestOf(id, address(registry), registeringType());
        assertEq(council.proposalDigest(id), digest, "what a member computes is what the council holds");
        vm.prank(bob);
        council.approveCall(id, digest);
        assertTrue(council.hasApproved(id, bob), "counts");
        vm.prank(bob);
        vm.expectRevert(abi.encodeWithSelector(ICouncil.CouncilAlreadyApproved.selector, id, bob));
        council.approveCall(id, digest);
    }

    function test_an_approval_of_another_call_council_number_or_target_does_not_count() public {
        uint256 id = proposeBy(alice, address(registry), registeringType());
        uint256 twin = proposeBy(alice, address(registry), registeringType());
        bytes32 held = council.proposalDigest(id);
        bytes32[4] memory others = [
            digestOf(id, address(registry), startingAlgorithm()),
            digestOf(id, address(manager), registeringType()),
            digestOf(twin, address(registry), registeringType()),
            bytes32(0)
        ];
        for (uint256 i = 0; i < others.length; ++i) {
            vm.prank(bob);
            vm.expectRevert(abi.encodeWithSelector(ICouncil.CouncilOtherCall.selector, id, held));
            council.approveCall(id, others[i]);
        }
        assertTrue(!council.hasApproved(id, bob), "nothing was approved");
    }

    function test_a_stranger_approves_no_call_and_nobody_one_that_is_over() public {
        uint256 id = proposeBy(alice, address(registry), registeringType());
        bytes32 digest = council.proposalDigest(id);
        vm.prank(address(0xbad));
        vm.expectRevert(abi.encodeWithSelector(ICouncil.CouncilNotMember.selector, address(0xbad)));
        council.approveCall(id, digest);
        vm.prank(alice);
        council.cancel(id);
        vm.prank(bob);
        vm.expectRevert(
            abi.encodeWithSelector(ICouncil.CouncilNotPending.selector, id, ICouncil.ProposalState.Cancelled)
        );
        council.approveCall(id, digest);
    }

    function digestOf(uint256 id, address target, bytes memory data) private view returns (bytes32) {
        return sha256(abi.encodePacked("sealroot/proposal/1", block.chainid, address(council), id, target, data));
    }

    function test_a_withdrawn_approval_does_not_count_and_can_be_given_again() public {
        uint256 id = givenApproved(address(registry), registeringType());
        vm.prank(bob);
        council.withdraw(id);
        bytes memory tooFew = abi.encodeWithSelector(ICouncil.CouncilTooFewApprovals.selector, id, 1, 2);
        bytes memory none = abi.encodeWithSelector(ICouncil.CouncilNotApproved.selector, id, bob);
        assertCouncilRefuses(bob, executing(id), tooFew);
        assertCouncilRefuses(bob, abi.encodeCall(ICouncil.withdraw, (id)), none);
        approveBy(bob, id);
        executeBy(bob, id);
        assertState(id, ICouncil.ProposalState.Executed);
    }

    // --------------------------------------------------------------------- executing

    function test_no_proposal_executes_twice() public {
        uint256 id = givenApproved(address(this), abi.encodeCall(this.ping, ()));
        executeBy(alice, id);
        vm.warp(block.timestamp + DELAY);
        executeBy(alice, id);
        bytes memory reason = notPending(id, ICouncil.ProposalState.Executed);
        assertCouncilRefuses(alice, executing(id), reason);
        assertCouncilRefuses(carol, abi.encodeCall(ICouncil.approve, (id)), reason);
        assertCouncilRefuses(alice, abi.encodeCall(ICouncil.cancel, (id)), reason);
        assertEq(pings, 1, "once");
    }

    function test_an_immediate_proposal_does_not_execute_twice() public {
        uint256 id = givenApproved(address(registry), registeringType());
        executeBy(alice, id);
        assertCouncilRefuses(alice, executing(id), notPending(id, ICouncil.ProposalState.Executed));
    }

    function test_an_unknown_proposal_is_nobodys() public {
        assertCouncilRefuses(alice, executing(1), notPending(1, ICouncil.ProposalState.Unknown));
        assertState(1, ICouncil.ProposalState.Unknown);
    }

    function test_what_the_target_refuses_is_told_and_can_be_tried_again() public {
        bytes memory resume = abi.encodeCall(IRegistry.resumeAgency, ("NOBODY"));
        uint256 id = givenApproved(address(registry), resume);
        bytes memory reason = abi.encodeWithSelector(IRegistry.RegistryUnknownAgency.selector, bytes16("NOBODY"));
        assertCouncilRefuses(alice, executing(id), reason);
        assertState(id, ICouncil.ProposalState.Open);
    }

    function test_proposals_expire_after_30_days() public {
        uint256 id = givenApproved(address(registry), registeringType());
        vm.warp(block.timestamp + 30 days - 1);
        assertState(id, ICouncil.ProposalState.Open);
        vm.warp(block.timestamp + 1);
        bytes memory reason = notPending(id, ICouncil.ProposalState.Expired);
        assertCouncilRefuses(alice, executing(id), reason);
        assertCouncilRefuses(carol, abi.encodeCall(ICouncil.approve, (id)), reason);
    }

    function test_only_the_proposer_cancels() public {
        uint256 id = givenApproved(address(registry), registeringType());
        bytes memory reason = abi.encodeWithSelector(ICouncil.CouncilNotProposer.selector, id, bob);
        assertCouncilRefuses(bob, abi.encodeCall(ICouncil.cancel, (id)), reason);
        vm.prank(alice);
        council.cancel(id);
        assertCouncilRefuses(alice, executing(id), notPending(id, ICouncil.ProposalState.Cancelled));
    }

    // ------------------------------------------------------------------------- delay

    function test_a_dangerous_act_is_scheduled_first_and_carried_out_after_the_delay() public {
        uint256 id = givenScheduled(address(registry), startingAlgorithm());
        uint64 readyAt = uint64(block.timestamp) + DELAY;
        (ICouncil.ProposalState state, , , , , , uint64 ready) = council.proposal(id);
        assertEq(uint256(state), uint256(ICouncil.ProposalState.Scheduled), "scheduled");
        assertEq(ready, readyAt, "ready");
        assertEq(registry.size(), 0, "nothing happened yet");
        vm.warp(readyAt - 1);
        bytes memory early = abi.encodeWithSelector(ICouncil.CouncilNotReady.selector, id, readyAt);
        assertCouncilRefuses(alice, executing(id), early);
        vm.warp(readyAt);
        executeBy(alice, id);
        (uint64 startsAt, ) = registry.algorithm(Keys.ES256);
        assertEq(startsAt, readyAt, "started");
    }

    function test_an_approval_withdrawn_during_the_delay_stops_the_act() public {
        uint256 id = givenScheduled(address(registry), startingAlgorithm());
        vm.prank(bob);
        council.withdraw(id);
        vm.warp(block.timestamp + DELAY);
        bytes memory reason = abi.encodeWithSelector(ICouncil.CouncilTooFewApprovals.selector, id, 1, 2);
        assertCouncilRefuses(alice, executing(id), reason);
    }

    function test_a_scheduled_act_lapses_after_a_week() public {
        uint256 id = givenScheduled(address(registry), startingAlgorithm());
        vm.warp(block.timestamp + DELAY + 1 weeks - 1);
        assertState(id, ICouncil.ProposalState.Scheduled);
        vm.warp(block.timestamp + 1);
        assertCouncilRefuses(alice, executing(id), notPending(id, ICouncil.ProposalState.Expired));
    }

    function test_two_proposals_of_the_same_call_do_not_share_a_waiting_time() public {
        uint256 first = givenScheduled(address(registry), startingAlgorithm());
        uint256 second = givenApproved(address(registry), startingAlgorithm());
        bytes32 operation = manager.hashOperation(address(council), address(registry), startingAlgorithm());
        bytes memory waits = abi.encodeWithSelector(
            IAccessManager.AccessManagerAlreadyScheduled.selector,
            operation
        );
        assertCouncilRefuses(alice, executing(second), waits);
        vm.prank(alice);
        council.cancel(first);
        vm.warp(block.timestamp + DELAY);
        executeBy(alice, second);
        assertState(second, ICouncil.ProposalState.Scheduled);
        assertEq(registry.size(), 0, "the second waits for itself");
    }

    function test_a_lapsed_proposal_does_not_ride_on_a_later_schedule_of_the_same_call() public {
        uint256 first = givenScheduled(address(registry), startingAlgorithm());
        vm.warp(block.timestamp + DELAY + 1 weeks);
        uint256 second = givenScheduled(address(registry), startingAlgorithm());
        vm.warp(block.timestamp + DELAY);
        assertCouncilRefuses(alice, executing(first), notPending(first, ICouncil.ProposalState.Expired));
        executeBy(alice, second);
        assertEq(registry.size(), 1, "the second one's act");
    }

    function test_cancelling_takes_back_the_schedule() public {
        uint256 id = givenScheduled(address(registry), startingAlgorithm());
        vm.prank(alice);
        council.cancel(id);
        bytes32 operation = manager.hashOperation(address(council), address(registry), startingAlgorithm());
        assertEq(manager.getSchedule(operation), 0, "no schedule");
    }

    function test_a_call_that_no_manager_watches_waits_too_and_leaves_no_schedule_behind() public {
        bytes memory data = abi.encodeCall(this.ping, ());
        decide(address(this), data);
        assertEq(pings, 1, "called");
        assertEq(manager.getSchedule(manager.hashOperation(address(council), address(this), data)), 0, "no schedule");
        decide(address(this), data);
        assertEq(pings, 2, "called again after its own delay");
    }

    function test_the_delay_itself_changes_only_after_the_delay() public {
        bytes memory shorten = abi.encodeCall(IAccessManager.grantRole, (COUNCIL_DELAYED, address(council), 0));
        uint256 id = givenScheduled(address(manager), shorten);
        bytes memory early = abi.encodeWithSelector(
            ICouncil.CouncilNotReady.selector,
            id,
            uint64(block.timestamp) + DELAY
        );
        assertCouncilRefuses(alice, executing(id), early);
        vm.warp(block.timestamp + DELAY);
        executeBy(alice, id);
        (, uint32 still, uint32 pending, uint48 effect) = manager.getAccess(COUNCIL_DELAYED, address(council));
        assertEq(still, DELAY, "the old delay holds");
        assertEq(pending, 0, "the new one is announced");
        assertEq(effect, block.timestamp + DELAY, "and holds a delay later");
    }
}

contract CouncilMembersTest is CouncilTest {
    address[] private named_;

    function changing(address[] memory members, uint256 threshold) private pure returns (bytes memory) {
        return abi.encodeCall(ICouncil.changeMembers, (members, threshold, (threshold + 1) / 2));
    }

    function list(address first, address second) private returns (address[] memory) {
        named_ = [first, second];
        return named_;
    }

    function test_the_first_members_are_those_named() public view {
        assertEq(abi.encode(council.members()), abi.encode(councillors), "members");
        assertEq(council.threshold(), 2, "threshold");
        assertEq(council.pauseThreshold(), 1, "pause threshold");
        assertTrue(council.isMember(alice) && council.isMember(bob) && council.isMember(carol), "members");
        assertFalse(council.isMember(stranger) || council.isMember(address(0)), "nobody else");
    }

    function test_members_change_by_the_council_itself_after_the_delay() public {
        address[] memory after_ = list(bob, stranger);
        uint256 id = givenScheduled(address(council), changing(after_, 1));
        assertTrue(council.isMember(alice), "not yet");
        vm.warp(block.timestamp + DELAY);
        vm.recordLogs();
        executeBy(alice, id);
        Vm.Log[] memory logs = vm.getRecordedLogs();
        assertEq(logs[logs.length - 1].topics[0], ICouncil.MembersChanged.selector, "event");
        assertEq(logs[logs.length - 1].data, abi.encode(after_, uint256(1), uint256(1)), "event: who");
        assertEq(abi.encode(council.members()), abi.encode(after_), "members");
        assertEq(council.threshold(), 1, "threshold");
        assertTrue(council.isMember(bob) && council.isMember(stranger), "in");
        assertFalse(council.isMember(alice) || council.isMember(carol), "out");
    }

    function test_nobody_else_changes_members() public {
        bytes memory call_ = changing(list(stranger, deployer), 1);
        address[4] memory others = [stranger, deployer, alice, address(manager)];
        for (uint256 i = 0; i < others.length; ++i) {
            vm.prank(others[i]);
            (bool done, ) = address(council).call(call_);
            assertFalse(done, "the call was accepted");
        }
        assertEq(abi.encode(council.members()), abi.encode(councillors), "members");
    }

    function test_a_role_alone_does_not_change_members() public {
        decide(address(manager), abi.encodeCall(IAccessManager.grantRole, (COUNCIL_DELAYED, stranger, 0)));
        bytes memory reason = abi.encodeWithSelector(ICouncil.CouncilOnlyItself.selector, stranger);
        assertCouncilRefuses(stranger, changing(list(stranger, alice), 1), reason);
    }

    function test_the_approval_of_a_removed_member_does_not_count() public {
        uint256 id = givenApproved(address(registry), registeringType());
        decide(address(council), changing(list(bob, carol), 2));
        assertFalse(council.hasApproved(id, alice), "alice is gone");
        bytes memory reason = abi.encodeWithSelector(ICouncil.CouncilTooFewApprovals.selector, id, 1, 2);
        assertCouncilRefuses(bob, executing(id), reason);
        assertCouncilRefuses(
            alice,
            executing(id),
            abi.encodeWithSelector(ICouncil.CouncilNotMember.selector, alice)
        );
    }

    function test_the_approval_given_before_leaving_does_not_come_back_with_the_member() public {
        uint256 id = givenApproved(address(registry), registeringType());
        decide(address(council), changing(list(bob, carol), 1));
        uint256 back = proposeBy(bob, address(council), changing(councillors, 2));
        executeBy(bob, back);
        vm.warp(block.timestamp + DELAY);
        executeBy(bob, back);
        assertTrue(council.isMember(alice), "alice is back");
        assertFalse(council.hasApproved(id, alice), "her approval is not");
        assertTrue(council.hasApproved(id, bob), "bob stayed");
        approveBy(alice, id);
        executeBy(alice, id);
        assertState(id, ICouncil.ProposalState.Executed);
    }

    function test_a_removed_member_cancels_nothing() public {
        uint256 id = proposeBy(alice, address(registry), registeringType());
        decide(address(council), changing(list(bob, carol), 2));
        bytes memory reason = abi.encodeWithSelector(ICouncil.CouncilNotMember.selector, alice);
        assertCouncilRefuses(alice, abi.encodeCall(ICouncil.cancel, (id)), reason);
    }

    function test_a_raised_threshold_holds_for_open_proposals() public {
        uint256 id = givenApproved(address(registry), registeringType());
        decide(address(council), changing(councillors, 3));
        bytes memory reason = abi.encodeWithSelector(ICouncil.CouncilTooFewApprovals.selector, id, 2, 3);
        assertCouncilRefuses(alice, executing(id), reason);
        approveBy(carol, id);
        executeBy(alice, id);
        assertState(id, ICouncil.ProposalState.Executed);
    }

    // -------------------------------------------------------------------- what is refused

    function test_refuses_a_council_that_could_never_decide() public {
        address[] memory nobody = new address[](0);
        expectInvalidMembers();
        new Council(address(manager), nobody, 0, 0);
        vm.expectRevert(abi.encodeWithSelector(ICouncil.CouncilInvalidThreshold.selector, 0, 3));
        new Council(address(manager), councillors, 0, 0);
        vm.expectRevert(abi.encodeWithSelector(ICouncil.CouncilInvalidThreshold.selector, 4, 3));
        new Council(address(manager), councillors, 4, 1);
    }

    function test_refuses_a_pause_threshold_of_none_or_above_the_threshold() public {
        vm.expectRevert(abi.encodeWithSelector(ICouncil.CouncilInvalidPauseThreshold.selector, 0, 2));
        new Council(address(manager), councillors, 2, 0);
        vm.expectRevert(abi.encodeWithSelector(ICouncil.CouncilInvalidPauseThreshold.selector, 3, 2));
        new Council(address(manager), councillors, 2, 3);
        assertEq(new Council(address(manager), councillors, 2, 2).pauseThreshold(), 2, "as many as decide");
    }

    function test_refuses_the_same_member_twice_and_the_zero_address() public {
        address[] memory twice = list(alice, alice);
        expectInvalidMembers();
        new Council(address(manager), twice, 1, 1);
        address[] memory zero = list(alice, address(0));
        expectInvalidMembers();
        new Council(address(manager), zero, 1, 1);
    }

    function test_has_at_most_16_members() public {
        address[] memory many = new address[](17);
        for (uint160 i = 0; i < 17; ++i) many[i] = address(i + 1);
        expectInvalidMembers();
        new Council(address(manager), many, 1, 1);
        assembly ("memory-safe") {
            mstore(many, 16)
        }
        assertEq(new Council(address(manager), many, 16, 16).members().length, 16, "sixteen");
    }

    function expectInvalidMembers() private {
        vm.expectRevert(abi.encodeWithSelector(ICouncil.CouncilInvalidMembers.selector));
    }
}
