// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IRegistry} from "./IRegistry.sol";

/// @title The append-only journal: one word that commits to every entry
/// @notice Trusts nobody and decides nothing: whoever derives from it says where the journal begins and who may append
/// what. Nothing here, and no function of a derived contract, can change or drop an entry once its successor's head is
/// known.
/// @dev `_head` is the first storage variable on purpose: a storage proof of slot 0 proves the whole journal. It is
/// zero until the journal begins here, so that such a proof never shows anything but a journal.
abstract contract Journal is IRegistry {
    bytes32 private _head;
    uint64 private _size;
    bool private _ended;

    /// @inheritdoc IRegistry
    function head() external view returns (bytes32) {
        return _head;
    }

    /// @inheritdoc IRegistry
    function size() external view returns (uint64) {
        return _size;
    }

    /// @dev Entries can be appended from now on, after `size_` entries that give this head.
    function _begin(uint64 size_, bytes32 head_) internal {
        (_size, _head) = (size_, head_);
    }

    /// @dev Appends one entry; refuses before the journal begins here and once the last entry was appended.
    function _append(uint8 kind, bytes memory data) internal {
        if (_ended) revert RegistrySuperseded();
        bytes32 before = _head;
        if (before == 0) revert RegistryNotOpen();
        uint64 index = _size;
        uint64 time = uint64(block.timestamp);
        _head = _headAfter(before, index, time, kind, sha256(data));
        _size = index + 1;
        emit Entry(index, time, kind, data);
    }

    /// @dev Appends the entry after which no other follows here.
    function _appendLast(uint8 kind, bytes memory data) internal {
        _append(kind, data);
        _ended = true;
    }

    function _isOpen() internal view returns (bool) {
        return _head != 0;
    }

    /// @dev The head of no entries, for the first registry that keeps the journal.
    function _headOfNone(uint256 chainId, address registry) internal pure returns (bytes32) {
        return sha256(abi.encodePacked("sealroot/journal/1", chainId, registry));
    }

    function _headAfter(
        bytes32 before,
        uint64 index,
        uint64 time,
        uint8 kind,
        bytes32 digest
    ) internal pure returns (bytes32) {
        return sha256(abi.encodePacked(before, index, time, kind, digest));
    }
}
