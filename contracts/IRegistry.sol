// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title The journal of one Sealroot registry
/// @notice Every function that changes anything appends exactly one journal entry, whose bytes and rules are those of
/// docs/formats/journal.md. What the contract accepts, a replay of the journal accepts.
/// @dev Field names follow that page. `agencyCode` is the code in ASCII, padded at the right with zero bytes.
interface IRegistry {
    enum AgencyStatus {
        Unknown,
        Active,
        Suspended,
        Closed
    }

    /// @notice One journal entry was appended; whoever holds all of them can recompute `head()`.
    event Entry(uint64 indexed index, uint64 time, uint8 kind, bytes data);

    error RegistrySuperseded();
    error RegistryNotOpen();
    error RegistryZeroAccount();

    error RegistryInvalidAgencyCode(bytes16 agencyCode);
    error RegistryInvalidNames();
    error RegistryAgencyAlreadyRegistered(bytes16 agencyCode);
    error RegistryUnknownAgency(bytes16 agencyCode);
    error RegistryAgencyNotActive(bytes16 agencyCode);
    error RegistryAgencyNotSuspended(bytes16 agencyCode);
    error RegistryAgencyClosed(bytes16 agencyCode);
    error RegistryInvalidSuccessor(bytes16 agencyCode, bytes16 successorCode);
    error RegistryUnauthorizedAccount(bytes16 agencyCode, address account);

    error RegistryInvalidKey(bytes16 kid);
    error RegistryWrongKeyId(bytes16 kid, bytes16 expected);
    error RegistryInvalidPurpose(uint8 purpose);
    error RegistryKeyAlreadyAdded(bytes16 kid);
    error RegistryUnknownKey(bytes16 kid);
    error RegistryKeyAlreadyEnded(bytes16 kid);
    error RegistryKeyNotOfAgency(bytes16 kid, bytes16 agencyCode);
    error RegistryKeyNotUsable(bytes16 kid);
    error RegistryKeyNotCompromised(bytes16 kid);
    /// @param latest the latest `since` that would have been accepted
    error RegistrySinceTooLate(bytes16 kid, uint64 since, uint64 latest);

    error RegistryUnexpectedBatch(bytes16 agencyCode, uint64 batchNo, uint64 nextBatch);
    error RegistryUnknownBatch(bytes16 agencyCode, uint64 batchNo);
    error RegistryInvalidTree(bytes32 root, uint32 treeSize);
    error RegistryInvalidList(bytes16 agencyCode, uint32 list);
    error RegistryStatusVersionNotRising(bytes16 agencyCode, uint32 list, uint32 listVersion, uint32 lastVersion);

    error RegistryUnknownAccreditation(uint64 id);
    error RegistryAccreditationNotInForce(uint64 id);
    error RegistryAccreditationAlreadyEnded(uint64 id);
    error RegistryBeyondParent(uint64 parent);
    error RegistryInvalidUntil(uint64 until);
    error RegistryUnknownType(uint32 typeNo);
    error RegistryUnexpectedTypeVersion(uint32 typeNo, uint16 typeVersion, uint16 nextVersion);

    error RegistryUnknownAlgorithm(int32 alg);
    error RegistryAlgorithmNotAllowed(int32 alg);
    error RegistryAlgorithmOutOfOrder(int32 alg, uint8 phase);
    error RegistryBackdated(uint64 effectiveAt);

    error RegistryInvalidCheckpointSigners();
    error RegistryInvalidChainId(uint256 chainId);
    error RegistryAgencyNotClosed(bytes16 agencyCode);

    error RegistryOwnRegistry(uint256 chainId, address registry);
    error RegistryInvalidRecognition(uint256 length);
    error RegistryAlreadyRecognised(uint64 number);
    error RegistryUnknownRecognition(uint64 number);
    error RegistryRecognitionAlreadyEnded(uint64 number);

    // ------------------------------------------------------------------ agencies

    /// @notice Register an agency under a code that was never used. Council, delayed. Kind 0x10.
    /// @param names the zh-Hant name, one LF, the English name
    function registerAgency(
        bytes16 agencyCode,
        address anchorAccount,
        address operationsAccount,
        string calldata names
    ) external;

