// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IRegistry} from "../../contracts/IRegistry.sol";
import {Keys} from "./Keys.sol";
import {Replay} from "./Replay.sol";
import {Test} from "./Test.sol";

/// @notice Makes any call in any order by anybody, and holds the registry against a replay that sees the same entries.
/// @dev It never swallows a result: each call counts as accepted, refused or disagreed. The runner finds the code of an
/// invariant's target only where the test file itself declares the contract, which is why this one is abstract.
abstract contract RegistryHandler is Test {
    IRegistry public registry;
    address private _earlier = address(0x1005);
    Replay public replay;
    address private _council;

    mapping(uint8 kind => uint256) public accepted;
    mapping(uint8 kind => uint256) public refusedByRule;
    mapping(uint8 kind => uint256) public refusedByRole;
    uint256 public acceptedCount;
    uint256 public refusedCount;
    uint256 public disagreements;
    uint8 public lastDisagreement;
    uint256 public trespasses;

    uint256 private _seed;
    uint64 private _now = 1_700_000_000;
    bytes[] private _keys;
    bytes[] private _names;
    bytes[] private _signerLists;
    bytes16[4] private _codes = [bytes16("A"), "B-2", "3", "-NO"];
    uint32[3] private _treeSizes = [uint32(1), 1_048_576, 1_048_577];

    constructor(IRegistry registry_, address council) {
        registry = registry_;
        _council = council;
        replay = new Replay(block.chainid, address(registry_), council);
        for (uint256 i = 0; i < 5; ++i) _know(Keys.es256(i), Keys.ES256);
        _know(Keys.mldsa44(0), Keys.ML_DSA_44);
        _know(bytes.concat(Keys.es256(9), hex"00"), 0);
        _names = [bytes(unicode"甲\nA"), bytes(unicode"乙丙\nB C"), bytes("no line feed")];
        replay.knowNames(_names[0]);
        replay.knowNames(_names[1]);
        _signerLists = [bytes.concat(hex"82", Keys.es256(0), Keys.ED25519), bytes.concat(hex"82", Keys.es256(0))];
        replay.knowSigners(_signerLists[0], 2);
    }

    function _know(bytes memory coseKey, int32 alg) private {
        _keys.push(coseKey);
        replay.knowKey(coseKey, alg);
    }

    /// @notice A first agency that may issue, so that every sequence leads somewhere.
    function found() external {
        bytes memory start = abi.encodeCall(IRegistry.startAlgorithm, (Keys.ES256, 0));
        bytes memory register = abi.encodeCall(
            IRegistry.registerAgency,
            (_codes[0], address(0x1001), address(0x1002), string(_names[0]))
        );
        bytes memory accounts = abi.encodePacked(address(0x1001), address(0x1002));
        bytes memory registered = bytes.concat(_codes[0], accounts, _names[0]);
        bytes memory type_ = abi.encodeCall(IRegistry.registerType, (1, 1, bytes32(0)));
        bytes memory key = abi.encodeCall(IRegistry.addKey, (_codes[0], Keys.kidOf(_keys[0]), Keys.ES256, 1, _keys[0]));
        vm.warp(_now);
        _try(_council, start, 0x70, bytes.concat(hex"fffffff901", bytes8(_now)));
        _try(_council, register, 0x10, registered);
        _try(_council, type_, 0x40, bytes.concat(hex"000000010001", bytes32(0)));
        _try(_council, key, 0x20, bytes.concat(_codes[0], Keys.kidOf(_keys[0]), hex"fffffff901", _keys[0]));
    }

    /// @notice The journal goes on in another registry, which says so in its first own entry.
    function moveTo(IRegistry next) external {
        vm.warp(_now);
        bytes memory data = bytes.concat(bytes32(block.chainid), bytes20(address(next)));
        _try(_council, abi.encodeCall(IRegistry.setSuccessor, (block.chainid, address(next))), 0x90, data);
    }

    function movedTo(IRegistry next) external {
        replay.append(_now, 0x91, bytes.concat(bytes32(block.chainid), bytes20(address(registry))));
        (_earlier, registry) = (address(registry), next);
    }

    // ------------------------------------------------------------------------------ calls

    function registerAgency(uint256 seed) external {
        _begin(seed);
        bytes16 code = _code();
        (address anchorAccount, address operations) = (_account(), _account());
        bytes memory names = _names[_pick(3)];
        bytes memory call_ = abi.encodeCall(
            IRegistry.registerAgency,
            (code, anchorAccount, operations, string(names))
        );
        _try(_councilMostly(), call_, 0x10, bytes.concat(code, bytes20(anchorAccount), bytes20(operations), names));
    }

    function renameAgency(uint256 seed) external {
        _begin(seed);
        bytes16 code = _code();
        bytes memory names = _names[_pick(3)];
        bytes memory call_ = abi.encodeCall(IRegistry.renameAgency, (code, string(names)));
        _try(_councilMostly(), call_, 0x11, bytes.concat(code, names));
    }

    function changeAgencyAccounts(uint256 seed) external {
        _begin(seed);
        bytes16 code = _code();
        (address anchorAccount, address operations) = (_account(), _account());
        bytes memory call_ = abi.encodeCall(IRegistry.changeAgencyAccounts, (code, anchorAccount, operations));
        _try(_councilMostly(), call_, 0x12, bytes.concat(code, bytes20(anchorAccount), bytes20(operations)));
    }

    function suspendAgency(uint256 seed) external {
        _begin(seed);
        bytes16 code = _code();
        _try(_councilMostly(), abi.encodeCall(IRegistry.suspendAgency, (code)), 0x13, bytes.concat(code));
    }

    function resumeAgency(uint256 seed) external {
        _begin(seed);
        bytes16 code = _code();
        _try(_councilMostly(), abi.encodeCall(IRegistry.resumeAgency, (code)), 0x14, bytes.concat(code));
    }

    function closeAgency(uint256 seed) external {
        _begin(seed);
        bytes16 code = _pick(16) == 0 ? _code() : _codes[2]; // mostly the third, so that others live on
        bytes16 successor = _pick(2) == 0 ? bytes16(0) : _code();
        bytes memory call_ = abi.encodeCall(IRegistry.closeAgency, (code, successor));
        _try(_councilMostly(), call_, 0x15, bytes.concat(code, successor));
    }

    function addKey(uint256 seed) external {
        _begin(seed);
        bytes16 code = _code();
        bytes memory coseKey = _keys[_pick(_keys.length)];
        bytes16 kid = _pick(16) == 0 ? bytes16(uint128(7)) : Keys.kidOf(coseKey);
        int32 alg = (coseKey.length < 50) == (_pick(8) > 0) ? Keys.ES256 : Keys.ML_DSA_44;
        uint8 purpose = _pick(16) == 0 ? 2 : 1;
        bytes memory call_ = abi.encodeCall(IRegistry.addKey, (code, kid, alg, purpose, coseKey));
        bytes memory data = bytes.concat(code, kid, bytes4(uint32(alg)), bytes1(purpose), coseKey);
        _try(_councilMostly(), call_, 0x20, data);
    }

    function endKey(uint256 seed) external {
        _begin(seed);
        bytes16 kid = _kid();
        address sender = _operationsMostly(replay.agencyOfKey(kid));
        _try(sender, abi.encodeCall(IRegistry.endKey, (kid)), 0x21, bytes.concat(kid));
    }

    function compromiseKey(uint256 seed) external {
        _begin(seed);
        bytes16 kid = _kid();
        uint64 since = _now + 5 - uint64(_pick(60));
        bytes memory call_ = abi.encodeCall(IRegistry.compromiseKey, (kid, since));
        _try(_operationsMostly(replay.agencyOfKey(kid)), call_, 0x22, bytes.concat(kid, bytes8(since)));
    }

    function confirmBatch(uint256 seed) external {
        _begin(seed);
        bytes16 code = _pick(2) == 0 ? _code() : _codes[0]; // mostly the first, which anchors most
        uint64 number = uint64(_pick(replay.batchCount(code) + 2));
        bytes memory call_ = abi.encodeCall(IRegistry.confirmBatch, (code, number));
        _try(_councilMostly(), call_, 0x23, bytes.concat(code, bytes8(number)));
    }

    function grantAccreditation(uint256 seed) external {
        _begin(seed);
        bytes16 code = _code();
        (uint32 typeNo, uint8 depth, uint64 until) = _scope();
        uint64 id = replay.accreditationCount() + 1;
        bytes memory call_ = abi.encodeCall(IRegistry.grantAccreditation, (code, typeNo, depth, until));
        bytes memory data = bytes.concat(bytes8(id), code, bytes4(typeNo), bytes1(depth), bytes8(until));
        _try(_councilMostly(), call_, 0x30, data);
    }

    function delegateAccreditation(uint256 seed) external {
        _begin(seed);
        bytes16 code = _code();
        (uint32 typeNo, uint8 depth, uint64 until) = _scope();
        uint64 id = replay.accreditationCount() + 1;
        uint64 parent = uint64(_pick(id + 1));
        if (_pick(4) > 0) depth = uint8(_pick(2)); // within most parents
        bytes memory call_ = abi.encodeCall(
            IRegistry.delegateAccreditation,
            (parent, code, typeNo, depth, until)
        );
        bytes memory scope = bytes.concat(code, bytes4(typeNo), bytes1(depth), bytes8(until));
        address sender = _operationsMostly(replay.agencyOfAccreditation(parent));
        _try(sender, call_, 0x31, bytes.concat(bytes8(id), bytes8(parent), scope));
    }

    function endAccreditation(uint256 seed) external {
        _begin(seed);
        uint64 id = uint64(_pick(replay.accreditationCount() + 2));
        bytes memory call_ = abi.encodeCall(IRegistry.endAccreditation, (id));
        address sender = _operationsMostly(replay.agencyOfAccreditation(replay.parentOf(id)));
        _try(sender, call_, 0x32, bytes.concat(bytes8(id)));
    }

    function registerType(uint256 seed) external {
        _begin(seed);
        uint32 typeNo = _pick(2) == 0 ? 1 : uint32(_pick(4));
        uint16 version = uint16(replay.typeVersions(typeNo) + _pick(3));
        bytes memory call_ = abi.encodeCall(IRegistry.registerType, (typeNo, version, bytes32(seed)));
        _try(_councilMostly(), call_, 0x40, bytes.concat(bytes4(typeNo), bytes2(version), bytes32(seed)));
    }

    function anchor(uint256 seed) external {
        _begin(seed);
        bytes16 kid = _pick(3) == 0 ? _kid() : Keys.kidOf(_keys[_pick(2)]);
        bytes16 code = _pick(8) == 0 ? _code() : replay.agencyOfKey(kid);
        uint64 number = replay.batchCount(code) + (_pick(8) == 0 ? uint64(_pick(3)) : 1);
        bytes32 root = _pick(16) == 0 ? bytes32(0) : bytes32(seed | 1);
        uint32 treeSize = _pick(8) == 0 ? uint32(0) : _treeSizes[_pick(12) / 5];
        bytes memory call_ = abi.encodeCall(IRegistry.anchor, (code, number, root, treeSize, kid));
        _try(_anchorMostly(code), call_, 0x50, bytes.concat(code, bytes8(number), root, bytes4(treeSize), kid));
    }

    function publishStatus(uint256 seed) external {
        _begin(seed);
        bytes16 code = _code();
        uint32 list = uint32(_pick(3));
        uint32 version = replay.lastVersion(code, list) + uint32(_pick(4));
        if (_pick(4) == 0 && version > 0) version = uint32(_pick(version));
        bytes memory data = bytes.concat(code, bytes4(list), bytes4(version), bytes32(seed));
        bytes memory own = abi.encodeCall(IRegistry.publishStatus, (code, list, version, bytes32(seed)));
        if (replay.isClosed(code)) {
            // the two functions differ in who may, and the replay takes both for one kind
            address outsider = _anybody();
            if (outsider != _council) _try(outsider, own, 0x60, data);
            bytes memory for_ = abi.encodeCall(IRegistry.publishStatusForClosed, (code, list, version, bytes32(seed)));
            _try(_councilMostly(), for_, 0x60, data);
        } else {
            _try(_anchorMostly(code), own, 0x60, data);
        }
    }

    function startAlgorithm(uint256 seed) external {
        _algorithm(seed, 1);
    }

    function warnAlgorithm(uint256 seed) external {
        _algorithm(seed, 2);
    }

    function stopAlgorithm(uint256 seed) external {
        if (replay.size() > 20) _algorithm(seed, 3); // or no key would be added for most of the run
    }

    function _algorithm(uint256 seed, uint8 phase) private {
        _begin(seed);
        int32 alg = [Keys.ES256, Keys.ES256, Keys.ML_DSA_44, int32(-8)][_pick(4)];
        uint64 effectiveAt = _pick(2) == 0 ? 0 : _now - 3 + uint64(_pick(20));
        bytes memory call_ = abi.encodeCall(IRegistry.startAlgorithm, (alg, effectiveAt));
        if (phase == 2) call_ = abi.encodeCall(IRegistry.warnAlgorithm, (alg, effectiveAt));
        if (phase == 3) call_ = abi.encodeCall(IRegistry.stopAlgorithm, (alg, effectiveAt));
        uint64 written = effectiveAt == 0 ? _now : effectiveAt;
        _try(_councilMostly(), call_, 0x70, bytes.concat(bytes4(uint32(alg)), bytes1(phase), bytes8(written)));
    }

    function setCheckpointSigners(uint256 seed) external {
        _begin(seed);
        uint8 k = uint8(_pick(4));
        bytes memory coseKeys = _signerLists[_pick(2)];
        bytes memory call_ = abi.encodeCall(IRegistry.setCheckpointSigners, (k, coseKeys));
        _try(_councilMostly(), call_, 0x80, bytes.concat(bytes1(k), coseKeys));
    }

    function setSuccessor(uint256 seed) external {
        _begin(seed);
        if (replay.size() < 40) return; // it ends the journal: not before something stands in it
        (uint256 chainId, address next) = (_pick(1000), _account());
        if (_pick(4) == 0) (chainId, next) = (block.chainid, _pick(2) == 0 ? address(registry) : _earlier);
        bytes memory call_ = abi.encodeCall(IRegistry.setSuccessor, (chainId, next));
        _try(_councilMostly(), call_, 0x90, bytes.concat(bytes32(chainId), bytes20(next)));
    }

    function recogniseRegistry(uint256 seed) external {
        _begin(seed);
        uint256 chainId = _pick(8) == 0 ? uint256(0) : block.chainid + _pick(2);
        address other = _account();
        if (_pick(4) == 0) other = _pick(2) == 0 ? address(registry) : _earlier;
        uint64 until = _pick(2) == 0 ? 0 : _now + uint64(_pick(60)) - 5;
        bytes memory tail = new bytes(_pick(8) == 0 ? _pick(2) * 8125 : 1 + _pick(40));
        uint64 number = replay.recognitionCount() + 1;
        bytes memory call_ = abi.encodeCall(IRegistry.recogniseRegistry, (chainId, other, until, tail));
        bytes memory data = bytes.concat(bytes8(number), bytes32(chainId), bytes20(other), bytes8(until), tail);
        _try(_councilMostly(), call_, 0xa0, data);
    }

    function endRecognition(uint256 seed) external {
        _begin(seed);
        uint64 number = uint64(_pick(replay.recognitionCount() + 2));
        _try(_councilMostly(), abi.encodeCall(IRegistry.endRecognition, (number)), 0xa1, bytes.concat(bytes8(number)));
    }

    // ----------------------------------------------------------------------------- choices

    function _begin(uint256 seed) private {
        _seed = uint256(keccak256(abi.encode(seed, acceptedCount + refusedCount))); // a seed may come again
        _now += uint64(_pick(12));
        vm.warp(_now);
    }

    function _pick(uint256 count) private returns (uint256) {
        _seed = uint256(keccak256(abi.encode(_seed)));
        return _seed % count;
    }

    function _code() private returns (bytes16) {
        return _codes[_pick(10) * 4 / 11];
    }

    function _kid() private returns (bytes16) {
        return Keys.kidOf(_keys[_pick(_keys.length)]);
    }

    function _account() private returns (address) {
        uint256 choice = _pick(24);
        return choice == 0 ? address(0) : address(uint160(0x1000 + choice % 6));
    }

    function _scope() private returns (uint32 typeNo, uint8 depth, uint64 until) {
        typeNo = _pick(8) == 0 ? uint32(_pick(4)) : 1;
        depth = uint8(_pick(4));
        until = _pick(2) == 0 ? 0 : _now + uint64(_pick(200)) - 5;
    }

    function _anybody() private returns (address) {
        uint256 choice = _pick(10);
        if (choice == 0) return _council;
        return choice == 1 ? address(registry) : address(uint160(0x1000 + choice));
    }

    function _councilMostly() private returns (address) {
        return _pick(5) == 0 ? _anybody() : _council;
    }

    function _anchorMostly(bytes16 code) private returns (address) {
        (address account, ) = replay.accountsOf(code);
        return _pick(5) == 0 || account == address(0) ? _anybody() : account;
    }

    function _operationsMostly(bytes16 code) private returns (address) {
        (, address account) = replay.accountsOf(code);
        uint256 choice = _pick(5);
        if (choice == 0) return _anybody();
        return choice == 1 || account == address(0) ? _council : account;
    }

    // --------------------------------------------------------------------------- judgement

    function _try(address sender, bytes memory call_, uint8 kind, bytes memory data) private {
        bool mayAppend = replay.may(sender, kind, data);
        bool expected = mayAppend && _replayAccepts(kind, data);
        vm.prank(sender);
        (bool done, ) = address(registry).call(call_);
        if (done && !mayAppend) ++trespasses;
        if (done != expected) {
            ++disagreements;
            lastDisagreement = kind;
        }
        if (done) {
            ++accepted[kind];
            ++acceptedCount;
        } else {
            ++(mayAppend ? refusedByRule : refusedByRole)[kind];
            ++refusedCount;
        }
    }

    function _replayAccepts(uint8 kind, bytes memory data) private returns (bool) {
        try replay.append(_now, kind, data) {
            return true;
        } catch {
            return false;
        }
    }
}
