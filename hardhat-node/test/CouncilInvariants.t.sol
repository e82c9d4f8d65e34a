// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Council} from "../contracts/Council.sol";
import {ICouncil} from "../contracts/ICouncil.sol";
import {IRegistry} from "../contracts/IRegistry.sol";
import {Registry} from "../contracts/Registry.sol";
import {CouncilTest} from "./support/CouncilTest.sol";
import {Test} from "./support/Test.sol";

/// @notice Lets anybody do anything to a council, and keeps its own book of who approved what.
/// @dev The book is kept otherwise than the contract keeps it: an approval is crossed out when its member leaves.
contract CouncilHandler is Test {
    Council private council;
    Registry private registry;
    uint256 private delay;

    address[6] private people;
    mapping(address person => bool) private isMember;
    uint256 private threshold;
    uint256 private pauseThreshold;
    mapping(uint256 id => mapping(address person => bool)) private approved;
    mapping(uint256 id => bool) private dangerous;
    mapping(uint256 id => address[]) private membersAfter;
    mapping(uint256 id => uint256) private thresholdAfter;
    mapping(uint256 id => uint256) private pauseThresholdAfter;
    mapping(uint256 id => bool) private suspends;
    mapping(uint256 id => uint256) private scheduledAt;
    mapping(uint256 id => uint256) private timesExecuted;
    uint256 private time = 1_700_100_000;
    uint256 private steps;

    uint256 public executedAtOnce;
    uint256 public executedAfterDelay;
    uint256 public suspendedByFewer;
    uint256 public membersChanged;
    uint256 public refused;
    string public violation;

    constructor(Council council_, Registry registry_, uint256 delay_, address[] memory members) {
        (council, registry, delay) = (council_, registry_, delay_);
        for (uint256 i = 0; i < 3; ++i) (people[i], isMember[members[i]]) = (members[i], true);
        for (uint256 i = 3; i < 6; ++i) people[i] = named(string.concat("person ", vm.toString(i)));
        (threshold, pauseThreshold) = (council.threshold(), council.pauseThreshold());
    }

    // ------------------------------------------------------------------------------- calls

    function proposeImmediate(uint256 seed) external {
        uint32 fresh = uint32(council.proposalCount()) + 1;
        bytes memory data = abi.encodeCall(IRegistry.registerType, (fresh, 1, bytes32(seed)));
        _propose(_person(seed), address(registry), data);
    }

    function proposeDangerous(uint256 seed) external {
        bytes memory signers = hex"81a3010120062158203474aaf9b0cfdc4852f4ecb1719a05d445835ac75802a6a32f3f0d82e04ab03d";
        bytes memory data = abi.encodeCall(IRegistry.setCheckpointSigners, (1, signers));
        uint256 id = _propose(_person(seed), address(registry), data);
        if (id != 0) dangerous[id] = true;
    }

    function proposeSuspension(uint256 seed) external {
        uint256 id = _propose(_person(seed), address(registry), abi.encodeCall(IRegistry.suspendAgency, ("OFFICE")));
        if (id != 0) suspends[id] = true;
    }

    function proposeResumption(uint256 seed) external {
        _propose(_person(seed), address(registry), abi.encodeCall(IRegistry.resumeAgency, ("OFFICE")));
    }

    function proposeMembers(uint256 seed) external {
        uint256 size = 2 + (seed >> 16) % 3;
        address[] memory members = new address[](size);
        for (uint256 i = 0; i < size; ++i) members[i] = people[((seed >> 24) + i) % 6];
        uint256 newThreshold = 1 + (seed >> 32) % 2;
        uint256 newPause = 1 + (seed >> 40) % newThreshold;
        bytes memory data = abi.encodeCall(ICouncil.changeMembers, (members, newThreshold, newPause));
        uint256 id = _propose(_person(seed), address(council), data);
        if (id == 0) return;
        (dangerous[id], membersAfter[id]) = (true, members);
        (thresholdAfter[id], pauseThresholdAfter[id]) = (newThreshold, newPause);
    }

    function approve(uint256 seed) external {
        (address person, uint256 id) = (_person(seed), _id(seed));
        if (_call(person, abi.encodeCall(ICouncil.approve, (id)))) {
            if (approved[id][person]) violation = "approved twice";
            approved[id][person] = true;
        }
    }

    function withdraw(uint256 seed) external {
        if (seed % 4 != 0) return;
        (address person, uint256 id) = (_person(seed >> 2), _id(seed));
        if (_call(person, abi.encodeCall(ICouncil.withdraw, (id)))) approved[id][person] = false;
    }

    function cancel(uint256 seed) external {
        if (seed % 8 != 0) return;
        uint256 id = _id(seed);
        (, address proposer, , , , , ) = council.proposal(id);
        address person = _person(seed >> 3);
        if (_call(person, abi.encodeCall(ICouncil.cancel, (id))) && person != proposer) violation = "cancelled";
    }

    function execute(uint256 seed) external {
        (address person, uint256 id) = (_person(seed), _id(seed));
        uint256 entries = registry.size();
        bytes32 members = keccak256(abi.encode(council.members(), council.threshold(), council.pauseThreshold()));
        if (!_call(person, abi.encodeCall(ICouncil.execute, (id)))) return;
        if (_approvals(id) < (suspends[id] ? pauseThreshold : threshold)) violation = "too few approved";
        if (_approvals(id) < threshold) ++suspendedByFewer;
        (ICouncil.ProposalState state, , , , , , ) = council.proposal(id);
        if (state == ICouncil.ProposalState.Scheduled) {
            scheduledAt[id] = time;
            bool moved = registry.size() != entries || _membersNow() != members;
            if (moved || !dangerous[id]) violation = "scheduled";
        } else {
            _executed(id);
        }
    }

    function _executed(uint256 id) private {
        if (++timesExecuted[id] > 1) violation = "executed twice";
        if (dangerous[id] && (scheduledAt[id] == 0 || time < scheduledAt[id] + delay)) violation = "before the delay";
        if (dangerous[id]) ++executedAfterDelay;
        else ++executedAtOnce;
        if (membersAfter[id].length == 0) return;
        ++membersChanged;
        (threshold, pauseThreshold) = (thresholdAfter[id], pauseThresholdAfter[id]);
        for (uint256 i = 0; i < 6; ++i) isMember[people[i]] = false;
        for (uint256 i = 0; i < membersAfter[id].length; ++i) isMember[membersAfter[id][i]] = true;
        for (uint256 p = 1; p <= council.proposalCount(); ++p) {
            for (uint256 i = 0; i < 6; ++i) if (!isMember[people[i]]) approved[p][people[i]] = false;
        }
    }

    // ----------------------------------------------------------------------------- the book

    /// @notice True when the contract's book says what this one says.
    function agrees() external view returns (bool same) {
        same = council.threshold() == threshold && council.pauseThreshold() == pauseThreshold;
        for (uint256 i = 0; i < 6; ++i) {
            same = same && council.isMember(people[i]) == isMember[people[i]];
            for (uint256 id = 1; id <= council.proposalCount(); ++id) {
                same = same && council.hasApproved(id, people[i]) == approved[id][people[i]];
            }
        }
    }

    function _propose(address person, address target, bytes memory data) private returns (uint256 id) {
        if (!_call(person, abi.encodeCall(ICouncil.propose, (target, data)))) return 0;
        id = council.proposalCount();
        approved[id][person] = true;
    }

    function _call(address person, bytes memory call_) private returns (bool done) {
        time += 6 hours;
        vm.warp(time);
        vm.prank(person);
        (done, ) = address(council).call(call_);
        if (done && !isMember[person]) violation = "not a member";
        if (!done) ++refused;
    }

    /// @dev A member more often than not.
    function _person(uint256 seed) private returns (address person) {
        for (uint256 i = 0; i < 3 && !isMember[person]; ++i) {
            person = people[uint256(keccak256(abi.encode(seed, ++steps))) % 6];
        }
    }

    /// @dev One of the latest, so that proposals come to their end.
    function _id(uint256 seed) private returns (uint256) {
        uint256 count = council.proposalCount();
        uint256 back = uint256(keccak256(abi.encode(seed, ++steps))) % 6;
        return count > back ? count - back : 1;
    }

    function _approvals(uint256 id) private view returns (uint256 count) {
        for (uint256 i = 0; i < 6; ++i) if (isMember[people[i]] && approved[id][people[i]]) ++count;
    }

    function _membersNow() private view returns (bytes32) {
        return keccak256(abi.encode(council.members(), council.threshold(), council.pauseThreshold()));
    }
}

