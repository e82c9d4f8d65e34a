// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Agencies} from "./Agencies.sol";
import {CoseKey} from "./CoseKey.sol";
import {IRegistry} from "./IRegistry.sol";

/// @title The keys of the agencies, their batches and their status lists
/// @notice Trusts the council to say which keys are an agency's, and to publish the status lists of one that is closed;
/// the anchor account of an agency to anchor its batches and publish its status lists; the operations account to end
/// its keys and declare them compromised.
abstract contract Batches is Agencies {
    struct Key {
        bytes16 agencyCode;
        int32 alg;
        bool ended;
        bool compromised;
        uint64 since;
    }

    uint8 private constant SIGNS_BATCH_ROOTS = 1;
    uint32 private constant MAX_TREE_SIZE = 1 << 20;

    mapping(bytes16 kid => Key) private _keys;
    mapping(bytes16 agencyCode => mapping(uint32 list => uint32)) private _statusVersions;

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
        _enterKey(owner, agencyCode, kid, alg);
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
        _enterBatch(issuer, kid, batchNo);
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
    function key(
        bytes16 kid
    ) external view returns (bytes16 agencyCode, int32 alg, bool ended, bool compromised, uint64 since) {
        Key storage found = _keys[kid];
        return (found.agencyCode, found.alg, found.ended, found.compromised, found.since);
    }

    /// @inheritdoc IRegistry
    function batchKey(bytes16 agencyCode, uint64 batchNo) public view returns (bytes16 kid) {
        Agency storage issuer = _found(agencyCode);
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

    /// @dev What an entry about a key, which this journal brings from another contract, changes here.
    function _carryKey(uint8 kind, bytes calldata data) internal {
        if (kind == 0x20) {
            bytes16 agencyCode = bytes16(data);
            _enterKey(_found(agencyCode), agencyCode, bytes16(data[16:]), int32(uint32(bytes4(data[32:]))));
        } else if (kind != 0x23) {
            Key storage carried = _keys[bytes16(data)];
            if (kind == 0x21) carried.ended = true;
            else (carried.compromised, carried.since) = (true, uint64(bytes8(data[16:])));
        }
    }

    /// @dev The same for a batch.
    function _carryBatch(bytes calldata data) internal {
        _enterBatch(_found(bytes16(data)), bytes16(data[60:]), uint64(bytes8(data[16:])));
    }

    /// @dev The same for a status list.
    function _carryStatus(bytes calldata data) internal {
        _statusVersions[bytes16(data)][uint32(bytes4(data[16:]))] = uint32(bytes4(data[20:]));
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

    function _enterKey(Agency storage owner, bytes16 agencyCode, bytes16 kid, int32 alg) private {
        _keys[kid] = Key(agencyCode, alg, false, false, 0);
        // the first key opens the first run, so that anchoring batch 1 costs no more than batch 1,000
        if (owner.lastRun == 0) _openRun(owner, 1, kid, 1);
    }

    function _enterBatch(Agency storage issuer, bytes16 kid, uint64 batchNo) private {
        issuer.nextBatch = uint48(batchNo + 1);
        _noteKey(issuer, kid, batchNo);
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
