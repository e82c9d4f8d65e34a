// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICarriedRegistry} from "../../contracts/ICarriedRegistry.sol";
import {IRegistry} from "../../contracts/IRegistry.sol";
import {Governed} from "./Governed.sol";
import {Vm} from "./Vm.sol";

/// @notice What a test of moving house begins from: the entries a registry emitted, and what it takes to carry them.
abstract contract Carrying is Governed {
    ICarriedRegistry.JournalEntry[] internal entries;
    bytes32[] internal heads;

    /// @notice The entries that were emitted since `vm.recordLogs`, after those known already, and all heads.
    function collect(address emitter, bytes32 firstHead) internal {
        Vm.Log[] memory logs = vm.getRecordedLogs();
        if (heads.length == 0) heads.push(firstHead);
        for (uint256 i = 0; i < logs.length; ++i) {
            if (logs[i].emitter != emitter || logs[i].topics[0] != IRegistry.Entry.selector) continue;
            uint256 index = uint256(logs[i].topics[1]);
            if (index < entries.length) continue;
            assertEq(index, entries.length, "the next index");
            (uint64 time, uint8 kind, bytes memory data) = abi.decode(logs[i].data, (uint64, uint8, bytes));
            entries.push(ICarriedRegistry.JournalEntry(time, kind, data));
            heads.push(sha256(abi.encodePacked(heads[index], uint64(index), time, kind, sha256(data))));
        }
    }

    function forget() internal {
        delete entries;
        delete heads;
    }

    function slice(uint256 from, uint256 to) internal view returns (ICarriedRegistry.JournalEntry[] memory some) {
        some = new ICarriedRegistry.JournalEntry[](to - from);
        for (uint256 i = from; i < to; ++i) some[i - from] = entries[i];
    }

    function links(uint256 from, uint256 to) internal view returns (ICarriedRegistry.Link[] memory some) {
        some = new ICarriedRegistry.Link[](to - from);
        for (uint256 i = from; i < to; ++i) {
            some[i - from] = ICarriedRegistry.Link(entries[i].time, entries[i].kind, sha256(entries[i].data));
        }
    }

    function expect(ICarriedRegistry next, uint256 size) internal {
        vm.prank(address(council));
        next.expectJournal(uint64(size), heads[size]);
    }

    /// @notice All entries from those that are there on, in slices of `count`, brought by somebody nobody trusts.
    function carryAll(ICarriedRegistry next, uint256 count) internal {
        (uint64 from, ) = next.carried();
        uint256 end = entries.length;
        expect(next, end);
        vm.startPrank(stranger);
        uint256 boundary = from + ((end - from - 1) / count) * count;
        for (uint256 later = end; boundary > from; (later, boundary) = (boundary, boundary - count)) {
            next.expectEarlier(uint64(boundary), heads[boundary], links(boundary, later));
        }
        for (uint256 i = from; i < end; i += count) next.carry(uint64(i), slice(i, i + count < end ? i + count : end));
        vm.stopPrank();
    }

    /// @notice Everything a registry says of its state, for these agencies and keys.
    function stateOf(
        IRegistry asked,
        bytes16[] memory codes,
        bytes16[] memory kids
    ) internal view returns (bytes memory told) {
        for (uint256 i = 0; i < codes.length; ++i) {
            (IRegistry.AgencyStatus status, uint64 nextBatch, address a, address b) = asked.agency(codes[i]);
            told = abi.encode(told, status, nextBatch, a, b);
            for (uint64 n = 0; n <= nextBatch; ++n) told = abi.encode(told, asked.batchKey(codes[i], n));
            for (uint32 list = 0; list < 4; ++list) told = abi.encode(told, asked.statusVersion(codes[i], list));
        }
        for (uint256 i = 0; i < kids.length; ++i) {
            (bytes16 code, int32 alg, bool ended, bool compromised, uint64 since) = asked.key(kids[i]);
            told = abi.encode(told, code, alg, ended, compromised, since);
        }
        return abi.encode(told, scopeOf(asked), recognitionsOf(asked));
    }

    function scopeOf(IRegistry asked) private view returns (bytes memory told) {
        told = abi.encode(asked.accreditationCount());
        for (uint64 id = 0; id <= asked.accreditationCount() + 1; ++id) {
            (bytes16 code, uint32 no, uint8 depth, uint64 until, uint64 parent, bool ended) = asked.accreditation(id);
            told = abi.encode(told, code, no, depth, until, parent, ended);
        }
        for (uint32 typeNo = 0; typeNo < 9; ++typeNo) told = abi.encode(told, asked.typeVersions(typeNo));
        int32[3] memory algs = [int32(-7), -48, -8];
        for (uint256 i = 0; i < 3; ++i) {
            (uint64 startsAt, uint64 stopsAt) = asked.algorithm(algs[i]);
            told = abi.encode(told, startsAt, stopsAt);
        }
    }

    function recognitionsOf(IRegistry asked) private view returns (bytes memory told) {
        told = abi.encode(asked.recognitionCount());
        for (uint64 number = 0; number <= asked.recognitionCount() + 1; ++number) {
            (uint256 chainId, address other, uint64 until, bool ended) = asked.recognition(number);
            told = abi.encode(told, chainId, other, until, ended, asked.latestRecognition(chainId, other));
        }
    }
}
