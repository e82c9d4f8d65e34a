// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IRegistry} from "./IRegistry.sol";

/// @title A registry that goes on with the journal of another
/// @notice It is deployed closed: until the whole journal has been carried here, every function of `IRegistry` that
/// changes anything is refused, `head()` and `size()` are zero, and the other views answer for what was carried so far.
/// Moving house, in order: the council of this registry states where the old journal stands (`expectJournal`); anybody
/// shows which heads lead there (`expectEarlier`) and carries the entries up to each of them (`carry`). The last entry
/// of the old registry names this one as its successor: carrying it opens this registry.
interface ICarriedRegistry is IRegistry {
    /// @notice One entry of the old journal, as the old registry emitted it.
    struct JournalEntry {
        uint64 time;
        uint8 kind;
        bytes data;
    }

    /// @notice What one entry of the old journal does to the head, without its data.
    /// @param digest the SHA-256 of its data
    struct Link {
        uint64 time;
        uint8 kind;
        bytes32 digest;
    }

    /// @notice Entries may be carried that end here.
    event JournalExpected(uint64 indexed size, bytes32 head);

    /// @notice The whole journal is here, and goes on here: the next entry is this registry's own.
    event Carried(uint256 oldChainId, address oldRegistry, uint64 size, bytes32 head);

    error RegistryAlreadyOpen();
    error RegistryInvalidExpectation(uint64 size, bytes32 head);
    /// @param carried how many entries are here already
    error RegistryOutOfTurn(uint64 first, uint64 carried);
    error RegistryUnexpectedJournal(uint64 size, bytes32 head);
    error RegistryBeyondSuccessor(uint64 index);
    error RegistryClockBehind(uint64 lastEntryTime, uint64 now_);

    /// @notice State where the old journal stands. Council. What was stated before, and all that was shown to lead
    /// there, counts no longer.
    /// @param size how many entries it has there: all of them, or fewer for a part that is carried beforehand
    /// @param head the old registry's `head()` after them
    function expectJournal(uint64 size, bytes32 head) external;

    /// @notice Show that an earlier head leads to an expected one, so that entries up to there can be carried by
    /// themselves. Anybody.
    /// @param size how many entries there are at the earlier head
    /// @param links the entries from there on, at least one, up to a size and head that are expected
    function expectEarlier(uint64 size, bytes32 head, Link[] calldata links) external;

    /// @notice Carry the next entries of the old journal here. Anybody.
    /// @dev They must lead to an expected size and head, or nothing happens: so entries that are not the old
    /// registry's cannot come in, and whoever brings them need not be trusted. Each is emitted as `Entry`, with its
    /// index and time of old, so that this contract's events give the whole journal. The entry that names this registry
    /// as successor ends it: entry 0x91 is appended in the same call.
    /// @param first the index of the first of them: as many as are here already
    function carry(uint64 first, JournalEntry[] calldata entries) external;

    /// @notice True once the whole journal was carried.
    function isOpen() external view returns (bool);

    /// @notice How many entries of the old journal are here, and the head after them.
    function carried() external view returns (uint64 size, bytes32 head);

    /// @notice The head that is expected after `size` entries; zero where none is.
    function expectedHead(uint64 size) external view returns (bytes32);

    /// @notice The registry that began the journal: its head of no entries is where all heads come from.
    function firstHome() external view returns (uint256 chainId, address registry);

    /// @notice The registry that kept the journal before this one; while it is not open, the last that is known.
    function predecessor() external view returns (uint256 chainId, address registry);
}