contract CouncilInvariantsTest is CouncilTest {
    CouncilHandler private handler;

    function setUp() public override {
        super.setUp();
        bytes memory names = bytes(unicode"所\nOffice");
        vm.prank(address(council));
        manager.schedule(address(registry), registering(string(names)), 0);
        vm.warp(block.timestamp + DELAY);
        vm.prank(address(council));
        registry.registerAgency("OFFICE", stranger, stranger, string(names));
        handler = new CouncilHandler(council, registry, DELAY, councillors);
    }

    function registering(string memory names) private view returns (bytes memory) {
        return abi.encodeCall(IRegistry.registerAgency, ("OFFICE", stranger, stranger, names));
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    function invariant_no_rule_of_the_council_is_broken() public view {
        assertEq(bytes(handler.violation()), bytes(""), "violation");
    }

    function invariant_members_and_approvals_are_those_of_the_book() public view {
        assertTrue(handler.agrees(), "members, threshold and approvals");
    }

    /// @dev Runs after each sequence: a handler whose calls all failed would prove nothing.
    function afterInvariant() public view {
        vm.assertGt(council.proposalCount(), 0, "nothing was ever proposed");
        vm.assertGt(handler.refused(), 0, "nothing was ever refused");
    }

    function test_the_handler_decides_at_once_and_after_the_delay_and_changes_members() public {
        bytes4[12] memory calls = [
            CouncilHandler.proposeImmediate.selector,
            CouncilHandler.proposeDangerous.selector,
            CouncilHandler.proposeSuspension.selector,
            CouncilHandler.proposeResumption.selector,
            CouncilHandler.proposeMembers.selector,
            CouncilHandler.approve.selector,
            CouncilHandler.approve.selector,
            CouncilHandler.withdraw.selector,
            CouncilHandler.cancel.selector,
            CouncilHandler.execute.selector,
            CouncilHandler.execute.selector,
            CouncilHandler.execute.selector
        ];
        for (uint256 i = 0; i < 3000; ++i) {
            uint256 seed = uint256(keccak256(abi.encode(i)));
            (bool done, ) = address(handler).call(abi.encodeWithSelector(calls[seed % 12], seed >> 8));
            assertTrue(done, "a handler does not revert");
        }
        vm.assertGt(handler.executedAtOnce(), 9, "at once");
        vm.assertGt(handler.executedAfterDelay(), 5, "after the delay");
        vm.assertGt(handler.suspendedByFewer(), 5, "suspended by fewer");
        vm.assertGt(handler.membersChanged(), 1, "members");
        vm.assertGt(handler.refused(), 20, "refused");
        assertEq(bytes(handler.violation()), bytes(""), "violation");
        assertTrue(handler.agrees(), "the book");
    }
}
