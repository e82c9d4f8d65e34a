// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {ICarriedRegistry} from "./ICarriedRegistry.sol";
import {Recognitions} from "./Recognitions.sol";
import {Succession} from "./Succession.sol";

/// @title A registry that goes on with the journal of another, on this chain or elsewhere
/// @notice Who is trusted for what, beside what `Registry` says, which holds here too once the journal is carried:
/// - the council, at once: where the old journal stands. It is trusted not to state a journal that the old registry
///   does not have; anybody can compare. At once, because from the old registry's last entry until this one opens no
///   key can be declared compromised anywhere;
/// - nobody: for the entries. What is carried must give the stated head, whoever brings it, and a call that does not
///   changes nothing, so that nobody can spoil the only contract that the old registry's last entry names;
/// - the old registry: for the rules. Its entries are taken for what they did there and not judged again.
/// @dev Kinds are those of docs/formats/journal.md. What an entry does to the state stands in the layer that does it.
contract CarriedRegistry is ICarriedRegistry, Succession {
    struct Home {
        uint256 chainId;
        address registry;
    }

    Home private _first;
    /// @dev The registry in force after what was carried so far.
    Home private _last;
    mapping(uint256 place => bool) private _isEarlierHome;

    bytes32 private _carriedHead;
    uint64 private _carriedSize;
    /// @dev Which statement of the council counts: an earlier one may have been a mistake, and so what leads to it.
    uint64 private _statement;
    mapping(uint64 statement => mapping(uint64 size => bytes32 head)) private _expected;

    modifier onlyClosed() {
        if (_isOpen()) revert RegistryAlreadyOpen();
        _;
    }

    /// @param manager the AccessManager that knows which functions the council may call, and after which delay
    /// @param firstChainId the registry that began the journal: the old one, unless the journal has moved before
    constructor(address manager, uint256 firstChainId, address firstRegistry) AccessManaged(manager) {
        _requireOther(firstChainId, firstRegistry);
        _first = _last = Home(firstChainId, firstRegistry);
        _carriedHead = _headOfNone(firstChainId, firstRegistry);
    }

    /// @inheritdoc ICarriedRegistry
    function expectJournal(uint64 size, bytes32 head) external restricted onlyClosed {
        if (size == 0 || head == 0) revert RegistryInvalidExpectation(size, head);
        ++_statement;
        _expect(size, head);
    }

    /// @inheritdoc ICarriedRegistry
    function expectEarlier(uint64 size, bytes32 head, Link[] calldata links) external onlyClosed {
        (uint64 index, bytes32 next) = (size, head);
        for (uint256 i = 0; i < links.length; ++i) {
            next = _headAfter(next, index, links[i].time, links[i].kind, links[i].digest);
            ++index;
        }
        _requireExpected(index, next);
        _expect(size, head);
    }

    /// @inheritdoc ICarriedRegistry
    function carry(uint64 first, JournalEntry[] calldata entries) external onlyClosed {
        (uint64 index, bytes32 head) = (_carriedSize, _carriedHead);
        if (first != index) revert RegistryOutOfTurn(first, index);
        bool isLast = false;
        for (uint256 i = 0; i < entries.length; ++i) {
            if (isLast) revert RegistryBeyondSuccessor(index);
            JournalEntry calldata entry = entries[i];
            isLast = _carryEntry(entry.kind, entry.data);
            head = _headAfter(head, index, entry.time, entry.kind, sha256(entry.data));
            emit Entry(index, entry.time, entry.kind, entry.data);
            ++index;
        }
        _requireExpected(index, head);
        (_carriedSize, _carriedHead) = (index, head);
        if (isLast) _open(index, head, entries[entries.length - 1].time);
    }

    /// @inheritdoc ICarriedRegistry
    function isOpen() external view returns (bool) {
        return _isOpen();
    }

    /// @inheritdoc ICarriedRegistry
    function carried() external view returns (uint64 size, bytes32 head) {
        return (_carriedSize, _carriedHead);
    }

    /// @inheritdoc ICarriedRegistry
    function expectedHead(uint64 size) external view returns (bytes32) {
        return _expected[_statement][size];
    }

    /// @inheritdoc ICarriedRegistry
    function firstHome() external view returns (uint256 chainId, address registry) {
        return (_first.chainId, _first.registry);
    }

    /// @inheritdoc ICarriedRegistry
    function predecessor() external view returns (uint256 chainId, address registry) {
        return (_last.chainId, _last.registry);
    }

    function _isHome(uint256 chainId, address registry) internal view override(Recognitions) returns (bool) {
        return super._isHome(chainId, registry) || _isEarlierHome[_placeOf(chainId, registry)];
    }

    /// @dev True for the entry that ends the carrying. Names, confirmed batches, checkpoint signers and earlier moves'
    /// 0x91 change nothing here: no rule of the contract asks for them.
    function _carryEntry(uint8 kind, bytes calldata data) private returns (bool) {
        if (kind == 0x90) return _carrySuccessor(uint256(bytes32(data)), address(bytes20(data[32:])));
        if (kind == 0x50) _carryBatch(data);
        else if (kind == 0x60) _carryStatus(data);
        else if (kind < 0x20) _carryAgency(kind, data);
        else if (kind < 0x30) _carryKey(kind, data);
        else if (kind < 0x40) _carryAccreditation(kind, data);
        else if (kind == 0x40) _carryType(data);
        else if (kind == 0x70) _carryAlgorithm(data);
        else if (kind >= 0xa0) _carryRecognition(kind, data);
        return false;
    }

    function _carrySuccessor(uint256 chainId, address registry) private returns (bool) {
        _isEarlierHome[_placeOf(_last.chainId, _last.registry)] = true;
        if (chainId == block.chainid && registry == address(this)) return true;
        _last = Home(chainId, registry);
        return false;
    }

    /// @dev Rule 1: no entry is older than the one before it, though the clock is another chain's.
    function _open(uint64 size, bytes32 head, uint64 lastEntryTime) private {
        if (block.timestamp < lastEntryTime) revert RegistryClockBehind(lastEntryTime, uint64(block.timestamp));
        _begin(size, head);
        emit Carried(_last.chainId, _last.registry, size, head);
        _append(0x91, abi.encodePacked(_last.chainId, _last.registry));
    }

    function _expect(uint64 size, bytes32 head) private {
        _expected[_statement][size] = head;
        emit JournalExpected(size, head);
    }

    function _requireExpected(uint64 size, bytes32 head) private view {
        if (head == 0 || _expected[_statement][size] != head) revert RegistryUnexpectedJournal(size, head);
    }
}