    /// @notice Give an agency new names. Council. Kind 0x11.
    function renameAgency(bytes16 agencyCode, string calldata names) external;

    /// @notice Replace both accounts of an agency. Council, delayed. Kind 0x12.
    function changeAgencyAccounts(bytes16 agencyCode, address anchorAccount, address operationsAccount) external;

    /// @notice Suspend an active agency. Council. Kind 0x13.
    function suspendAgency(bytes16 agencyCode) external;

    /// @notice Make a suspended agency active again. Council. Kind 0x14.
    function resumeAgency(bytes16 agencyCode) external;

    /// @notice Close an agency for ever. Council. Kind 0x15.
    /// @param successorCode the agency that takes over, or zero for none
    function closeAgency(bytes16 agencyCode, bytes16 successorCode) external;

    // ---------------------------------------------------------------------- keys

    /// @notice Add a batch key. Council. Kind 0x20.
    /// @param purpose 1: signs batch roots
    /// @param coseKey deterministic COSE_Key; `kid` is the first 16 bytes of its SHA-256
    function addKey(bytes16 agencyCode, bytes16 kid, int32 alg, uint8 purpose, bytes calldata coseKey) external;

    /// @notice End the use of a key from now on. Operations account of its agency, or council. Kind 0x21.
    function endKey(bytes16 kid) external;

    /// @notice Declare that a key was in other hands from `since`. Operations account, or council. Kind 0x22.
    function compromiseKey(bytes16 kid, uint64 since) external;

    /// @notice Confirm a batch that a compromised key anchored. Council. Kind 0x23.
    function confirmBatch(bytes16 agencyCode, uint64 batchNo) external;

    // ------------------------------------------------------------- accreditation

    /// @notice Accredit an agency for a credential type. Council. Kind 0x30.
    /// @param depth how many times it may be delegated further
    /// @param until 0 for open, or the first second it no longer holds
    /// @return id the number of the accreditation, counted from 1
    function grantAccreditation(
        bytes16 agencyCode,
        uint32 typeNo,
        uint8 depth,
        uint64 until
    ) external returns (uint64 id);

    /// @notice Accredit another agency within an accreditation in force. Kind 0x31.
    /// Operations account of the parent's agency.
    /// @return id the number of the new accreditation
    function delegateAccreditation(
        uint64 parent,
        bytes16 agencyCode,
        uint32 typeNo,
        uint8 depth,
        uint64 until
    ) external returns (uint64 id);

    /// @notice End an accreditation. Council, or operations account of the parent's agency. Kind 0x32.
    function endAccreditation(uint64 id) external;

    /// @notice Register the next version of a credential type by the SHA-256 of its document. Council. Kind 0x40.
    function registerType(uint32 typeNo, uint16 typeVersion, bytes32 digest) external;

    // -------------------------------------------------------- batches and status

    /// @notice Anchor the root of the agency's next batch. Anchor account of the agency. Kind 0x50.
    /// @dev Any other `batchNo` than the next is refused, so that sending again after a crash cannot anchor twice.
    function anchor(bytes16 agencyCode, uint64 batchNo, bytes32 root, uint32 treeSize, bytes16 kid) external;

    /// @notice Publish a newer version of a status list by its SHA-256. Anchor account of the agency. Kind 0x60.
    /// @param list the number of the list, 1 or more
    function publishStatus(bytes16 agencyCode, uint32 list, uint32 listVersion, bytes32 digest) external;

    /// @notice Publish a newer version of a closed agency's status list. Council. Kind 0x60.
    /// @dev A closed agency publishes no more; its documents may still have to be revoked, by those who closed it.
    function publishStatusForClosed(bytes16 agencyCode, uint32 list, uint32 listVersion, bytes32 digest) external;

    // ---------------------------------------------------- algorithms and registry

    /// @notice Allow an algorithm from `effectiveAt`. Council, delayed. Kind 0x70, phase 1.
    /// @param effectiveAt not before this block's time; 0 stands for this block's time, which nobody knows beforehand
    function startAlgorithm(int32 alg, uint64 effectiveAt) external;

