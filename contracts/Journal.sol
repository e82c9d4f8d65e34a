// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IRegistry} from "./IRegistry.sol";

/// @title The append-only journal: one word that commits to every entry
/// @notice Trusts nobody and decides nothing: whoever derives from it says who may append what. Nothing here, and no
/// function of a derived contract, can change or drop an entry once its successor's head is known.
/// @dev `_head` is the first storage variable on purpose: a storage proof of slot 0 proves the whole journal.
abstract contract Journal is IRegistry {
    bytes32 private _head;
    uint64 private _size;
    bool private _ended;

    constructor() {
        _head = sha256(abi.encodePacked("sealroot/journal/1", block.chainid, address(this)));
    }

    /// @inheritdoc IRegistry
    function head() external view returns (bytes32) {
        return _head;
    }

    /// @inheritdoc IRegistry
    function size() external view returns (uint64) {
        return _size;
    }

    /// @dev Appends one entry; refuses once the last entry was appended.
    function _append(uint8 kind, bytes memory data) internal {
        if (_ended) revert RegistrySuperseded();
        uint64 index = _size;
        uint64 time = uint64(block.timestamp);
        _head = sha256(abi.encodePacked(_head, index, time, kind, sha256(data)));
        _size = index + 1;
        emit Entry(index, time, kind, data);
    }

    /// @dev Appends the entry after which no other follows.
    function _appendLast(uint8 kind, bytes memory data) internal {
        _append(kind, data);
        _ended = true;
    }
}
