// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {CoseKey} from "./CoseKey.sol";
import {IRegistry} from "./IRegistry.sol";
import {Recognitions} from "./Recognitions.sol";

/// @title Who signs checkpoints, and which registry takes over
/// @notice Trusts the council alone, after a delay. The last layer: what derives from it says where the journal begins.
abstract contract Succession is Recognitions {
    struct Successor {
        uint256 chainId;
        address registry;
    }

    Successor private _successor;

    /// @inheritdoc IRegistry
    function setCheckpointSigners(uint8 k, bytes calldata coseKeys) external restricted {
        if (!CoseKey.areSigners(k, coseKeys)) revert RegistryInvalidCheckpointSigners();
        _append(0x80, abi.encodePacked(k, coseKeys));
    }

    /// @inheritdoc IRegistry
    function setSuccessor(uint256 chainId, address registry) external restricted {
        _requireOther(chainId, registry);
        _successor = Successor(chainId, registry);
        _appendLast(0x90, abi.encodePacked(chainId, registry));
    }

    /// @inheritdoc IRegistry
    function successor() external view returns (uint256 chainId, address registry) {
        return (_successor.chainId, _successor.registry);
    }

    /// @inheritdoc IRegistry
    function version() external pure returns (string memory) {
        return "1.1.0";
    }
}
