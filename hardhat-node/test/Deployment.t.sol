// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {IAccessManager} from "@openzeppelin/contracts/access/manager/IAccessManager.sol";
import {ICouncil} from "../contracts/ICouncil.sol";
import {IRegistry} from "../contracts/IRegistry.sol";
import {CouncilTest} from "./support/CouncilTest.sol";
import {Keys} from "./support/Keys.sol";

/// @notice After the sequence of contracts/README.md the council governs, with one delay, and the deployer does not.
contract DeploymentTest is CouncilTest {
    function test_the_deployer_holds_no_role() public view {
        for (uint64 role = 0; role < 16; ++role) {
            (bool isMember, ) = manager.hasRole(role, deployer);
            assertFalse(isMember, "a role of the deployer");
        }
        assertFalse(council.isMember(deployer), "a seat in the council");
    }

    function test_the_council_holds_its_roles_with_their_delays() public view {
        assertRole(COUNCIL, 0);
        assertRole(COUNCIL_DELAYED, DELAY);
        assertRole(ADMIN, DELAY);
    }

    function assertRole(uint64 role, uint32 expected) private view {
        (bool isMember, uint32 delay) = manager.hasRole(role, address(council));
        assertTrue(isMember, "the role");
        assertEq(delay, expected, "its delay");
    }

    function test_the_deployer_can_do_nothing_in_the_manager() public {
        bytes4[] memory selectors = delayedFunctions();
        bytes[13] memory calls = [
            abi.encodeCall(IAccessManager.grantRole, (ADMIN, deployer, 0)),
            abi.encodeCall(IAccessManager.grantRole, (COUNCIL, deployer, 0)),
            abi.encodeCall(IAccessManager.revokeRole, (COUNCIL, address(council))),
            abi.encodeCall(IAccessManager.setRoleAdmin, (COUNCIL, 5)),
            abi.encodeCall(IAccessManager.setRoleGuardian, (COUNCIL, 5)),
            abi.encodeCall(IAccessManager.setGrantDelay, (COUNCIL, 5)),
            abi.encodeCall(IAccessManager.labelRole, (COUNCIL, "MINE")),
            abi.encodeCall(IAccessManager.setTargetFunctionRole, (address(registry), selectors, type(uint64).max)),
            abi.encodeCall(IAccessManager.setTargetAdminDelay, (address(registry), 5)),
            abi.encodeCall(IAccessManager.setTargetClosed, (address(registry), true)),
            abi.encodeCall(IAccessManager.updateAuthority, (address(registry), address(council))),
            abi.encodeCall(IAccessManager.schedule, (address(registry), startingAlgorithm(), 0)),
            abi.encodeCall(IAccessManager.execute, (address(registry), startingAlgorithm()))
        ];
        for (uint256 i = 0; i < calls.length; ++i) {
            vm.prank(deployer);
            (bool done, ) = address(manager).call(calls[i]);
            assertFalse(done, "the manager obeyed the deployer");
        }
    }

    function test_the_deployer_cannot_take_registry_or_council_away_from_the_manager() public {
        bytes memory call_ = abi.encodeCall(IAccessManaged.setAuthority, (address(council)));
        vm.startPrank(deployer);
        (bool registryMoved, ) = address(registry).call(call_);
        (bool councilMoved, ) = address(council).call(call_);
        assertFalse(registryMoved || councilMoved, "an authority moved");
    }

    function test_the_deployer_can_do_nothing_in_the_registry() public {
        bytes[21] memory calls = everyFunction();
        for (uint256 i = 0; i < calls.length; ++i) {
            vm.prank(deployer);
            (bool done, ) = address(registry).call(calls[i]);
            assertFalse(done, "the registry obeyed the deployer");
        }
        assertEq(registry.size(), 0, "the journal is empty");
    }

    function everyFunction() private view returns (bytes[21] memory) {
        return [
            abi.encodeCall(IRegistry.registerAgency, ("A", deployer, deployer, "A\nA")),
            abi.encodeCall(IRegistry.renameAgency, ("A", "A\nA")),
            abi.encodeCall(IRegistry.changeAgencyAccounts, ("A", deployer, deployer)),
            abi.encodeCall(IRegistry.suspendAgency, ("A")),
            abi.encodeCall(IRegistry.resumeAgency, ("A")),
            abi.encodeCall(IRegistry.closeAgency, ("A", 0)),
            abi.encodeCall(IRegistry.addKey, ("A", Keys.ES256_ODD_KID, Keys.ES256, 1, Keys.ES256_ODD)),
            abi.encodeCall(IRegistry.endKey, (Keys.ES256_ODD_KID)),
            abi.encodeCall(IRegistry.compromiseKey, (Keys.ES256_ODD_KID, 0)),
            abi.encodeCall(IRegistry.confirmBatch, ("A", 1)),
            abi.encodeCall(IRegistry.grantAccreditation, ("A", 1, 0, 0)),
            abi.encodeCall(IRegistry.delegateAccreditation, (1, "A", 1, 0, 0)),
            abi.encodeCall(IRegistry.endAccreditation, (1)),
            registeringType(),
            abi.encodeCall(IRegistry.anchor, ("A", 1, keccak256("root"), 1, Keys.ES256_ODD_KID)),
            abi.encodeCall(IRegistry.publishStatus, ("A", 1, 1, keccak256("list"))),
            startingAlgorithm(),
            abi.encodeCall(IRegistry.warnAlgorithm, (Keys.ES256, 0)),
            abi.encodeCall(IRegistry.stopAlgorithm, (Keys.ES256, 0)),
            abi.encodeCall(IRegistry.setCheckpointSigners, (1, bytes.concat(hex"81", Keys.ED25519))),
            abi.encodeCall(IRegistry.setSuccessor, (1, deployer))
        ];
    }

    function test_the_six_dangerous_acts_and_a_change_of_members_wait_for_the_delay() public view {
        bytes4[] memory delayed = delayedFunctions();
        for (uint256 i = 0; i < delayed.length; ++i) assertDelay(address(registry), delayed[i], DELAY);
        assertDelay(address(council), ICouncil.changeMembers.selector, DELAY);
    }

    function test_the_other_acts_of_the_council_wait_for_nothing() public view {
        bytes4[] memory immediate = councilFunctions();
        for (uint256 i = 0; i < immediate.length; ++i) assertDelay(address(registry), immediate[i], 0);
    }

    function assertDelay(address target, bytes4 selector, uint32 expected) private view {
        (bool immediate, uint32 delay) = manager.canCall(address(council), target, selector);
        assertEq(immediate, expected == 0, "immediate");
        assertEq(delay, expected, "delay");
    }

    function test_a_whole_life_runs_through_the_council() public {
        bytes16 code = "OFFICE-1";
        address anchorAccount = named("anchor");
        address operations = named("operations");
        decide(address(registry), startingAlgorithm());
        decide(
            address(registry),
            abi.encodeCall(IRegistry.registerAgency, (code, anchorAccount, operations, unicode"所\nOffice"))
        );
        bytes memory adding = abi.encodeCall(
            IRegistry.addKey,
            (code, Keys.ES256_ODD_KID, Keys.ES256, 1, Keys.ES256_ODD)
        );
        executeBy(bob, givenApproved(address(registry), adding));
        vm.prank(anchorAccount);
        registry.anchor(code, 1, keccak256("root"), 1, Keys.ES256_ODD_KID);
        executeBy(bob, givenApproved(address(registry), abi.encodeCall(IRegistry.endKey, (Keys.ES256_ODD_KID))));
        assertEq(registry.size(), 5, "five entries");
    }

    function test_the_council_hands_the_registry_to_another_manager_only_after_the_delay() public {
        bytes memory handing = abi.encodeCall(IAccessManager.updateAuthority, (address(registry), address(this)));
        uint256 id = givenScheduled(address(manager), handing);
        assertEq(registry.authority(), address(manager), "not yet");
        vm.warp(block.timestamp + DELAY);
        executeBy(alice, id);
        assertEq(registry.authority(), address(this), "handed over");
    }
}