    /// @notice Announce that an algorithm is going out of use. Council. Kind 0x70, phase 2.
    function warnAlgorithm(int32 alg, uint64 effectiveAt) external;

    /// @notice Stop an algorithm for good. Council. Kind 0x70, phase 3.
    function stopAlgorithm(int32 alg, uint64 effectiveAt) external;

    /// @notice Name the signers of checkpoints and how many must sign. Council, delayed. Kind 0x80.
    /// @param coseKeys deterministic CBOR array of 1 to 16 COSE_Keys, all different
    function setCheckpointSigners(uint8 k, bytes calldata coseKeys) external;

    /// @notice Name the registry that takes over; nothing can be appended here afterwards. Council, delayed. Kind 0x90.
    /// @param chainId of 64 bits, since a snapshot has no room for more
    /// @param registry not this one, nor one that kept this journal before: it would never open
    function setSuccessor(uint256 chainId, address registry) external;

    /// @notice Recognise another registry, so that its documents count here. Council, delayed. Kind 0xA0.
    /// @param chainId of 64 bits, since a snapshot has no room for more
    /// @param registry not this one, nor one that kept this journal before, nor one whose recognition is in force
    /// @param until 0 for open, or the first second it no longer holds
    /// @param tail 1 to 8,124 bytes: its checkpoint signers, types, names and validators as journal.md says. They are
    /// not read here: a reader that cannot decode them takes the entry to recognise nothing
    /// @return number the number of the recognition, counted from 1
    function recogniseRegistry(
        uint256 chainId,
        address registry,
        uint64 until,
        bytes calldata tail
    ) external returns (uint64 number);

    /// @notice End a recognition. Council. Kind 0xA1.
    function endRecognition(uint64 number) external;

    // --------------------------------------------------------------------- reading

    /// @notice The version of this contract.
    function version() external pure returns (string memory);

    /// @notice The word that commits to the whole journal. It is storage slot 0, for storage proofs.
    function head() external view returns (bytes32);

    /// @notice How many entries the journal has.
    function size() external view returns (uint64);

    /// @notice An agency as it is now; all zero where the code is not registered.
    /// Batches up to `nextBatch - 1` are anchored.
    function agency(
        bytes16 agencyCode
    )
        external
        view
        returns (AgencyStatus status, uint64 nextBatch, address anchorAccount, address operationsAccount);

    /// @notice A key as it is now; all zero where the kid was never added. `since` counts only where `compromised`.
    function key(
        bytes16 kid
    ) external view returns (bytes16 agencyCode, int32 alg, bool ended, bool compromised, uint64 since);

    /// @notice The kid that anchored a batch; zero where the batch is not anchored.
    function batchKey(bytes16 agencyCode, uint64 batchNo) external view returns (bytes16 kid);

    /// @notice The latest version of a status list; 0 where none is published.
    function statusVersion(bytes16 agencyCode, uint32 list) external view returns (uint32);

    /// @notice How many accreditations were granted or delegated: the number of the latest.
    function accreditationCount() external view returns (uint64);

    /// @notice An accreditation as it was made, and whether it was ended; all zero where the number is not in use.
    function accreditation(
        uint64 id
    )
        external
        view
        returns (bytes16 agencyCode, uint32 typeNo, uint8 depth, uint64 until, uint64 parent, bool ended);

    /// @notice How many versions of a credential type are registered.
    function typeVersions(uint32 typeNo) external view returns (uint16);

    /// @notice When an algorithm starts and stops; 0 where that is not decided.
    function algorithm(int32 alg) external view returns (uint64 startsAt, uint64 stopsAt);

    /// @notice How many recognitions were ever given: the number of the latest.
    function recognitionCount() external view returns (uint64);

    /// @notice A recognition as it was given, and whether it was ended; all zero where the number is not in use.
    function recognition(
        uint64 number
    ) external view returns (uint256 chainId, address registry, uint64 until, bool ended);

    /// @notice The number of the latest recognition of a registry; 0 where there was none.
    function latestRecognition(uint256 chainId, address registry) external view returns (uint64 number);

    /// @notice The registry that took over; all zero where there is none.
    function successor() external view returns (uint256 chainId, address registry);
}
