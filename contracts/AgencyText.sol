// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title The text an agency is known by: its code and its names
/// @notice Refuses whatever two readers could see differently: other bytes in a code, malformed UTF-8, controls.
library AgencyText {
    uint256 private constant MAX_CHARACTERS = 120;
    uint8 private constant LF = 0x0a;

    /// @dev True for 1 to 16 of `A-Z 0-9 -`, starting with a letter or digit, then zero bytes.
    function isCode(bytes16 code) internal pure returns (bool) {
        if (code[0] == 0 || code[0] == "-") return false;
        bool padding = false;
        for (uint256 i = 0; i < 16; ++i) {
            bytes1 c = code[i];
            if (c == 0) padding = true;
            else if (padding || !((c >= "A" && c <= "Z") || (c >= "0" && c <= "9") || c == "-")) return false;
        }
        return true;
    }

    /// @dev True for UTF-8 with exactly one LF, 1 to 120 characters on each side of it and no other control characters.
    function areNames(bytes calldata names) internal pure returns (bool) {
        uint256 characters = 0;
        bool second = false;
        uint256 offset = 0;
        while (offset < names.length) {
            if (uint8(names[offset]) == LF && !second && characters > 0) {
                second = true;
                characters = 0;
                ++offset;
            } else {
                uint256 width = _characterWidth(names[offset:]);
                if (width == 0 || ++characters > MAX_CHARACTERS) return false;
                offset += width;
            }
        }
        return second && characters > 0;
    }

    /// @dev Bytes of the first character (RFC 3629 §4), or 0 where it is malformed or a control character
    /// (U+0000 to U+001F, U+007F to U+009F).
    function _characterWidth(bytes calldata text) private pure returns (uint256 width) {
        uint8 lead = uint8(text[0]);
        if (lead < 0x80) return (lead < 0x20 || lead == 0x7f) ? 0 : 1;
        if (lead < 0xc2 || lead > 0xf4) return 0;
        width = lead < 0xe0 ? 2 : (lead < 0xf0 ? 3 : 4);
        if (text.length < width) return 0;
        (uint8 lowest, uint8 highest) = _secondByteRange(lead);
        if (uint8(text[1]) < lowest || uint8(text[1]) > highest) return 0;
        for (uint256 i = 2; i < width; ++i) if (uint8(text[i]) & 0xc0 != 0x80) return 0;
    }

    /// @dev Narrower than 0x80 to 0xbf where a wider one would let in a control (c2), an overlong form (e0, f0), a
    /// surrogate (ed) or what lies beyond U+10FFFF (f4).
    function _secondByteRange(uint8 lead) private pure returns (uint8 lowest, uint8 highest) {
        (lowest, highest) = (0x80, 0xbf);
        if (lead == 0xc2 || lead == 0xe0) lowest = 0xa0;
        if (lead == 0xf0) lowest = 0x90;
        if (lead == 0xed) highest = 0x9f;
        if (lead == 0xf4) highest = 0x8f;
    }
}
