// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Vm} from "./Vm.sol";

/// @notice COSE_Keys for tests: real ones made elsewhere, and any number of fresh ones.
library Keys {
    int32 internal constant ES256 = -7;
    int32 internal constant ML_DSA_44 = -48;

    Vm private constant vm = Vm(0x7109709ECfa91a80626fF3989D68f67F5b1DD12D);

    // made with another implementation of P-256 and Ed25519; the y of the first is odd, of the second even
    bytes internal constant ES256_ODD =
        hex"a401022001215820522997e7419e06c88656edf444e486d2d8cea27fc81df214dee961d7a65fe0d622f5";
    bytes16 internal constant ES256_ODD_KID = 0x0048dc9ea0bc0e9d721eade9719f218b;
    bytes internal constant ES256_EVEN =
        hex"a401022001215820fc4e03b82ea72acd411c89dfd15ef796fed5b77f09c482279b1093d82cb063cc22f4";
    bytes16 internal constant ES256_EVEN_KID = 0xf71f3f65ffa06f7ddb9ebceef7369d83;
    bytes internal constant ED25519 =
        hex"a3010120062158203474aaf9b0cfdc4852f4ecb1719a05d445835ac75802a6a32f3f0d82e04ab03d";
    bytes internal constant OTHER_ED25519 =
        hex"a301012006215820428cb8b0f011a397527a9c7a653f2dc165d5da9c46e5e58658bb1874a49057e0";

    /// @notice The ES256 key of a private key made from `seed`.
    function es256(uint256 seed) internal pure returns (bytes memory coseKey) {
        uint256 secret = uint256(keccak256(abi.encode("es256", seed))) >> 1;
        (uint256 x, uint256 y) = vm.publicKeyP256(secret);
        return bytes.concat(hex"a401022001215820", bytes32(x), hex"22", y % 2 == 1 ? bytes1(0xf5) : bytes1(0xf4));
    }

    /// @notice A key of the ML-DSA-44 shape: any 1,312 bytes are a public key (FIPS 204 §7.2).
    function mldsa44(uint256 seed) internal pure returns (bytes memory coseKey) {
        bytes memory publicKey = new bytes(1312);
        for (uint256 i = 0; i < 41; ++i) {
            bytes32 word = keccak256(abi.encode("mldsa44", seed, i));
            assembly ("memory-safe") {
                mstore(add(add(publicKey, 32), mul(i, 32)), word)
            }
        }
        return bytes.concat(hex"a3010703382f20590520", publicKey);
    }

    /// @notice The kid under which these bytes are registered.
    function kidOf(bytes memory coseKey) internal pure returns (bytes16) {
        return bytes16(sha256(coseKey));
    }
}
