// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice A second, slow reading of docs/formats/journal.md: takes entries as bytes and refuses what the page refuses.
/// @dev Shares no code and no shape of storage with the registry: it keeps rows and scans them. Names and keys are
/// known beforehand: a test says which texts are well formed, and for which algorithm a COSE_Key is.
contract Replay {
    error Refused(string rule);

    struct Agency {
        bytes16 code;
        address anchorAccount;
        address operationsAccount;
        bytes1 state; // active, suspended, closed: "a", "s", "c"
    }

    struct Key {
        bytes16 kid;
        bytes16 code;
        bool ended;
        uint64[] since;
    }

    struct Batch {
        bytes16 code;
        uint64 number;
        bytes16 kid;
    }

    struct Accreditation {
        bytes16 code;
        uint32 typeNo;
        uint8 depth;
        uint64 until;
        uint64 parent;
        bool ended;
    }

    struct Status {
        bytes16 code;
        uint32 list;
        uint32 version;
    }

    struct Announcement {
        int32 alg;
        uint8 phase;
        uint64 effectiveAt;
    }

    struct Recognition {
        bytes32 chainId;
        address registry;
        uint64 until;
        bool ended;
    }

    bytes32 public head;
    uint64 public size;
    uint64 private _time;
    address private immutable _council;

    /// @dev The registries that kept the journal, in order, and last the successor, also while it has not gone on yet.
    bytes[] private _homes;
    bool private _moving;

    Agency[] private _agencies;
    Key[] private _keys;
    Batch[] private _batches;
    Accreditation[] private _accreditations;
    uint32[] private _types;
    Status[] private _statuses;
    Announcement[] private _announcements;
    Recognition[] private _recognitions;
    mapping(bytes32 digest => bool) private _wellFormedNames;
    mapping(bytes32 digest => int32) private _algorithmOfKey;
    mapping(bytes32 digest => uint8) private _signers;

    constructor(uint256 chainId, address registry, address council) {
        head = sha256(abi.encodePacked("sealroot/journal/1", chainId, registry));
        _council = council;
        _homes.push(abi.encodePacked(chainId, registry));
    }

    function knowNames(bytes calldata names) external {
        _wellFormedNames[keccak256(names)] = true;
    }

    function knowKey(bytes calldata coseKey, int32 alg) external {
        _algorithmOfKey[keccak256(coseKey)] = alg;
    }

    function knowSigners(bytes calldata coseKeys, uint8 count) external {
        _signers[keccak256(coseKeys)] = count;
    }

    // ------------------------------------------------------------------ what is so far

    function accreditationCount() external view returns (uint64) {
        return uint64(_accreditations.length);
    }

    function typeVersions(uint32 typeNo) public view returns (uint16 count) {
        for (uint256 i = 0; i < _types.length; ++i) if (_types[i] == typeNo) ++count;
    }

    function batchCount(bytes16 code) public view returns (uint64 count) {
        for (uint256 i = 0; i < _batches.length; ++i) if (_batches[i].code == code) ++count;
    }

    function lastVersion(bytes16 code, uint32 list) public view returns (uint32 last) {
        for (uint256 i = 0; i < _statuses.length; ++i) {
            if (_statuses[i].code == code && _statuses[i].list == list) last = _statuses[i].version;
        }
    }

    function recognitionCount() external view returns (uint64) {
        return uint64(_recognitions.length);
    }

    function isClosed(bytes16 code) public view returns (bool) {
        return _stateOf(code) == "c";
    }

    function accountsOf(bytes16 code) external view returns (address anchorAccount, address operationsAccount) {
        uint256 i = _find(code);
        if (i < _agencies.length) return (_agencies[i].anchorAccount, _agencies[i].operationsAccount);
    }

    function agencyOfKey(bytes16 kid) external view returns (bytes16 code) {
        uint256 i = _findKey(kid);
        if (i < _keys.length) return _keys[i].code;
    }

    function agencyOfAccreditation(uint64 id) public view returns (bytes16 code) {
        if (id > 0 && id <= _accreditations.length) return _accreditations[id - 1].code;
    }

    function parentOf(uint64 id) public view returns (uint64 parent) {
        if (id > 0 && id <= _accreditations.length) return _accreditations[id - 1].parent;
    }

    // --------------------------------------------------------------------- the column "who may"

    function may(address sender, uint8 kind, bytes calldata data) external view returns (bool) {
        if (kind == 0x60 && isClosed(bytes16(data))) return sender == _council;
        if (kind == 0x50 || kind == 0x60) return _isAnchorAccount(sender, bytes16(data));
        if (kind == 0x31) return _isOperationsAccount(sender, agencyOfAccreditation(_u64(data, 8)));
        if (sender == _council) return true;
        if (kind == 0x32) return _isOperationsAccount(sender, agencyOfAccreditation(parentOf(_u64(data, 0))));
        if (kind == 0x21 || kind == 0x22) return _isOperationsAccount(sender, this.agencyOfKey(bytes16(data)));
        return false;
    }

    function _isAnchorAccount(address sender, bytes16 code) private view returns (bool) {
        uint256 i = _find(code);
        return i < _agencies.length && _agencies[i].anchorAccount == sender;
    }

    function _isOperationsAccount(address sender, bytes16 code) private view returns (bool) {
        uint256 i = _find(code);
        return i < _agencies.length && _agencies[i].operationsAccount == sender;
    }

    // ------------------------------------------------------------------------- the rules

    /// @notice One more entry is part of the journal, or the call reverts.
    function append(uint64 time, uint8 kind, bytes calldata data) external {
        _require(_moving == (kind == 0x91), "12: journalCarried follows the successor, and nothing else");
        _require(time >= _time, "1: time");
        if (kind < 0x20) _agencyEntry(kind, data);
        else if (kind < 0x30) _keyEntry(time, kind, data);
        else if (kind < 0x40) _accreditationEntry(time, kind, data);
        else if (kind == 0x40) _typeRegistered(data);
        else if (kind == 0x50) _batchAnchored(data);
        else if (kind == 0x60) _statusPublished(data);
        else if (kind == 0x70) _algorithmSet(time, data);
        else if (kind == 0x80) _checkpointSignersSet(data);
        else if (kind == 0x90) _successorRegistrySet(data);
        else if (kind == 0x91) _journalCarried(data);
        else if (kind == 0xa0) _registryRecognised(time, data);
        else _recognitionEnded(data);
        head = sha256(abi.encodePacked(head, size, time, kind, sha256(data)));
        ++size;
        _time = time;
    }

    function _agencyEntry(uint8 kind, bytes calldata data) private {
        bytes16 code = bytes16(data);
        uint256 i = _find(code);
        if (kind == 0x10) {
            _require(i == _agencies.length && _isCode(code), "2: code");
            _require(_wellFormedNames[keccak256(data[56:])], "names");
            _agencies.push(Agency(code, _account(data, 16), _account(data, 36), "a"));
            return;
        }
        _require(i < _agencies.length, "2: registered");
        Agency storage agency = _agencies[i];
        if (kind == 0x11) _require(_wellFormedNames[keccak256(data[16:])], "names");
        if (kind == 0x12) (agency.anchorAccount, agency.operationsAccount) = (_account(data, 16), _account(data, 36));
        if (kind == 0x13) _change(agency, "a", "s");
        if (kind == 0x14) _change(agency, "s", "a");
        if (kind == 0x15) _close(agency, bytes16(data[16:32]));
    }

    function _change(Agency storage agency, bytes1 from, bytes1 to) private {
        _require(agency.state == from, "2: state");
        agency.state = to;
    }

    function _close(Agency storage agency, bytes16 successor) private {
        _require(agency.state != "c", "2: closed stays closed");
        uint256 i = _find(successor);
        bool known = i < _agencies.length && successor != agency.code && _agencies[i].state != "c";
        _require(successor == 0 || known, "2: successor");
        agency.state = "c";
    }

    function _keyEntry(uint64 time, uint8 kind, bytes calldata data) private {
        if (kind == 0x20) return _keyAdded(time, data);
        if (kind == 0x23) return _batchConfirmed(data);
        uint256 i = _findKey(bytes16(data));
        _require(i < _keys.length, "4: known");
        Key storage key = _keys[i];
        if (kind == 0x21) {
            _require(!key.ended, "4: ends once");
            key.ended = true;
        } else {
            uint64 since = _u64(data, 16);
            _require(since <= time, "4: not after the entry");
            for (uint256 j = 0; j < key.since.length; ++j) _require(since < key.since[j], "4: earlier");
            key.since.push(since);
        }
    }

    function _keyAdded(uint64 time, bytes calldata data) private {
        bytes16 code = bytes16(data);
        bytes16 kid = bytes16(data[16:32]);
        int32 alg = int32(uint32(bytes4(data[32:36])));
        _require(_stateOf(code) != 0 && _stateOf(code) != "c", "3: agency");
        _require(_findKey(kid) == _keys.length, "3: once");
        _require(uint8(data[36]) == 1, "3: purpose");
        bytes calldata coseKey = data[37:];
        _require(kid == bytes16(sha256(coseKey)), "3: kid");
        _require(alg != 0 && _algorithmOfKey[keccak256(coseKey)] == alg, "3: COSE_Key");
        _require(_isAllowed(alg, time), "3: algorithm");
        Key storage key = _keys.push();
        key.kid = kid;
        key.code = code;
    }

    function _isAllowed(int32 alg, uint64 time) private view returns (bool allowed) {
        for (uint256 i = 0; i < _announcements.length; ++i) {
            if (_announcements[i].alg != alg || _announcements[i].effectiveAt > time) continue;
            if (_announcements[i].phase == 1) allowed = true;
            if (_announcements[i].phase == 3) return false;
        }
    }

    function _batchConfirmed(bytes calldata data) private view {
        for (uint256 i = 0; i < _batches.length; ++i) {
            if (_batches[i].code != bytes16(data) || _batches[i].number != _u64(data, 16)) continue;
            _require(_keys[_findKey(_batches[i].kid)].since.length > 0, "9: compromised");
            return;
        }
        revert Refused("9: anchored");
    }

    function _accreditationEntry(uint64 time, uint8 kind, bytes calldata data) private {
        uint64 id = _u64(data, 0);
        if (kind == 0x32) {
            _require(id > 0 && id <= _accreditations.length && !_accreditations[id - 1].ended, "5: ends once");
            _accreditations[id - 1].ended = true;
            return;
        }
        bytes calldata rest = data[kind == 0x30 ? 8 : 16:];
        Accreditation memory made = Accreditation(
            bytes16(rest),
            uint32(bytes4(rest[16:20])),
            uint8(rest[20]),
            _u64(rest, 21),
            kind == 0x30 ? 0 : _u64(data, 8),
            false
        );
        _require(id == _accreditations.length + 1, "5: number");
        _require(_stateOf(made.code) != 0, "2: registered");
        _require(typeVersions(made.typeNo) > 0, "5: type");
        _require(made.until == 0 || made.until > time, "5: until");
        if (kind == 0x31) _requireWithinParent(time, made);
        _accreditations.push(made);
    }

    function _requireWithinParent(uint64 time, Accreditation memory made) private view {
        _require(_isInForce(made.parent, time), "5: parent in force");
        Accreditation storage parent = _accreditations[made.parent - 1];
        _require(_stateOf(parent.code) == "a", "5: parent's agency active");
        _require(parent.depth >= 1 && made.depth < parent.depth && made.typeNo == parent.typeNo, "5: scope");
        if (parent.until != 0) _require(made.until != 0 && made.until <= parent.until, "5: until of the parent");
    }

    function _isInForce(uint64 id, uint64 time) private view returns (bool) {
        if (id == 0 || id > _accreditations.length) return false;
        Accreditation storage held = _accreditations[id - 1];
        if (held.ended || (held.until != 0 && held.until <= time)) return false;
        return held.parent == 0 || _isInForce(held.parent, time);
    }

    function _typeRegistered(bytes calldata data) private {
        uint32 typeNo = uint32(bytes4(data));
        _require(typeNo >= 1 && uint16(bytes2(data[4:6])) == typeVersions(typeNo) + 1, "6: version");
        _types.push(typeNo);
    }

    function _batchAnchored(bytes calldata data) private {
        bytes16 code = bytes16(data);
        bytes16 kid = bytes16(data[60:76]);
        uint32 treeSize = uint32(bytes4(data[56:60]));
        _require(_stateOf(code) == "a", "7: active");
        _require(_u64(data, 16) == batchCount(code) + 1, "7: number");
        _require(bytes32(data[24:56]) != 0 && treeSize >= 1 && treeSize <= 1_048_576, "7: root and size");
        uint256 i = _findKey(kid);
        _require(i < _keys.length && _keys[i].code == code, "7: key of the agency");
        _require(!_keys[i].ended && _keys[i].since.length == 0, "7: key safe");
        _batches.push(Batch(code, _u64(data, 16), kid));
    }

    function _statusPublished(bytes calldata data) private {
        bytes16 code = bytes16(data);
        uint32 list = uint32(bytes4(data[16:20]));
        uint32 version = uint32(bytes4(data[20:24]));
        _require(_stateOf(code) != 0, "2: registered");
        _require(list >= 1 && version > lastVersion(code, list), "8: rises");
        _statuses.push(Status(code, list, version));
    }

    function _algorithmSet(uint64 time, bytes calldata data) private {
        Announcement memory made = Announcement(int32(uint32(bytes4(data))), uint8(data[4]), _u64(data, 5));
        bool started = false;
        for (uint256 i = 0; i < _announcements.length; ++i) {
            if (_announcements[i].alg != made.alg) continue;
            started = true;
            _require(_announcements[i].phase != 3, "11: nothing after stop");
        }
        _require(made.alg == -7 || made.alg == -48, "11: algorithm");
        _require(started == (made.phase != 1), "11: order");
        _require(made.effectiveAt >= time, "11: not backdated");
        _announcements.push(made);
    }

    function _checkpointSignersSet(bytes calldata data) private view {
        uint8 k = uint8(data[0]);
        _require(k >= 1 && k <= _signers[keccak256(data[1:])], "10: signers");
    }

    function _successorRegistrySet(bytes calldata data) private {
        _otherRegistry(data);
        _moving = true;
        _homes.push(data);
    }

    function _journalCarried(bytes calldata data) private {
        _require(keccak256(data) == keccak256(_homes[_homes.length - 2]), "12: the registry in force so far");
        _moving = false;
    }

    function _registryRecognised(uint64 time, bytes calldata data) private {
        _require(data.length >= 69 && data.length <= 8192, "13: length");
        Recognition memory made = Recognition(bytes32(data[8:]), _account(data, 40), _u64(data, 60), false);
        _require(_u64(data, 0) == _recognitions.length + 1, "13: number");
        _otherRegistry(data[8:]);
        _require(made.until == 0 || made.until > time, "13: until");
        for (uint256 i = 0; i < _recognitions.length; ++i) {
            Recognition storage other = _recognitions[i];
            bool same = other.chainId == made.chainId && other.registry == made.registry;
            bool inForce = !other.ended && (other.until == 0 || other.until > time);
            _require(!same || !inForce, "13: in force already");
        }
        _recognitions.push(made);
    }

    function _recognitionEnded(bytes calldata data) private {
        uint64 number = _u64(data, 0);
        _require(number >= 1 && number <= _recognitions.length, "13: known");
        _require(!_recognitions[number - 1].ended, "13: ends once");
        _recognitions[number - 1].ended = true;
    }

    function _otherRegistry(bytes calldata data) private view {
        _account(data, 32);
        uint256 chainId = uint256(bytes32(data));
        _require(chainId >= 1 && chainId < 1 << 64, "12: chain id");
        for (uint256 i = 0; i < _homes.length; ++i) {
            _require(keccak256(data[:52]) != keccak256(_homes[i]), "12: another registry");
        }
    }

    // ----------------------------------------------------------------------- reading bytes

    function _require(bool holds, string memory rule) private pure {
        if (!holds) revert Refused(rule);
    }

    function _u64(bytes calldata data, uint256 start) private pure returns (uint64) {
        return uint64(bytes8(data[start:start + 8]));
    }

    function _account(bytes calldata data, uint256 start) private pure returns (address account) {
        account = address(bytes20(data[start:start + 20]));
        _require(account != address(0), "account");
    }

    function _stateOf(bytes16 code) private view returns (bytes1) {
        uint256 i = _find(code);
        return i < _agencies.length ? _agencies[i].state : bytes1(0);
    }

    function _find(bytes16 code) private view returns (uint256 i) {
        while (i < _agencies.length && _agencies[i].code != code) ++i;
    }

    function _findKey(bytes16 kid) private view returns (uint256 i) {
        while (i < _keys.length && _keys[i].kid != kid) ++i;
    }

    /// @dev Enough for the codes of the tests: the first character is a capital or a digit.
    function _isCode(bytes16 code) private pure returns (bool) {
        return (code[0] >= "A" && code[0] <= "Z") || (code[0] >= "0" && code[0] <= "9");
    }
}
