// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AgencyText} from "./AgencyText.sol";
import {Algorithms} from "./Algorithms.sol";
import {IRegistry} from "./IRegistry.sol";

/// @title The agencies and their accounts
/// @notice Trusts the council to say who is an agency, which accounts it has, and whether it may issue.
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

    mapping(bytes16 agencyCode => Agency) private _agencies;

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

    /// @dev What an entry about an agency, which this journal brings from another contract, changes here.
    function _carryAgency(uint8 kind, bytes calldata data) internal {
        Agency storage carried = _agencies[bytes16(data)];
        if (kind == 0x10) carried.nextBatch = 1;
        if (kind == 0x10 || kind == 0x12) {
            _setAccounts(carried, address(bytes20(data[16:])), address(bytes20(data[36:])));
        }
        if (kind == 0x10 || kind == 0x14) carried.status = AgencyStatus.Active;
        if (kind == 0x13) carried.status = AgencyStatus.Suspended;
        if (kind == 0x15) carried.status = AgencyStatus.Closed;
    }

    /// @dev An agency whatever its status; all zero where the code is not registered.
    function _found(bytes16 agencyCode) internal view returns (Agency storage found) {
        return _agencies[agencyCode];
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
}
