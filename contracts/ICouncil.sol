// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title A council of members who decide k of n
interface ICouncil {
    enum ProposalState {
        Unknown,
        Open,
        Scheduled,
        Executed,
        Cancelled,
        Expired
    }

    event Proposed(uint256 indexed id, address indexed proposer, address target, bytes data, uint64 expiresAt);
    event Approved(uint256 indexed id, address indexed member);
    event ApprovalWithdrawn(uint256 indexed id, address indexed member);
    event Scheduled(uint256 indexed id, uint64 readyAt);
    event Executed(uint256 indexed id);
    event Cancelled(uint256 indexed id);
    event MembersChanged(address[] members, uint256 threshold, uint256 pauseThreshold);

    error CouncilNotMember(address account);
    error CouncilInvalidMembers();
    error CouncilInvalidThreshold(uint256 threshold, uint256 members);
    error CouncilInvalidPauseThreshold(uint256 pauseThreshold, uint256 threshold);
    error CouncilInvalidCall(address target, bytes data);
    error CouncilNotPending(uint256 id, ProposalState state);
    error CouncilAlreadyApproved(uint256 id, address member);
    error CouncilNotApproved(uint256 id, address member);
    error CouncilOtherCall(uint256 id, bytes32 digest);
    error CouncilTooFewApprovals(uint256 id, uint256 approvals, uint256 threshold);
    error CouncilNotReady(uint256 id, uint64 readyAt);
    error CouncilNotProposer(uint256 id, address account);
    error CouncilOnlyItself(address account);

    /// @notice Propose a call, and approve it. Members only.
    function propose(address target, bytes calldata data) external returns (uint256 id);

    /// @notice Approve a proposal once. Members only.
    function approve(uint256 id) external;

    /// @notice Approve a proposal once, but only where it is the call that was read. Members only.
    /// @dev What a node shows a member cannot be made to count for another call.
    /// @param digest as `proposalDigest` has it, computed by the member from what was read
    function approveCall(uint256 id, bytes32 digest) external;

    /// @notice Take back an approval that was not yet executed upon. Members only.
    function withdraw(uint256 id) external;

    /// @notice Carry out a proposal that enough members approve. Members only.
    /// @dev Where the manager sets a delay, the first call only schedules; call again from `readyAt` on, within a week.
    function execute(uint256 id) external;

    /// @notice Give a proposal up, even while it waits for its delay. Its proposer only, while a member.
    function cancel(uint256 id) external;

    /// @notice Replace all members and both thresholds. Only by a proposal of the council itself, delayed.
    /// @param newPauseThreshold 1 up to `newThreshold`
    function changeMembers(address[] calldata newMembers, uint256 newThreshold, uint256 newPauseThreshold) external;

    /// @notice The members, in the order they were named.
    function members() external view returns (address[] memory);

    /// @notice True for a member.
    function isMember(address account) external view returns (bool);

    /// @notice How many members must approve.
    function threshold() external view returns (uint256);

    /// @notice How many members are enough to suspend an agency.
    function pauseThreshold() external view returns (uint256);

    /// @notice How many members must approve this proposal: `pauseThreshold` where it suspends an agency, and else
    /// `threshold`.
    function approvalsNeeded(uint256 id) external view returns (uint256);

    /// @notice How many proposals were ever made: the id of the latest.
    function proposalCount() external view returns (uint256);

    /// @notice A proposal as it stands: `approvals` counts members of now; `readyAt` is 0 unless it is scheduled.
    function proposal(
        uint256 id
    )
        external
        view
        returns (
            ProposalState state,
            address proposer,
            address target,
            bytes memory data,
            uint256 approvals,
            uint64 expiresAt,
            uint64 readyAt
        );

    /// @notice SHA-256 of `sealroot/proposal/1`, the chain id (32 bytes), this council (20), the id (32), the target
    /// (20) and the data. Its first 15 bytes are the short code that members read to each other.
    function proposalDigest(uint256 id) external view returns (bytes32);

    /// @notice True when this member's approval of the proposal counts.
    function hasApproved(uint256 id, address member) external view returns (bool);
}
