// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";
import {CarriedRegistry} from "../../contracts/CarriedRegistry.sol";
import {Council} from "../../contracts/Council.sol";
import {ICarriedRegistry} from "../../contracts/ICarriedRegistry.sol";
import {ICouncil} from "../../contracts/ICouncil.sol";
import {IRegistry} from "../../contracts/IRegistry.sol";
import {Registry} from "../../contracts/Registry.sol";
import {Test} from "./Test.sol";

/// @notice A registry deployed and handed to its council by the sequence of contracts/README.md.
abstract contract Governed is Test {
    uint64 internal constant ADMIN = 0;
    uint64 internal constant COUNCIL = 1;
    uint64 internal constant COUNCIL_DELAYED = 2;

    address internal immutable deployer = named("deployer");
    address internal immutable stranger = named("stranger");

    AccessManager internal manager;
    Council internal council;
    Registry internal registry;
    address[] internal councillors;

    function deploy(uint256 memberCount, uint256 threshold, uint32 delay) internal {
        vm.warp(1_700_000_000);
        delete councillors;
        for (uint256 i = 0; i < memberCount; ++i) councillors.push(named(string.concat("member ", vm.toString(i))));
        vm.startPrank(deployer);
        manager = new AccessManager(deployer);
        council = new Council(address(manager), councillors, threshold, (threshold + 1) / 2);
        registry = new Registry(address(manager));
        manager.setTargetFunctionRole(address(registry), councilFunctions(), COUNCIL);
        manager.setTargetFunctionRole(address(registry), delayedFunctions(), COUNCIL_DELAYED);
        manager.setTargetFunctionRole(address(council), changeMembersOnly(), COUNCIL_DELAYED);
        manager.grantRole(COUNCIL, address(council), 0);
        manager.grantRole(COUNCIL_DELAYED, address(council), delay);
        manager.grantRole(ADMIN, address(council), delay);
        manager.renounceRole(ADMIN, deployer);
        vm.stopPrank();
    }

    /// @notice A registry that goes on with the journal which began there; the same council governs it.
    function deployCarried(uint256 firstChainId, address firstRegistry) internal returns (CarriedRegistry made) {
        vm.startPrank(deployer);
        AccessManager next = new AccessManager(deployer);
        made = new CarriedRegistry(address(next), firstChainId, firstRegistry);
        govern(next, address(made));
        vm.stopPrank();
    }

    function govern(AccessManager next, address made) internal {
        next.setTargetFunctionRole(made, councilFunctions(), COUNCIL);
        next.setTargetFunctionRole(made, expectJournalOnly(), COUNCIL);
        next.setTargetFunctionRole(made, delayedFunctions(), COUNCIL_DELAYED);
        next.grantRole(COUNCIL, address(council), 0);
        next.grantRole(COUNCIL_DELAYED, address(council), 0);
        next.grantRole(ADMIN, address(council), 0);
        next.renounceRole(ADMIN, deployer);
    }

    function expectJournalOnly() internal pure returns (bytes4[] memory selectors) {
        selectors = new bytes4[](1);
        selectors[0] = ICarriedRegistry.expectJournal.selector;
    }

    function councilFunctions() internal pure returns (bytes4[] memory selectors) {
        selectors = new bytes4[](15);
        selectors[0] = IRegistry.renameAgency.selector;
        selectors[1] = IRegistry.suspendAgency.selector;
        selectors[2] = IRegistry.resumeAgency.selector;
        selectors[3] = IRegistry.closeAgency.selector;
        selectors[4] = IRegistry.addKey.selector;
        selectors[5] = IRegistry.endKey.selector;
        selectors[6] = IRegistry.compromiseKey.selector;
        selectors[7] = IRegistry.confirmBatch.selector;
        selectors[8] = IRegistry.grantAccreditation.selector;
        selectors[9] = IRegistry.endAccreditation.selector;
        selectors[10] = IRegistry.registerType.selector;
        selectors[11] = IRegistry.warnAlgorithm.selector;
        selectors[12] = IRegistry.stopAlgorithm.selector;
        selectors[13] = IRegistry.publishStatusForClosed.selector;
        selectors[14] = IRegistry.endRecognition.selector;
    }

    function delayedFunctions() internal pure returns (bytes4[] memory selectors) {
        selectors = new bytes4[](6);
        selectors[0] = IRegistry.registerAgency.selector;
        selectors[1] = IRegistry.changeAgencyAccounts.selector;
        selectors[2] = IRegistry.startAlgorithm.selector;
        selectors[3] = IRegistry.setCheckpointSigners.selector;
        selectors[4] = IRegistry.setSuccessor.selector;
        selectors[5] = IRegistry.recogniseRegistry.selector;
    }

    function changeMembersOnly() internal pure returns (bytes4[] memory selectors) {
        selectors = new bytes4[](1);
        selectors[0] = ICouncil.changeMembers.selector;
    }
}
