// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Batches} from "./Batches.sol";
import {IRegistry} from "./IRegistry.sol";

/// @title The credential types and who is accredited for them
/// @notice Trusts the council to register types, to grant accreditations and to end any; an accredited agency's
/// operations account to delegate within what the agency holds, and to end what it delegated.
abstract contract Accreditations is Batches {
    struct Accreditation {
        bytes16 agencyCode;
        uint32 typeNo;
        uint8 depth;
        bool ended;
        uint64 until;
        uint64 parent;
    }

    mapping(uint64 id => Accreditation) private _accreditations;
    mapping(uint32 typeNo => uint16) private _typeVersions;
    uint64 private _accreditationCount;

    /// @inheritdoc IRegistry
    function registerType(uint32 typeNo, uint16 typeVersion, bytes32 digest) external restricted {
        if (typeNo == 0) revert RegistryUnknownType(typeNo);
        uint16 nextVersion = _typeVersions[typeNo] + 1;
        if (typeVersion != nextVersion) revert RegistryUnexpectedTypeVersion(typeNo, typeVersion, nextVersion);
        _typeVersions[typeNo] = typeVersion;
        _append(0x40, abi.encodePacked(typeNo, typeVersion, digest));
    }

    /// @inheritdoc IRegistry
    function grantAccreditation(
        bytes16 agencyCode,
        uint32 typeNo,
        uint8 depth,
        uint64 until
    ) external restricted returns (uint64 id) {
        id = _addAccreditation(0, agencyCode, typeNo, depth, until);
        _append(0x30, abi.encodePacked(id, agencyCode, typeNo, depth, until));
    }

    /// @inheritdoc IRegistry
    function delegateAccreditation(
        uint64 parent,
        bytes16 agencyCode,
        uint32 typeNo,
        uint8 depth,
        uint64 until
    ) external returns (uint64 id) {
        Accreditation storage above = _knownAccreditation(parent);
        _requireOperations(_active(above.agencyCode), above.agencyCode);
        if (!_isInForce(parent)) revert RegistryAccreditationNotInForce(parent);
        bool endsInTime = above.until == 0 || (until != 0 && until <= above.until);
        if (typeNo != above.typeNo || depth >= above.depth || !endsInTime) revert RegistryBeyondParent(parent);
        id = _addAccreditation(parent, agencyCode, typeNo, depth, until);
        _append(0x31, abi.encodePacked(id, parent, agencyCode, typeNo, depth, until));
    }

    /// @inheritdoc IRegistry
    function endAccreditation(uint64 id) external {
        Accreditation storage ended = _knownAccreditation(id);
        // number 0 is nobody's, so that a grant has no parent agency and only the council passes
        _requireOperationsOrCouncil(_accreditations[ended.parent].agencyCode);
        if (ended.ended) revert RegistryAccreditationAlreadyEnded(id);
        ended.ended = true;
        _append(0x32, abi.encodePacked(id));
    }

    /// @inheritdoc IRegistry
    function accreditation(
        uint64 id
    )
        external
        view
        returns (bytes16 agencyCode, uint32 typeNo, uint8 depth, uint64 until, uint64 parent, bool ended)
    {
        Accreditation storage found = _accreditations[id];
        return (found.agencyCode, found.typeNo, found.depth, found.until, found.parent, found.ended);
    }

    /// @inheritdoc IRegistry
    function accreditationCount() external view returns (uint64) {
        return _accreditationCount;
    }

    /// @inheritdoc IRegistry
    function typeVersions(uint32 typeNo) external view returns (uint16) {
        return _typeVersions[typeNo];
    }

    /// @dev What an entry about an accreditation, which this journal brings from another contract, changes here.
    function _carryAccreditation(uint8 kind, bytes calldata data) internal {
        uint64 id = uint64(bytes8(data));
        if (kind == 0x32) {
            _accreditations[id].ended = true;
            return;
        }
        (uint64 parent, bytes calldata scope) = (0, data[8:]);
        if (kind == 0x31) (parent, scope) = (uint64(bytes8(scope)), scope[8:]);
        _accreditationCount = id;
        _accreditations[id] = Accreditation({
            agencyCode: bytes16(scope),
            typeNo: uint32(bytes4(scope[16:])),
            depth: uint8(scope[20]),
            ended: false,
            until: uint64(bytes8(scope[21:])),
            parent: parent
        });
    }

    /// @dev The same for a credential type.
    function _carryType(bytes calldata data) internal {
        _typeVersions[uint32(bytes4(data))] = uint16(bytes2(data[4:]));
    }

    function _knownAccreditation(uint64 id) private view returns (Accreditation storage found) {
        found = _accreditations[id];
        if (found.agencyCode == 0) revert RegistryUnknownAccreditation(id);
    }

    /// @dev Rule 5, for grants and delegations alike.
    function _addAccreditation(
        uint64 parent,
        bytes16 agencyCode,
        uint32 typeNo,
        uint8 depth,
        uint64 until
    ) private returns (uint64 id) {
        _registered(agencyCode);
        if (_typeVersions[typeNo] == 0) revert RegistryUnknownType(typeNo);
        if (until != 0 && until <= block.timestamp) revert RegistryInvalidUntil(until);
        id = ++_accreditationCount;
        _accreditations[id] = Accreditation(agencyCode, typeNo, depth, false, until, parent);
    }

    /// @dev Walks up to the grant; the depth falls with every step down, so there are at most 256 of them.
    function _isInForce(uint64 id) private view returns (bool) {
        for (; id != 0; id = _accreditations[id].parent) {
            Accreditation storage link = _accreditations[id];
            if (link.ended || (link.until != 0 && link.until <= block.timestamp)) return false;
        }
        return true;
    }
}
