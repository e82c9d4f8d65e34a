// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IAccessManager} from "@openzeppelin/contracts/access/manager/IAccessManager.sol";
import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {ICouncil} from "./ICouncil.sol";
import {IRegistry} from "./IRegistry.sol";

/// @title The council that governs a registry
/// @notice Who is trusted for what: any k of the n members together may do whatever the AccessManager lets the council
/// do. Any p of them, p being at most k, may suspend an agency, so that an emergency need not wait for k people; only k
/// can resume it. Fewer may only propose. There is one delay, the AccessManager's:
/// what it delays for the council is scheduled first and carried out by a second call. Nobody else has any power here.
/// @dev Approvals must stand at the moment of execution, also after a delay: a member who was deceived withdraws.
contract Council is ICouncil, AccessManaged {
    struct Proposal {
        address proposer;
        uint64 expiresAt;
        bool executed;
        bool cancelled;
        address target;
        uint32 scheduleNonce;
        bytes data;
        mapping(address member => uint256 round) approvedIn;
    }

    uint64 private constant PROPOSAL_LIFETIME = 30 days;
    uint256 private constant MAX_MEMBERS = 16;
    /// @dev The selector of suspendAgency(bytes16) and its one word.
    uint256 private constant SUSPENSION_LENGTH = 36;

    address[] private _members;
    uint256 private _threshold;
    uint256 private _pauseThreshold;
    /// @dev Rises with every change of members, so that an approval given before a member left does not come back.
    uint256 private _round;
    mapping(address member => uint256 round) private _joinedIn;
    mapping(uint256 id => Proposal) private _proposals;
    uint256 private _proposalCount;

    modifier onlyMember() {
        if (!isMember(msg.sender)) revert CouncilNotMember(msg.sender);
        _;
    }

    /// @param manager the AccessManager that holds the council's roles and their delays
    constructor(
        address manager,
        address[] memory firstMembers,
        uint256 firstThreshold,
        uint256 firstPauseThreshold
    ) AccessManaged(manager) {
        _changeMembers(firstMembers, firstThreshold, firstPauseThreshold);
    }

    // ----------------------------------------------------------------- proposals

    /// @inheritdoc ICouncil
    function propose(address target, bytes calldata data) external onlyMember returns (uint256 id) {
        if (target.code.length == 0 || data.length < 4) revert CouncilInvalidCall(target, data);
        id = ++_proposalCount;
        Proposal storage made = _proposals[id];
        made.proposer = msg.sender;
        made.expiresAt = uint64(block.timestamp) + PROPOSAL_LIFETIME;
        made.target = target;
        made.data = data;
        emit Proposed(id, msg.sender, target, data, made.expiresAt);
        _approve(id, made);
    }

    /// @inheritdoc ICouncil
    function approve(uint256 id) external onlyMember {
        Proposal storage approved = _pending(id);
        if (hasApproved(id, msg.sender)) revert CouncilAlreadyApproved(id, msg.sender);
        _approve(id, approved);
    }

    /// @inheritdoc ICouncil
    function approveCall(uint256 id, bytes32 digest) external onlyMember {
        Proposal storage approved = _pending(id);
        bytes32 held = _digest(id, approved);
        if (digest != held) revert CouncilOtherCall(id, held);
        if (hasApproved(id, msg.sender)) revert CouncilAlreadyApproved(id, msg.sender);
        _approve(id, approved);
    }

    /// @inheritdoc ICouncil
    function withdraw(uint256 id) external onlyMember {
        Proposal storage withdrawn = _pending(id);
        if (!hasApproved(id, msg.sender)) revert CouncilNotApproved(id, msg.sender);
        delete withdrawn.approvedIn[msg.sender];
        emit ApprovalWithdrawn(id, msg.sender);
    }

    /// @inheritdoc ICouncil
    function execute(uint256 id) external onlyMember {
        Proposal storage due = _pending(id);
        uint256 approvals = _approvals(id);
        uint256 needed = _approvalsNeeded(due);
        if (approvals < needed) revert CouncilTooFewApprovals(id, approvals, needed);
        if (due.scheduleNonce == 0 && _isDelayed(due)) {
            _schedule(id, due);
        } else {
            _carryOut(id, due);
        }
    }

    /// @inheritdoc ICouncil
    function cancel(uint256 id) external onlyMember {
        Proposal storage cancelled = _pending(id);
        if (msg.sender != cancelled.proposer) revert CouncilNotProposer(id, msg.sender);
        cancelled.cancelled = true;
        emit Cancelled(id);
        _clearSchedule(cancelled);
    }

    // ------------------------------------------------------------------- members

    /// @inheritdoc ICouncil
    function changeMembers(
        address[] calldata newMembers,
        uint256 newThreshold,
        uint256 newPauseThreshold
    ) external restricted {
        if (msg.sender != address(this)) revert CouncilOnlyItself(msg.sender);
        _changeMembers(newMembers, newThreshold, newPauseThreshold);
    }

    /// @inheritdoc ICouncil
    function members() external view returns (address[] memory) {
        return _members;
    }

    /// @inheritdoc ICouncil
    function isMember(address account) public view returns (bool) {
        return _joinedIn[account] != 0;
    }

    /// @inheritdoc ICouncil
    function threshold() external view returns (uint256) {
        return _threshold;
    }

    /// @inheritdoc ICouncil
    function pauseThreshold() external view returns (uint256) {
        return _pauseThreshold;
    }

    /// @inheritdoc ICouncil
    function approvalsNeeded(uint256 id) external view returns (uint256) {
        return _approvalsNeeded(_proposals[id]);
    }

    // ------------------------------------------------------------------- reading

    /// @inheritdoc ICouncil
    function proposalCount() external view returns (uint256) {
        return _proposalCount;
    }

    /// @inheritdoc ICouncil
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
        )
    {
        Proposal storage found = _proposals[id];
        state = _state(found);
        readyAt = state == ProposalState.Scheduled ? _readyAt(found) : 0;
        return (state, found.proposer, found.target, found.data, _approvals(id), found.expiresAt, readyAt);
    }

    /// @inheritdoc ICouncil
    function proposalDigest(uint256 id) external view returns (bytes32) {
        return _digest(id, _proposals[id]);
    }

    /// @inheritdoc ICouncil
    function hasApproved(uint256 id, address member) public view returns (bool) {
        return isMember(member) && _proposals[id].approvedIn[member] >= _joinedIn[member];
    }

    // ------------------------------------------------------------------ the parts

    function _approve(uint256 id, Proposal storage approved) private {
        approved.approvedIn[msg.sender] = _round;
        emit Approved(id, msg.sender);
    }

    /// @dev Chain and council are in it, so that what is signed for one council is nothing to another.
    function _digest(uint256 id, Proposal storage found) private view returns (bytes32) {
        return
            sha256(abi.encodePacked("sealroot/proposal/1", block.chainid, address(this), id, found.target, found.data));
    }

    function _approvals(uint256 id) private view returns (uint256 count) {
        for (uint256 i = 0; i < _members.length; ++i) if (hasApproved(id, _members[i])) ++count;
    }

    /// @dev Only a call of exactly this shape is a suspension, so that nothing else rides on the smaller number: a call
    /// through the manager (`execute`, `multicall`) or with bytes after the code needs k like every other.
    function _approvalsNeeded(Proposal storage found) private view returns (uint256) {
        bool fits = found.data.length == SUSPENSION_LENGTH;
        return fits && bytes4(found.data) == IRegistry.suspendAgency.selector ? _pauseThreshold : _threshold;
    }

    function _pending(uint256 id) private view returns (Proposal storage found) {
        found = _proposals[id];
        ProposalState state = _state(found);
        if (state != ProposalState.Open && state != ProposalState.Scheduled) revert CouncilNotPending(id, state);
    }

    function _state(Proposal storage found) private view returns (ProposalState) {
        if (found.proposer == address(0)) return ProposalState.Unknown;
        if (found.executed) return ProposalState.Executed;
        if (found.cancelled) return ProposalState.Cancelled;
        if (found.scheduleNonce != 0) return _readyAt(found) == 0 ? ProposalState.Expired : ProposalState.Scheduled;
        return block.timestamp < found.expiresAt ? ProposalState.Open : ProposalState.Expired;
    }

    /// @dev The manager answers for its own functions too, as long as it sets no admin delay for a single target.
    function _isDelayed(Proposal storage due) private view returns (bool) {
        (bool immediate, uint32 delay) = _manager().canCall(address(this), due.target, bytes4(due.data));
        return !immediate && delay > 0;
    }

    function _schedule(uint256 id, Proposal storage due) private {
        (, due.scheduleNonce) = _manager().schedule(due.target, due.data, 0);
        emit Scheduled(id, _readyAt(due));
    }

    function _carryOut(uint256 id, Proposal storage due) private {
        if (due.scheduleNonce != 0 && _readyAt(due) > block.timestamp) revert CouncilNotReady(id, _readyAt(due));
        due.executed = true;
        emit Executed(id);
        Address.functionCall(due.target, due.data);
        _clearSchedule(due);
    }

    /// @dev When this proposal's own schedule is ready; 0 where it lapsed, was consumed or cancelled. The nonce keeps a
    /// proposal from riding on the waiting time of another with the same call.
    function _readyAt(Proposal storage due) private view returns (uint64) {
        bytes32 operation = _manager().hashOperation(address(this), due.target, due.data);
        return _manager().getNonce(operation) == due.scheduleNonce ? _manager().getSchedule(operation) : 0;
    }

    /// @dev Leaves no schedule behind that a later proposal with the same call could use.
    function _clearSchedule(Proposal storage ended) private {
        if (ended.scheduleNonce == 0 || _readyAt(ended) == 0) return;
        _manager().cancel(address(this), ended.target, ended.data);
    }

    function _changeMembers(
        address[] memory newMembers,
        uint256 newThreshold,
        uint256 newPauseThreshold
    ) private {
        if (newMembers.length == 0 || newMembers.length > MAX_MEMBERS) revert CouncilInvalidMembers();
        if (newThreshold == 0 || newThreshold > newMembers.length) {
            revert CouncilInvalidThreshold(newThreshold, newMembers.length);
        }
        if (newPauseThreshold == 0 || newPauseThreshold > newThreshold) {
            revert CouncilInvalidPauseThreshold(newPauseThreshold, newThreshold);
        }
        uint256 round = ++_round;
        uint256[] memory joinedIn = new uint256[](newMembers.length);
        for (uint256 i = 0; i < newMembers.length; ++i) {
            joinedIn[i] = isMember(newMembers[i]) ? _joinedIn[newMembers[i]] : round;
        }
        for (uint256 i = 0; i < _members.length; ++i) delete _joinedIn[_members[i]];
        for (uint256 i = 0; i < newMembers.length; ++i) {
            if (newMembers[i] == address(0) || isMember(newMembers[i])) revert CouncilInvalidMembers();
            _joinedIn[newMembers[i]] = joinedIn[i];
        }
        _members = newMembers;
        _threshold = newThreshold;
        _pauseThreshold = newPauseThreshold;
        emit MembersChanged(newMembers, newThreshold, newPauseThreshold);
    }

    function _manager() private view returns (IAccessManager) {
        return IAccessManager(authority());
    }
}
