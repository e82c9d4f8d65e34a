// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICouncil} from "../../contracts/ICouncil.sol";
import {IRegistry} from "../../contracts/IRegistry.sol";
import {Governed} from "./Governed.sol";
import {Keys} from "./Keys.sol";

/// @notice A registry whose council of three decides by two, and waits a day for dangerous acts.
abstract contract CouncilTest is Governed {
    uint32 internal constant DELAY = 1 days;

    address internal alice;
    address internal bob;
    address internal carol;

    /// @notice Stands in a test for whatever the council may call and no manager watches.
    uint256 public pings;

    function setUp() public virtual {
        deploy(3, 2, DELAY);
        (alice, bob, carol) = (councillors[0], councillors[1], councillors[2]);
    }

    function ping() external {
        ++pings;
    }

    function registeringType() internal pure returns (bytes memory) {
        return abi.encodeCall(IRegistry.registerType, (1, 1, keccak256("document")));
    }

    function startingAlgorithm() internal pure returns (bytes memory) {
        return abi.encodeCall(IRegistry.startAlgorithm, (Keys.ES256, 0));
    }

    function proposeBy(address member, address target, bytes memory data) internal returns (uint256 id) {
        vm.prank(member);
        return council.propose(target, data);
    }

    function approveBy(address member, uint256 id) internal {
        vm.prank(member);
        council.approve(id);
    }

    function executeBy(address member, uint256 id) internal {
        vm.prank(member);
        council.execute(id);
    }

    /// @notice A proposal of alice that bob approves too, and that nobody executed yet.
    function givenApproved(address target, bytes memory data) internal returns (uint256 id) {
        id = proposeBy(alice, target, data);
        approveBy(bob, id);
    }

    /// @notice A delayed proposal of alice and bob whose waiting time has begun.
    function givenScheduled(address target, bytes memory data) internal returns (uint256 id) {
        id = givenApproved(target, data);
        executeBy(alice, id);
    }

    /// @notice What the council decides, carried out after the delay.
    function decide(address target, bytes memory data) internal {
        uint256 id = givenScheduled(target, data);
        vm.warp(block.timestamp + DELAY);
        executeBy(alice, id);
    }

    function assertState(uint256 id, ICouncil.ProposalState expected) internal view {
        (ICouncil.ProposalState state, , , , , , ) = council.proposal(id);
        assertEq(uint256(state), uint256(expected), "state of the proposal");
    }

    function assertCouncilRefuses(address sender, bytes memory call_, bytes memory reason) internal {
        vm.prank(sender);
        (bool done, bytes memory answer) = address(council).call(call_);
        assertFalse(done, "the call was accepted");
        assertEq(answer, reason, "the reason");
    }

    function notPending(uint256 id, ICouncil.ProposalState state) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(ICouncil.CouncilNotPending.selector, id, state);
    }

    function executing(uint256 id) internal pure returns (bytes memory) {
        return abi.encodeCall(ICouncil.execute, (id));
    }
}
