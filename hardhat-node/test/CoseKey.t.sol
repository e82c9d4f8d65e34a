// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {CoseKey} from "../contracts/CoseKey.sol";
import {Keys} from "./support/Keys.sol";
import {Test} from "./support/Test.sol";

contract CoseKeyTest is Test {
    uint256 private constant P256_P = 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffff;
    uint256 private constant ED_P = 2 ** 255 - 19;

    function read(bytes calldata data) external view returns (int32 alg, uint256 length) {
        return CoseKey.read(data);
    }

    function areSigners(uint8 k, bytes calldata data) external view returns (bool) {
        return CoseKey.areSigners(k, data);
    }

    function assertReads(bytes memory data, int256 expectedAlg, uint256 expectedLength) private view {
        (int32 alg, uint256 length) = this.read(data);
        assertTrue(alg == expectedAlg, "algorithm");
        assertEq(length, expectedLength, "length");
    }

    function es256(uint256 x) private pure returns (bytes memory) {
        return bytes.concat(hex"a401022001215820", bytes32(x), hex"22f4");
    }

    /// @dev RFC 8032 §5.1.2: little-endian, the sign of x in the top bit.
    function ed25519(uint256 y, bool sign) private pure returns (bytes memory) {
        bytes memory coded = new bytes(32);
        uint256 word = sign ? y | (1 << 255) : y;
        for (uint256 i = 0; i < 32; ++i) coded[i] = bytes1(uint8(word >> (8 * i)));
        return bytes.concat(hex"a301012006215820", coded);
    }

    // ----------------------------------------------------------------------- shapes

    function test_reads_keys_made_elsewhere() public view {
        assertReads(Keys.ES256_ODD, -7, 42);
        assertReads(Keys.ES256_EVEN, -7, 42);
        assertReads(Keys.ED25519, -8, 40);
        assertReads(Keys.OTHER_ED25519, -8, 40);
        assertReads(Keys.mldsa44(1), -48, 1322);
    }

    function test_reads_what_stands_first() public view {
        assertReads(bytes.concat(Keys.ED25519, Keys.ES256_ODD), -8, 40);
        assertReads(bytes.concat(Keys.ES256_ODD, Keys.ED25519), -7, 42);
    }

    function test_refuses_a_key_cut_short_at_any_byte() public view {
        assertCutShort(Keys.ES256_ODD);
        assertCutShort(Keys.ED25519);
        assertReads(firstBytes(Keys.mldsa44(1), 1321), 0, 0);
        assertReads(firstBytes(Keys.mldsa44(1), 10), 0, 0);
    }

    function assertCutShort(bytes memory coseKey) private view {
        for (uint256 i = 0; i < coseKey.length; ++i) assertReads(firstBytes(coseKey, i), 0, 0);
    }

    function test_refuses_any_change_to_the_frame_of_a_key() public view {
        for (uint256 bit = 0; bit < 64; ++bit) {
            assertReads(flipped(Keys.ES256_ODD, bit), 0, 0);
            assertReads(flipped(Keys.ED25519, bit), 0, 0);
        }
        for (uint256 bit = 0; bit < 80; ++bit) assertReads(flipped(Keys.mldsa44(1), bit), 0, 0);
        for (uint256 bit = 320; bit < 335; ++bit) assertReads(flipped(Keys.ES256_ODD, bit), 0, 0);
    }

    function test_the_sign_of_y_is_false_or_true() public view {
        assertReads(flipped(Keys.ES256_ODD, 335), -7, 42);
        assertReads(flipped(Keys.ES256_EVEN, 335), -7, 42);
    }

    // ----------------------------------------------------------------------- points

    function testFuzz_accepts_every_point_of_p256(uint256 secret) public view {
        secret = bound(secret, 1, 2 ** 255);
        (uint256 x, ) = vm.publicKeyP256(secret);
        assertReads(es256(x), -7, 42);
    }

    function testFuzz_an_x_is_accepted_exactly_when_it_has_a_y(uint256 x) public view {
        x = x % P256_P;
        assertReads(es256(x), hasY(x) ? int256(-7) : int256(0), hasY(x) ? 42 : 0);
    }

    function test_refuses_an_x_that_is_not_reduced() public view {
        uint256 small = 0;
        while (!hasY(small)) ++small;
        assertReads(es256(small), -7, 42);
        assertReads(es256(small + P256_P), 0, 0);
        assertReads(es256(P256_P), 0, 0);
        assertReads(es256(type(uint256).max), 0, 0);
    }

    function testFuzz_a_y_of_ed25519_is_accepted_exactly_when_it_has_an_x(uint256 y, bool sign) public view {
        y = bound(y, 2, ED_P - 2);
        bool expected = hasX(y) && !isOrder8(y);
        assertReads(ed25519(y, sign), expected ? int256(-8) : int256(0), expected ? 40 : 0);
    }

    function test_refuses_points_of_small_order_in_every_encoding() public view {
        uint256[9] memory small = [
            0,
            1,
            ED_P - 1,
            0x05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826,
            0x7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7,
            ED_P,
            ED_P + 1,
            type(uint256).max >> 1,
            ED_P + 2
        ];
        assertTrue(isOrder8(small[3]) && isOrder8(small[4]), "the fourth and fifth are of order 8");
        for (uint256 i = 0; i < small.length; ++i) {
            assertReads(ed25519(small[i], false), 0, 0);
            assertReads(ed25519(small[i], true), 0, 0);
        }
    }

    function test_refuses_a_y_of_ed25519_that_is_not_reduced() public view {
        uint256 y = 2;
        while (!hasX(y)) ++y;
        assertTrue(y < 19, "there is one small enough to be written twice");
        assertReads(ed25519(y, false), -8, 40);
        assertReads(ed25519(y + ED_P, false), 0, 0);
    }

    // ---------------------------------------------------------------------- signers

    function test_accepts_1_to_16_signers_of_every_shape() public view {
        assertTrue(this.areSigners(1, bytes.concat(hex"81", Keys.mldsa44(1))), "one");
        assertTrue(this.areSigners(16, signers(16)), "sixteen of sixteen");
        assertTrue(this.areSigners(1, signers(16)), "one of sixteen");
    }

    function test_refuses_more_than_16_signers_or_none() public view {
        assertFalse(this.areSigners(1, signers(17)), "seventeen");
        assertFalse(this.areSigners(0, hex"80"), "none");
        assertFalse(this.areSigners(1, hex"80"), "none, one needed");
        assertFalse(this.areSigners(1, ""), "no array");
    }

    function test_refuses_a_threshold_out_of_range() public view {
        assertFalse(this.areSigners(0, signers(3)), "zero");
        assertTrue(this.areSigners(3, signers(3)), "all");
        assertFalse(this.areSigners(4, signers(3)), "more than there are");
    }

    function test_refuses_the_same_signer_twice() public view {
        bytes memory keys = bytes.concat(hex"83", Keys.ED25519, Keys.ES256_ODD, Keys.ED25519);
        assertFalse(this.areSigners(1, keys), "twice");
    }

    function test_refuses_a_count_that_is_not_that_of_the_keys() public view {
        bytes memory two = bytes.concat(Keys.ED25519, Keys.ES256_ODD);
        assertTrue(this.areSigners(1, bytes.concat(hex"82", two)), "two");
        assertFalse(this.areSigners(1, bytes.concat(hex"81", two)), "one too many");
        assertFalse(this.areSigners(1, bytes.concat(hex"83", two)), "one too few");
        assertFalse(this.areSigners(1, bytes.concat(hex"82", two, hex"00")), "a byte after the end");
        assertFalse(this.areSigners(1, bytes.concat(hex"9802", two)), "a longer head than needed");
        assertFalse(this.areSigners(1, bytes.concat(hex"9f", two, hex"ff")), "an indefinite array");
        assertFalse(this.areSigners(1, bytes.concat(hex"a1", two)), "a map");
        assertFalse(this.areSigners(1, bytes.concat(hex"02", two)), "a number");
    }

    // ------------------------------------------------------------------ independent

    function signers(uint256 n) private pure returns (bytes memory keys) {
        keys = abi.encodePacked(uint8(0x80 + n));
        for (uint256 i = 0; i < n; ++i) keys = bytes.concat(keys, Keys.es256(i));
    }

    function flipped(bytes memory data, uint256 bit) private pure returns (bytes memory changed) {
        changed = bytes.concat(data);
        changed[bit / 8] ^= bytes1(uint8(0x80 >> (bit % 8)));
    }

    function firstBytes(bytes memory data, uint256 length) private pure returns (bytes memory cut) {
        cut = bytes.concat(data);
        assembly ("memory-safe") {
            mstore(cut, length)
        }
    }

    /// @dev p is 3 mod 4: a square root is a power, and the root is tried. y² = x³ - 3x + b.
    function hasY(uint256 x) private view returns (bool) {
        uint256 b = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b;
        uint256 cube = mulmod(mulmod(x, x, P256_P), x, P256_P);
        uint256 square = addmod(addmod(cube, b, P256_P), P256_P - mulmod(3, x, P256_P), P256_P);
        uint256 y = power(square, (P256_P + 1) / 4, P256_P);
        return mulmod(y, y, P256_P) == square;
    }

    /// @dev RFC 8032 §5.1.3: the candidate root, or the candidate times a root of -1, squares to (y² - 1) / (d y² + 1).
    function hasX(uint256 y) private view returns (bool) {
        uint256 d = mulmod(ED_P - 121665, power(121666, ED_P - 2, ED_P), ED_P);
        uint256 square = mulmod(y, y, ED_P);
        uint256 under = power(addmod(mulmod(d, square, ED_P), 1, ED_P), ED_P - 2, ED_P);
        uint256 quotient = mulmod(addmod(square, ED_P - 1, ED_P), under, ED_P);
        uint256 root = power(quotient, (ED_P + 3) / 8, ED_P);
        uint256 squared = mulmod(root, root, ED_P);
        return squared == quotient || addmod(squared, quotient, ED_P) == 0;
    }

    /// @dev The points whose double has y = 0: there x² = -y², which makes the curve's equation d y⁴ + 2 y² = 1.
    function isOrder8(uint256 y) private view returns (bool) {
        uint256 d = mulmod(ED_P - 121665, power(121666, ED_P - 2, ED_P), ED_P);
        uint256 square = mulmod(y, y, ED_P);
        uint256 sum = addmod(mulmod(d, mulmod(square, square, ED_P), ED_P), mulmod(2, square, ED_P), ED_P);
        return sum == 1;
    }

    function power(uint256 base, uint256 exponent, uint256 prime) private view returns (uint256 result) {
        (, bytes memory answer) = address(5).staticcall(abi.encode(32, 32, 32, base, exponent, prime));
        return uint256(bytes32(answer));
    }
}
