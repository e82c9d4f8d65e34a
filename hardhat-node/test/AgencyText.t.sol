// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AgencyText} from "../contracts/AgencyText.sol";
import {Test} from "./support/Test.sol";

contract AgencyTextTest is Test {
    function areNames(bytes calldata names) external pure returns (bool) {
        return AgencyText.areNames(names);
    }

    // ----------------------------------------------------------------------- codes

    function test_accepts_codes_of_1_to_16_characters() public pure {
        assertTrue(AgencyText.isCode("A"), "one letter");
        assertTrue(AgencyText.isCode("9"), "one digit");
        assertTrue(AgencyText.isCode("A15030000C"), "an office");
        assertTrue(AgencyText.isCode("A-"), "a hyphen at the end");
        assertTrue(AgencyText.isCode("ABCDEFGHIJKLMNOP"), "sixteen");
        assertTrue(AgencyText.isCode("QRSTUVWXYZ-01234"), "the other letters");
        assertTrue(AgencyText.isCode("56789"), "the other digits");
    }

    function test_refuses_other_codes() public pure {
        assertFalse(AgencyText.isCode(""), "empty");
        assertFalse(AgencyText.isCode("-A"), "a hyphen first");
        assertFalse(AgencyText.isCode("a"), "lower case");
        assertFalse(AgencyText.isCode("A B"), "a space");
        assertFalse(AgencyText.isCode("A_B"), "an underscore");
        assertFalse(AgencyText.isCode(hex"4100420000000000"), "a gap");
        assertFalse(AgencyText.isCode(hex"00410000"), "zero first");
        assertFalse(AgencyText.isCode(hex"41000000000000000000000000000001"), "a byte after the padding");
        assertFalse(AgencyText.isCode(unicode"Ａ"), "a full-width letter");
    }

    function testFuzz_a_code_has_only_its_alphabet_then_zeros(bytes16 code) public pure {
        uint256 length = 0;
        while (length < 16 && isInAlphabet(code[length])) ++length;
        bool padded = length == 16 || uint128(code) << uint128(8 * length) == 0;
        bool expected = length > 0 && code[0] != 0x2d && padded;
        assertEq(AgencyText.isCode(code), expected, "the alphabet");
    }

    function testFuzz_a_code_made_of_its_alphabet_is_accepted(uint256 seed, uint256 length) public pure {
        bytes memory alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-";
        uint128 code = 0;
        length = bound(length, 1, 16);
        for (uint256 i = 0; i < length; ++i) {
            uint256 pick = uint256(keccak256(abi.encode(seed, i))) % (i == 0 ? 36 : 37);
            code |= uint128(uint8(alphabet[pick])) << uint128(8 * (15 - i));
        }
        assertTrue(AgencyText.isCode(bytes16(code)), "made of the alphabet");
    }

    function isInAlphabet(bytes1 c) private pure returns (bool) {
        return (c >= 0x41 && c <= 0x5a) || (c >= 0x30 && c <= 0x39) || c == 0x2d;
    }

    // ----------------------------------------------------------------------- names

    function test_accepts_names_of_every_width() public view {
        assertTrue(this.areNames(hex"410a42"), "the shortest");
        assertTrue(this.areNames(unicode"臺北市戶政事務所\nHousehold Registration Office"), "Chinese and English");
        assertTrue(this.areNames(unicode"𠮷野\nYoshino"), "beyond the basic plane");
        assertTrue(this.areNames(unicode"é‧\nO’Neill-Ō"), "two and three bytes");
        assertTrue(this.areNames(hex"c2a00aefbfbf"), "U+00A0 and U+FFFF");
        assertTrue(this.areNames(hex"f0908080_0a_f48fbfbf"), "U+10000 and U+10FFFF");
        assertTrue(this.areNames(hex"ed9fbf_0a_ee8080"), "both neighbours of the surrogates");
        assertTrue(this.areNames(hex"dfbf_0a_e0a080"), "U+07FF and U+0800");
        assertTrue(this.areNames(hex"20_0a_7e"), "the first and last printable of ASCII");
    }

    function test_refuses_other_than_one_line_feed_between_two_names() public view {
        assertFalse(this.areNames(""), "nothing");
        assertFalse(this.areNames(hex"41"), "one name");
        assertFalse(this.areNames(hex"0a41"), "no first name");
        assertFalse(this.areNames(hex"410a"), "no second name");
        assertFalse(this.areNames(hex"0a"), "a line feed alone");
        assertFalse(this.areNames(hex"410a0a42"), "two line feeds");
        assertFalse(this.areNames(hex"410a420a43"), "three names");
        assertFalse(this.areNames(hex"410a420a"), "a line feed at the end");
        assertFalse(this.areNames(hex"410d42"), "a carriage return instead");
    }

    function test_refuses_malformed_utf8() public view {
        bytes[19] memory bad = [
            bytes(hex"80"), // a continuation byte alone
            hex"bf",
            hex"c0af", // overlong
            hex"c1bf",
            hex"e09fbf",
            hex"f08fbfbf",
            hex"eda080", // surrogates
            hex"edbfbf",
            hex"f4908080", // beyond U+10FFFF
            hex"f5808080",
            hex"ff",
            hex"c3", // cut short
            hex"e4bd",
            hex"f0a0ae",
            hex"c341", // no continuation byte where one must be
            hex"e44180",
            hex"e4bd41",
            hex"f0a041b7",
            hex"f0a0aec0"
        ];
        for (uint256 i = 0; i < bad.length; ++i) {
            assertFalse(this.areNames(bytes.concat(bad[i], hex"0a41")), "in the first name");
            assertFalse(this.areNames(bytes.concat(hex"410a", bad[i])), "in the second name");
        }
    }

    function test_refuses_every_control_character() public view {
        for (uint256 c = 0; c < 0x20; ++c) assertControl(bytes.concat(bytes1(uint8(c))));
        assertControl(hex"7f");
        for (uint256 c = 0x80; c < 0xa0; ++c) assertControl(bytes.concat(hex"c2", bytes1(uint8(c))));
    }

    function assertControl(bytes memory control) private view {
        assertFalse(this.areNames(bytes.concat(hex"41", control, hex"420a41")), "in the first name");
        assertFalse(this.areNames(bytes.concat(hex"410a41", control)), "in the second name");
    }

    function test_counts_characters_not_bytes_up_to_120() public view {
        assertTrue(this.areNames(bytes.concat(times(hex"f0a0aeb7", 120), hex"0a", times(hex"e4b8ad", 120))), "120");
        assertFalse(this.areNames(bytes.concat(times(hex"f0a0aeb7", 121), hex"0a41")), "121 in the first");
        assertFalse(this.areNames(bytes.concat(hex"410a", times(hex"41", 121))), "121 in the second");
    }

    function testFuzz_accepts_every_character_that_is_no_control(uint24 seed) public view {
        uint256 scalar = bound(seed, 0xa0, 0x10ffff - 0x800);
        if (scalar >= 0xd800) scalar += 0x800;
        bytes memory character = utf8(scalar);
        assertTrue(this.areNames(bytes.concat(character, hex"0a", character)), "a character");
    }

    /// @dev The straightforward encoding of RFC 3629 §3, against which the decoder is held.
    function utf8(uint256 c) private pure returns (bytes memory) {
        if (c < 0x80) return abi.encodePacked(uint8(c));
        bytes memory rest = abi.encodePacked(uint8(0x80 | (c & 0x3f)));
        if (c < 0x800) return bytes.concat(bytes1(uint8(0xc0 | (c >> 6))), rest);
        rest = bytes.concat(bytes1(uint8(0x80 | ((c >> 6) & 0x3f))), rest);
        if (c < 0x10000) return bytes.concat(bytes1(uint8(0xe0 | (c >> 12))), rest);
        rest = bytes.concat(bytes1(uint8(0x80 | ((c >> 12) & 0x3f))), rest);
        return bytes.concat(bytes1(uint8(0xf0 | (c >> 18))), rest);
    }

    function testFuzz_refuses_any_other_two_to_four_bytes(bytes4 random, uint256 length) public view {
        bytes memory text = abi.encodePacked(random);
        length = bound(length, 2, 4);
        assembly ("memory-safe") {
            mstore(text, length)
        }
        assertEq(this.areNames(bytes.concat(text, hex"0a41")), isText(text), "as the reference reads it");
    }

    /// @dev Reads characters by trying every width and encoding again.
    function isText(bytes memory text) private pure returns (bool) {
        uint256 next = 0;
        while (next < text.length) {
            uint256 width = 0;
            for (uint256 w = 1; w <= 4 && next + w <= text.length; ++w) if (isCharacter(text, next, w)) width = w;
            if (width == 0) return false;
            next += width;
        }
        return true;
    }

    function isCharacter(bytes memory text, uint256 start, uint256 width) private pure returns (bool) {
        uint256[4] memory leadBits = [uint256(0x7f), 0x1f, 0x0f, 0x07];
        uint256 scalar = uint8(text[start]) & leadBits[width - 1];
        for (uint256 i = 1; i < width; ++i) scalar = (scalar << 6) | (uint8(text[start + i]) & 0x3f);
        if (scalar < 0x20 || (scalar >= 0x7f && scalar < 0xa0) || scalar > 0x10ffff) return false;
        if (scalar >= 0xd800 && scalar < 0xe000) return false;
        bytes memory found = new bytes(width);
        for (uint256 i = 0; i < width; ++i) found[i] = text[start + i];
        return keccak256(utf8(scalar)) == keccak256(found);
    }

    function times(bytes memory unit, uint256 count) private pure returns (bytes memory all) {
        for (uint256 i = 0; i < count; ++i) all = bytes.concat(all, unit);
    }
}
