// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AgencyText} from "./AgencyText.sol";
import {Algorithms} from "./Algorithms.sol";
import {CoseKey} from "./CoseKey.sol";
import {IRegistry} from "./IRegistry.sol";

/// @title The agencies, their keys, their batches and their status lists
/// @notice Trusts the council to say who is an agency and which keys are its, and to publish the status lists of one
/// that is closed; the anchor account of an agency to anchor its batches and publish its status lists; the operations
/// account to end its keys and declare them compromised.
abstract contract Agencies is Algorithms {
    /// @dev Batches from `firstBatch` on were anchored by `kid`, up to the next run.
    struct KeyRun {
        bytes16 kid;
        uint64 firstBatch;
    }

    /// @dev What anchoring reads and writes fills one word exactly. Runs are numbered from 1.
    struct Agency {
        address anchorAccount;
        AgencyStatus status;
        uint48 nextBatch;
        uint40 lastRun;
        address operationsAccount;
        mapping(uint256 number => KeyRun) runs;
    }

    struct Key {
        bytes16 agencyCode;
        int32 alg;
        bool ended;
        bool compromised;
        uint64 since;
    }

    uint8 private constant SIGNS_BATCH_ROOTS = 1;
    uint32 private constant MAX_TREE_SIZE = 1 << 20;

    mapping(bytes16 agencyCode => Agency) private _agencies;
    mapping(bytes16 kid => Key) private _keys;
    mapping(bytes16 agencyCode => mapping(uint32 list => uint32)) private _statusVersions;

    /// @inheritdoc IRegistry
    function registerAgency(
        bytes16 agencyCode,
        address anchorAccount,
        address operationsAccount,
        string calldata names
    ) external restricted {
        if (!AgencyText.isCode(agencyCode)) revert RegistryInvalidAgencyCode(agencyCode);
        Agency storage entered = _agencies[agencyCode];
        if (entered.status != AgencyStatus.Unknown) revert RegistryAgencyAlreadyRegistered(agencyCode);
        _requireNames(names);
        _setAccounts(entered, anchorAccount, operationsAccount);
        entered.nextBatch = 1;
        entered.status = AgencyStatus.Active;
        _append(0x10, abi.encodePacked(agencyCode, anchorAccount, operationsAccount, names));
    }

    /// @inheritdoc IRegistry
    function renameAgency(bytes16 agencyCode, string calldata names) external restricted {
        _registered(agencyCode);
        _requireNames(names);
        _append(0x11, abi.encodePacked(agencyCode, names));
    }

    /// @inheritdoc IRegistry
    function changeAgencyAccounts(
        bytes16 agencyCode,
        address anchorAccount,
        address operationsAccount
    ) external restricted {
        _setAccounts(_registered(agencyCode), anchorAccount, operationsAccount);
        _append(0x12, abi.encodePacked(agencyCode, anchorAccount, operationsAccount));
    }

    /// @inheritdoc IRegistry
    function suspendAgency(bytes16 agencyCode) external restricted {
        _active(agencyCode).status = AgencyStatus.Suspended;
        _append(0x13, abi.encodePacked(agencyCode));
    }

    /// @inheritdoc IRegistry
    function resumeAgency(bytes16 agencyCode) external restricted {
        Agency storage resumed = _registered(agencyCode);
        if (resumed.status != AgencyStatus.Suspended) revert RegistryAgencyNotSuspended(agencyCode);
        resumed.status = AgencyStatus.Active;
        _append(0x14, abi.encodePacked(agencyCode));
    }

    /// @inheritdoc IRegistry
    function closeAgency(bytes16 agencyCode, bytes16 successorCode) external restricted {
        Agency storage closed = _notClosed(agencyCode);
        if (successorCode != 0) {
            AgencyStatus status = _agencies[successorCode].status;
            bool takesOver = status == AgencyStatus.Active || status == AgencyStatus.Suspended;
            if (!takesOver || successorCode == agencyCode) revert RegistryInvalidSuccessor(agencyCode, successorCode);
        }
        closed.status = AgencyStatus.Closed;
        _append(0x15, abi.encodePacked(agencyCode, successorCode));
    }

    /// @inheritdoc IRegistry
    function addKey(
        bytes16 agencyCode,
        bytes16 kid,
        int32 alg,
        uint8 purpose,
        bytes calldata coseKey
    ) external restricted {
        Agency storage owner = _notClosed(agencyCode);
        if (purpose != SIGNS_BATCH_ROOTS) revert RegistryInvalidPurpose(purpose);
        if (_keys[kid].agencyCode != 0) revert RegistryKeyAlreadyAdded(kid);
        if (!_isAllowed(alg)) revert RegistryAlgorithmNotAllowed(alg);
        _requireBatchKey(kid, alg, coseKey);
        _keys[kid] = Key(agencyCode, alg, false, false, 0);
        // the first key opens the first run, so that anchoring batch 1 costs no more than batch 1,000
        if (owner.lastRun == 0) _openRun(owner, 1, kid, 1);
        _append(0x20, abi.encodePacked(agencyCode, kid, alg, purpose, coseKey));
    }

    /// @inheritdoc IRegistry
    function endKey(bytes16 kid) external {
        Key storage ended = _ownKey(kid);
        if (ended.ended) revert RegistryKeyAlreadyEnded(kid);
        ended.ended = true;
        _append(0x21, abi.encodePacked(kid));
    }

    /// @inheritdoc IRegistry
    function compromiseKey(bytes16 kid, uint64 since) external {
        Key storage leaked = _ownKey(kid);
        if (since > block.timestamp) revert RegistrySinceTooLate(kid, since, uint64(block.timestamp));
        if (leaked.compromised && since >= leaked.since) {
            revert RegistrySinceTooLate(kid, since, leaked.since == 0 ? 0 : leaked.since - 1);
        }
        leaked.compromised = true;
        leaked.since = since;
        _append(0x22, abi.encodePacked(kid, since));
    }

    /// @inheritdoc IRegistry
    function confirmBatch(bytes16 agencyCode, uint64 batchNo) external restricted {
        bytes16 kid = batchKey(agencyCode, batchNo);
        if (kid == 0) revert RegistryUnknownBatch(agencyCode, batchNo);
        if (!_keys[kid].compromised) revert RegistryKeyNotCompromised(kid);
        _append(0x23, abi.encodePacked(agencyCode, batchNo));
    }

    /// @inheritdoc IRegistry
    function anchor(bytes16 agencyCode, uint64 batchNo, bytes32 root, uint32 treeSize, bytes16 kid) external {
        Agency storage issuer = _active(agencyCode);
        if (msg.sender != issuer.anchorAccount) revert RegistryUnauthorizedAccount(agencyCode, msg.sender);
        if (batchNo != issuer.nextBatch) revert RegistryUnexpectedBatch(agencyCode, batchNo, issuer.nextBatch);
        if (root == 0 || treeSize == 0 || treeSize > MAX_TREE_SIZE) revert RegistryInvalidTree(root, treeSize);
        Key storage signing = _keys[kid];
        if (signing.agencyCode != agencyCode) revert RegistryKeyNotOfAgency(kid, agencyCode);
        if (signing.ended || signing.compromised) revert RegistryKeyNotUsable(kid);
        issuer.nextBatch = uint48(batchNo + 1);
        _noteKey(issuer, kid, batchNo);
        _append(0x50, abi.encodePacked(agencyCode, batchNo, root, treeSize, kid));
    }

    /// @inheritdoc IRegistry
    function publishStatus(bytes16 agencyCode, uint32 list, uint32 listVersion, bytes32 digest) external {
        address anchorAccount = _notClosed(agencyCode).anchorAccount;
        if (msg.sender != anchorAccount) revert RegistryUnauthorizedAccount(agencyCode, msg.sender);
        _publishStatus(agencyCode, list, listVersion, digest);
    }

    /// @inheritdoc IRegistry
    function publishStatusForClosed(
        bytes16 agencyCode,
        uint32 list,
        uint32 listVersion,
        bytes32 digest
    ) external restricted {
        if (_registered(agencyCode).status != AgencyStatus.Closed) revert RegistryAgencyNotClosed(agencyCode);
        _publishStatus(agencyCode, list, listVersion, digest);
    }

    /// @inheritdoc IRegistry
    function agency(
        bytes16 agencyCode
    )
        external
        view
        returns (AgencyStatus status, uint64 nextBatch, address anchorAccount, address operationsAccount)
    {
        Agency storage found = _agencies[agencyCode];
        return (found.status, found.nextBatch, found.anchorAccount, found.operationsAccount);
    }

    /// @inheritdoc IRegistry
    function key(
        bytes16 kid
    ) external view returns (bytes16 agencyCode, int32 alg, bool ended, bool compromised, uint64 since) {
        Key storage found = _keys[kid];
        return (found.agencyCode, found.alg, found.ended, found.compromised, found.since);
    }

    /// @inheritdoc IRegistry
    function batchKey(bytes16 agencyCode, uint64 batchNo) public view returns (bytes16 kid) {
        Agency storage issuer = _agencies[agencyCode];
        if (batchNo == 0 || batchNo >= issuer.nextBatch) return 0;
        // the last run that begins at or before the batch
        uint256 low = 1;
        uint256 high = issuer.lastRun;
        while (low < high) {
            uint256 middle = (low + high + 1) / 2;
            if (issuer.runs[middle].firstBatch <= batchNo) low = middle;
            else high = middle - 1;
        }
        return issuer.runs[low].kid;
    }

    /// @inheritdoc IRegistry
    function statusVersion(bytes16 agencyCode, uint32 list) external view returns (uint32) {
        return _statusVersions[agencyCode][list];
    }

    function _registered(bytes16 agencyCode) internal view returns (Agency storage found) {
        found = _agencies[agencyCode];
        if (found.status == AgencyStatus.Unknown) revert RegistryUnknownAgency(agencyCode);
    }

    function _notClosed(bytes16 agencyCode) internal view returns (Agency storage found) {
        found = _registered(agencyCode);
        if (found.status == AgencyStatus.Closed) revert RegistryAgencyClosed(agencyCode);
    }

    function _active(bytes16 agencyCode) internal view returns (Agency storage found) {
        found = _registered(agencyCode);
        if (found.status != AgencyStatus.Active) revert RegistryAgencyNotActive(agencyCode);
    }

    function _requireOperations(Agency storage owner, bytes16 agencyCode) internal view {
        if (msg.sender != owner.operationsAccount) revert RegistryUnauthorizedAccount(agencyCode, msg.sender);
    }

    /// @dev The manager answers for everybody who is not the agency's operations account.
    function _requireOperationsOrCouncil(bytes16 agencyCode) internal {
        if (msg.sender != _agencies[agencyCode].operationsAccount) _checkCanCall(msg.sender, msg.data);
    }

    function _setAccounts(Agency storage changed, address anchorAccount, address operationsAccount) private {
        if (anchorAccount == address(0) || operationsAccount == address(0)) revert RegistryZeroAccount();
        changed.anchorAccount = anchorAccount;
        changed.operationsAccount = operationsAccount;
    }

    function _requireNames(string calldata names) private pure {
        if (!AgencyText.areNames(bytes(names))) revert RegistryInvalidNames();
    }

    /// @dev Rule 8.
    function _publishStatus(bytes16 agencyCode, uint32 list, uint32 listVersion, bytes32 digest) private {
        if (list == 0) revert RegistryInvalidList(agencyCode, list);
        uint32 lastVersion = _statusVersions[agencyCode][list];
        if (listVersion <= lastVersion) {
            revert RegistryStatusVersionNotRising(agencyCode, list, listVersion, lastVersion);
        }
        _statusVersions[agencyCode][list] = listVersion;
        _append(0x60, abi.encodePacked(agencyCode, list, listVersion, digest));
    }

    function _ownKey(bytes16 kid) private returns (Key storage found) {
        found = _keys[kid];
        if (found.agencyCode == 0) revert RegistryUnknownKey(kid);
        _requireOperationsOrCouncil(found.agencyCode);
    }

    /// @dev Rule 3: `kid` names the bytes, and they are one of the two shapes a batch key may have.
    function _requireBatchKey(bytes16 kid, int32 alg, bytes calldata coseKey) private view {
        bytes16 expected = bytes16(sha256(coseKey));
        if (kid != expected) revert RegistryWrongKeyId(kid, expected);
        (int32 shape, uint256 length) = CoseKey.read(coseKey);
        if (length == 0 || shape != alg || length != coseKey.length) revert RegistryInvalidKey(kid);
    }

    /// @dev Rule 9 must know which key anchored a batch. A run of batches by one key takes one word, so that a
    /// batch adds nothing to the state unless its key is another than that of the batch before.
    function _noteKey(Agency storage issuer, bytes16 kid, uint64 batchNo) private {
        uint40 lastRun = issuer.lastRun;
        KeyRun storage run = issuer.runs[lastRun];
        if (run.kid == kid) return;
        _openRun(issuer, run.firstBatch == batchNo ? lastRun : lastRun + 1, kid, batchNo);
    }

    function _openRun(Agency storage issuer, uint40 number, bytes16 kid, uint64 firstBatch) private {
        issuer.lastRun = number;
        issuer.runs[number] = KeyRun(kid, firstBatch);
    }
}
