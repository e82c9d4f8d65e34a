// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title The three shapes of COSE_Key that a registry accepts
/// @notice Reads deterministic CBOR of exactly these shapes (docs/formats/sealed.md, checkpoint.md) and refuses points
/// that no verifier could use, so that a key in the journal is a key everywhere.
library CoseKey {
    int32 internal constant ES256 = -7;
    int32 internal constant EDDSA = -8;
    int32 internal constant ML_DSA_44 = -48;

    uint256 private constant ES256_LENGTH = 42;
    uint256 private constant EDDSA_LENGTH = 40;
    uint256 private constant ML_DSA_44_LENGTH = 1322;

    // { 1: 2, -1: 1, -2: bstr(32) … }, { 1: 1, -1: 6, -2: bstr(32) } and { 1: 7, 3: -48, -1: bstr(1312) }
    bytes8 private constant ES256_PREFIX = 0xa401022001215820;
    bytes8 private constant EDDSA_PREFIX = 0xa301012006215820;
    bytes10 private constant ML_DSA_44_PREFIX = 0xa3010703382f20590520;

    // P-256: SP 800-186 §3.2.1.3
    uint256 private constant P256_P = 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffff;
    uint256 private constant P256_B = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b;

    // edwards25519: RFC 8032 §5.1; the y of the four points of order 8 are the two last
    uint256 private constant ED_P = 0x7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffed;
    uint256 private constant ED_D = 0x52036cee2b6ffe738cc740797779e89800700a4d4141d8ab75eb4dca135978a3;
    uint256 private constant ED_Y8 = 0x05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826;
    uint256 private constant ED_Y8_NEGATED = 0x7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7;

    /// @dev The algorithm and length of the COSE_Key that `data` begins with, or (0, 0) where it begins with none.
    function read(bytes calldata data) internal view returns (int32 alg, uint256 length) {
        if (_beginsWithEs256(data)) return (ES256, ES256_LENGTH);
        if (_beginsWithEdDsa(data)) return (EDDSA, EDDSA_LENGTH);
        if (data.length >= ML_DSA_44_LENGTH && bytes10(data) == ML_DSA_44_PREFIX) return (ML_DSA_44, ML_DSA_44_LENGTH);
        return (0, 0);
    }

    /// @dev True when `data` is a deterministic CBOR array of 1 to 16 COSE_Keys, all different, at least `k` of them.
    function areSigners(uint8 k, bytes calldata data) internal view returns (bool) {
        if (data.length == 0) return false;
        uint256 n = uint256(uint8(data[0])) ^ 0x80; // the head of an array of n < 24 elements is 0x80 | n
        if (n > 16 || k == 0 || k > n) return false;
        bytes32[] memory digests = new bytes32[](n);
        uint256 offset = 1;
        for (uint256 i = 0; i < n; ++i) {
            (, uint256 length) = read(data[offset:]);
            if (length == 0) return false;
            digests[i] = sha256(data[offset:offset + length]);
            for (uint256 j = 0; j < i; ++j) if (digests[j] == digests[i]) return false;
            offset += length;
        }
        return offset == data.length;
    }

    function _beginsWithEs256(bytes calldata data) private view returns (bool) {
        if (data.length < ES256_LENGTH || bytes8(data) != ES256_PREFIX) return false;
        if (data[40] != 0x22 || (data[41] != 0xf4 && data[41] != 0xf5)) return false;
        return _isOnP256(uint256(bytes32(data[8:40])));
    }

    function _beginsWithEdDsa(bytes calldata data) private view returns (bool) {
        if (data.length < EDDSA_LENGTH || bytes8(data) != EDDSA_PREFIX) return false;
        uint256 point = 0;
        for (uint256 i = 40; i > 8; --i) point = (point << 8) | uint8(data[i - 1]);
        return _isOnEdwards25519(point & ~(uint256(1) << 255)); // the top bit is the sign of x
    }

    /// @dev x is the coordinate of a point: x < p, and x³ - 3x + b is a square.
    function _isOnP256(uint256 x) private view returns (bool) {
        if (x >= P256_P) return false;
        uint256 slope = addmod(mulmod(x, x, P256_P), P256_P - 3, P256_P);
        return _isSquare(addmod(mulmod(x, slope, P256_P), P256_B, P256_P), P256_P);
    }

    /// @dev y is the coordinate of a point not of small order: y < p, not one of the five that are, and
    /// (y² - 1) / (d y² + 1) is a square.
    function _isOnEdwards25519(uint256 y) private view returns (bool) {
        if (y >= ED_P || y < 2 || y == ED_P - 1 || y == ED_Y8 || y == ED_Y8_NEGATED) return false;
        uint256 square = mulmod(y, y, ED_P);
        uint256 over = addmod(square, ED_P - 1, ED_P);
        uint256 under = addmod(mulmod(ED_D, square, ED_P), 1, ED_P);
        return _isSquare(mulmod(over, under, ED_P), ED_P); // a / b is a square exactly when a b is
    }

    /// @dev Euler's criterion, by the modular exponentiation precompile (EIP-198).
    function _isSquare(uint256 value, uint256 prime) private view returns (bool) {
        uint256 width = 32;
        bytes memory input = abi.encodePacked(width, width, width, value, (prime - 1) / 2, prime);
        (bool done, bytes memory power) = address(5).staticcall(input);
        return done && power.length == width && uint256(bytes32(power)) == 1;
    }
}
