// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {CoseKey} from "./CoseKey.sol";
import {IRegistry} from "./IRegistry.sol";
import {Journal} from "./Journal.sol";

/// @title The calendar of algorithms
/// @notice Trusts the council alone: it starts an algorithm after a delay, and may warn of it or stop it at once.
/// @dev Rule numbers here and in the other parts of the registry are those of docs/formats/journal.md.
abstract contract Algorithms is Journal, AccessManaged {
    struct Algorithm {
        uint64 startsAt;
        uint64 stopsAt;
    }

    uint8 private constant PHASE_START = 1;
    uint8 private constant PHASE_WARN = 2;
    uint8 private constant PHASE_STOP = 3;

    mapping(int32 alg => Algorithm) private _algorithms;

    /// @inheritdoc IRegistry
    function startAlgorithm(int32 alg, uint64 effectiveAt) external restricted {
        if (alg != CoseKey.ES256 && alg != CoseKey.ML_DSA_44) revert RegistryUnknownAlgorithm(alg);
        Algorithm storage started = _algorithms[alg];
        if (started.startsAt != 0) revert RegistryAlgorithmOutOfOrder(alg, PHASE_START);
        if (effectiveAt == 0) effectiveAt = uint64(block.timestamp);
        started.startsAt = effectiveAt;
        _announce(alg, PHASE_START, effectiveAt);
    }

    /// @inheritdoc IRegistry
    function warnAlgorithm(int32 alg, uint64 effectiveAt) external restricted {
        _running(alg, PHASE_WARN);
        _announce(alg, PHASE_WARN, effectiveAt == 0 ? uint64(block.timestamp) : effectiveAt);
    }

    /// @inheritdoc IRegistry
    function stopAlgorithm(int32 alg, uint64 effectiveAt) external restricted {
        if (effectiveAt == 0) effectiveAt = uint64(block.timestamp);
        _running(alg, PHASE_STOP).stopsAt = effectiveAt;
        _announce(alg, PHASE_STOP, effectiveAt);
    }

    /// @inheritdoc IRegistry
    function algorithm(int32 alg) external view returns (uint64 startsAt, uint64 stopsAt) {
        Algorithm storage found = _algorithms[alg];
        return (found.startsAt, found.stopsAt);
    }

    /// @dev What an entry about an algorithm, which this journal brings from another contract, changes here.
    function _carryAlgorithm(bytes calldata data) internal {
        Algorithm storage carried = _algorithms[int32(uint32(bytes4(data)))];
        uint64 effectiveAt = uint64(bytes8(data[5:]));
        if (uint8(data[4]) == PHASE_START) carried.startsAt = effectiveAt;
        if (uint8(data[4]) == PHASE_STOP) carried.stopsAt = effectiveAt;
    }

    /// @dev Rule 3: started, and not stopped, at this block's time.
    function _isAllowed(int32 alg) internal view returns (bool) {
        Algorithm storage found = _algorithms[alg];
        bool started = found.startsAt != 0 && found.startsAt <= block.timestamp;
        return started && (found.stopsAt == 0 || found.stopsAt > block.timestamp);
    }

    /// @dev Rule 11: only after start, never after stop.
    function _running(int32 alg, uint8 phase) private view returns (Algorithm storage found) {
        found = _algorithms[alg];
        if (found.startsAt == 0 || found.stopsAt != 0) revert RegistryAlgorithmOutOfOrder(alg, phase);
    }

    function _announce(int32 alg, uint8 phase, uint64 effectiveAt) private {
        if (effectiveAt < block.timestamp) revert RegistryBackdated(effectiveAt);
        _append(0x70, abi.encodePacked(alg, phase, effectiveAt));
    }
}
