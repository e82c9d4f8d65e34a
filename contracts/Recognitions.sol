// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Accreditations} from "./Accreditations.sol";
import {IRegistry} from "./IRegistry.sol";

/// @title The other registries whose documents count here
/// @notice Trusts the council alone: it recognises a registry after a delay, and may end that at once.
abstract contract Recognitions is Accreditations {
    struct Recognition {
        address registry;
        uint64 chainId;
        bool ended;
        uint64 until;
    }

    /// @dev 8,192 bytes of data, 68 of which stand before the tail.
    uint256 private constant MAX_TAIL = 8124;

    mapping(uint64 number => Recognition) private _recognitions;
    mapping(uint256 place => uint64 number) private _latest;
    uint64 private _recognitionCount;

    /// @inheritdoc IRegistry
    function recogniseRegistry(
        uint256 chainId,
        address registry,
        uint64 until,
        bytes calldata tail
    ) external restricted returns (uint64 number) {
        _requireOther(chainId, registry);
        if (until != 0 && until <= block.timestamp) revert RegistryInvalidUntil(until);
        if (tail.length == 0 || tail.length > MAX_TAIL) revert RegistryInvalidRecognition(tail.length);
        uint256 place = _placeOf(chainId, registry);
        if (_isRecognised(_latest[place])) revert RegistryAlreadyRecognised(_latest[place]);
        number = _recognitionCount + 1;
        _enterRecognition(number, chainId, registry, until);
        _append(0xa0, abi.encodePacked(number, chainId, registry, until, tail));
    }

    /// @inheritdoc IRegistry
    function endRecognition(uint64 number) external restricted {
        Recognition storage ended = _recognitions[number];
        if (ended.registry == address(0)) revert RegistryUnknownRecognition(number);
        if (ended.ended) revert RegistryRecognitionAlreadyEnded(number);
        ended.ended = true;
        _append(0xa1, abi.encodePacked(number));
    }

    /// @inheritdoc IRegistry
    function recognitionCount() external view returns (uint64) {
        return _recognitionCount;
    }

    /// @inheritdoc IRegistry
    function recognition(
        uint64 number
    ) external view returns (uint256 chainId, address registry, uint64 until, bool ended) {
        Recognition storage found = _recognitions[number];
        return (found.chainId, found.registry, found.until, found.ended);
    }

    /// @inheritdoc IRegistry
    function latestRecognition(uint256 chainId, address registry) external view returns (uint64 number) {
        return chainId > type(uint64).max ? 0 : _latest[_placeOf(chainId, registry)];
    }

    /// @dev What an entry about a recognition, which this journal brings from another contract, changes here.
    function _carryRecognition(uint8 kind, bytes calldata data) internal {
        uint64 number = uint64(bytes8(data));
        if (kind == 0xa1) {
            _recognitions[number].ended = true;
        } else {
            uint256 chainId = uint256(bytes32(data[8:]));
            _enterRecognition(number, chainId, address(bytes20(data[40:])), uint64(bytes8(data[60:])));
        }
    }

    /// @dev Rules 12 and 13: a chain id that a snapshot can hold, an account, and no home of this journal.
    function _requireOther(uint256 chainId, address registry) internal view {
        if (chainId == 0 || chainId > type(uint64).max) revert RegistryInvalidChainId(chainId);
        if (registry == address(0)) revert RegistryZeroAccount();
        if (_isHome(chainId, registry)) revert RegistryOwnRegistry(chainId, registry);
    }

    /// @dev True for the registry that keeps this journal now, and for those that kept it before.
    function _isHome(uint256 chainId, address registry) internal view virtual returns (bool) {
        return chainId == block.chainid && registry == address(this);
    }

    /// @dev One word for a chain id of 64 bits and an address.
    function _placeOf(uint256 chainId, address registry) internal pure returns (uint256) {
        return (chainId << 160) | uint160(registry);
    }

    function _enterRecognition(uint64 number, uint256 chainId, address registry, uint64 until) private {
        _recognitionCount = number;
        _recognitions[number] = Recognition(registry, uint64(chainId), false, until);
        _latest[_placeOf(chainId, registry)] = number;
    }

    /// @dev Rule 13: not ended, and `until` not reached at this block's time. Number 0 is nobody's.
    function _isRecognised(uint64 number) private view returns (bool) {
        Recognition storage found = _recognitions[number];
        bool open = found.until == 0 || found.until > block.timestamp;
        return found.registry != address(0) && !found.ended && open;
    }
}
