// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {Succession} from "./Succession.sol";

/// @title The registry of one Sealroot deployment
/// @notice Who is trusted for what:
/// - the council, through the AccessManager that is this contract's authority: who is an agency, which keys and
///   accreditations it has, credential types, algorithms, checkpoint signers, the successor, which other registries
///   count. Dangerous acts wait for the delay that the manager gives its role. It can neither anchor a batch nor
///   publish a status list, save for an agency that is closed;
/// - an agency's anchor account: the agency's own batches and status lists, nothing else;
/// - an agency's operations account: to end the agency's keys and declare them compromised, and to delegate the
///   accreditations the agency holds or end those it delegated. It can neither anchor nor publish;
/// - nobody: to change or remove an entry, to upgrade this contract, to move coins.
contract Registry is Succession {
    /// @param manager the AccessManager that knows which functions the council may call, and after which delay
    constructor(address manager) AccessManaged(manager) {
        _begin(0, _headOfNone(block.chainid, address(this)));
    }
}
