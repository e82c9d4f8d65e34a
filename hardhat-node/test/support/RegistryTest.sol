// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {IRegistry} from "../../contracts/IRegistry.sol";
import {Governed} from "./Governed.sol";
import {Keys} from "./Keys.sol";
import {Vm} from "./Vm.sol";

/// @notice What every test of the registry's functions begins from: a registry whose council waits for nothing, and two
/// assertions: a call appends exactly this entry, or it changes nothing and says exactly why.
abstract contract RegistryTest is Governed {
    bytes16 internal constant MINISTRY = "MOI-1";
    bytes16 internal constant OFFICE = "A15030000C";
    bytes16 internal constant NOBODY = "NOBODY";
    uint32 internal constant TYPE = 7;
    bytes32 internal constant ROOT = keccak256("root");

    address internal immutable ministryAnchor = named("ministry anchor");
    address internal immutable ministryOperations = named("ministry operations");
    address internal immutable officeAnchor = named("office anchor");
    address internal immutable officeOperations = named("office operations");

    function setUp() public virtual {
        deploy(3, 2, 0);
    }

    // ------------------------------------------------------------------ assertions

    /// @notice The call appends one entry of these bytes, moves the head as journal.md says, and emits nothing else.
    function assertAppends(address sender, bytes memory call_, uint8 kind, bytes memory data) internal {
        uint64 index = registry.size();
        uint64 time = uint64(block.timestamp);
        bytes32 head = sha256(abi.encodePacked(registry.head(), index, time, kind, sha256(data)));
        vm.recordLogs();
        vm.prank(sender);
        (bool done, bytes memory answer) = address(registry).call(call_);
        Vm.Log[] memory logs = vm.getRecordedLogs();
        assertEq(done ? bytes("") : answer, bytes(""), "the call was refused");
        assertTrue(done, "the call was refused without a word");
        assertEq(logs.length, 1, "exactly one event");
        assertEq(logs[0].topics[0], keccak256("Entry(uint64,uint64,uint8,bytes)"), "the event is an Entry");
        assertEq(logs[0].topics[1], bytes32(uint256(index)), "index");
        assertEq(logs[0].data, abi.encode(time, kind, data), "time, kind and data");
        assertEq(registry.head(), head, "head");
        assertEq(registry.size(), index + 1, "size");
    }

    /// @notice The call fails with exactly this error, and the journal stands where it stood.
    function assertRefuses(address sender, bytes memory call_, bytes memory reason) internal {
        bytes32 head = registry.head();
        uint64 size = registry.size();
        vm.prank(sender);
        (bool done, bytes memory answer) = address(registry).call(call_);
        assertFalse(done, "the call was accepted");
        assertEq(answer, reason, "the reason");
        assertEq(registry.head(), head, "head stays");
        assertEq(registry.size(), size, "size stays");
    }

    /// @notice Nobody but the council may make this call: every kind of stranger is named in the refusal.
    function assertCouncilOnly(bytes memory call_) internal {
        address[6] memory others = [
            stranger,
            deployer,
            councillors[0],
            officeAnchor,
            officeOperations,
            address(registry)
        ];
        for (uint256 i = 0; i < others.length; ++i) {
            bytes4 selector = IAccessManaged.AccessManagedUnauthorized.selector;
            assertRefuses(others[i], call_, abi.encodeWithSelector(selector, others[i]));
        }
    }

    // -------------------------------------------------------------------- fixtures

    modifier asCouncil() {
        vm.startPrank(address(council));
        _;
        vm.stopPrank();
    }

    function givenAgencies() internal asCouncil {
        registry.registerAgency(MINISTRY, ministryAnchor, ministryOperations, unicode"內政部\nInterior");
        registry.registerAgency(OFFICE, officeAnchor, officeOperations, unicode"戶政事務所\nOffice");
    }

    function givenAlgorithms() internal asCouncil {
        registry.startAlgorithm(Keys.ES256, 0);
        registry.startAlgorithm(Keys.ML_DSA_44, 0);
    }

    function givenKey(bytes16 agencyCode, bytes memory coseKey) internal asCouncil returns (bytes16 kid) {
        kid = Keys.kidOf(coseKey);
        registry.addKey(agencyCode, kid, coseKey.length == 42 ? Keys.ES256 : Keys.ML_DSA_44, 1, coseKey);
    }

    function givenType() internal asCouncil {
        registry.registerType(TYPE, 1, keccak256("document"));
    }

    function givenGrant(uint8 depth, uint64 until) internal asCouncil returns (uint64 id) {
        return registry.grantAccreditation(MINISTRY, TYPE, depth, until);
    }

    function givenStatus(bytes16 agencyCode, IRegistry.AgencyStatus status) internal asCouncil {
        if (status == IRegistry.AgencyStatus.Suspended) registry.suspendAgency(agencyCode);
        if (status == IRegistry.AgencyStatus.Closed) registry.closeAgency(agencyCode, 0);
    }

    function givenBatch(bytes16 agencyCode, uint64 batchNo, bytes16 kid) internal {
        vm.prank(agencyCode == OFFICE ? officeAnchor : ministryAnchor);
        registry.anchor(agencyCode, batchNo, keccak256(abi.encode(batchNo)), 1, kid);
    }
}
