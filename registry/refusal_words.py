"""What the contracts' refusals mean to a person.

One sentence for each custom error, with its arguments filled in.
"""

from typing import Final

CHECK_ARGUMENTS: Final = "Correct the value and run the command again."

REFUSALS: Final[dict[str, tuple[str, str]]] = {
    "RegistrySuperseded": (
        "this registry has ended: another registry took over",
        "Use the successor registry that `sealroot registry show` names.",
    ),
    "RegistryZeroAccount": ("an account is the zero address", "Name an account that exists."),
    "RegistryInvalidAgencyCode": (
        "{agencyCode} is not an agency code",
        "Use 1 to 16 of A-Z, 0-9 and -, not starting with -.",
    ),
    "RegistryInvalidNames": (
        "the names are not usable",
        "Give a Chinese and an English name of 1 to 120 characters each.",
    ),
    "RegistryAgencyAlreadyRegistered": (
        "agency {agencyCode} is registered already",
        "A code is used once, ever: choose another.",
    ),
    "RegistryUnknownAgency": (
        "no agency {agencyCode} is registered",
        "Check the code with `sealroot registry agency list`, or register it first.",
    ),
    "RegistryAgencyNotActive": (
        "agency {agencyCode} is not active",
        "Resume it with `sealroot registry agency resume`, where it was only suspended.",
    ),
    "RegistryAgencyNotSuspended": (
        "agency {agencyCode} is not suspended",
        "Nothing needs to be resumed.",
    ),
    "RegistryAgencyClosed": ("agency {agencyCode} is closed for ever", "Use its successor."),
    "RegistryInvalidSuccessor": (
        "{successorCode} cannot follow agency {agencyCode}",
        "A successor is another registered agency that is not closed.",
    ),
    "RegistryUnauthorizedAccount": (
        "account {account} may not do this for agency {agencyCode}",
        (
            "Use the agency's own account: the anchor account anchors and publishes, "
            "the operations account ends keys and delegates."
        ),
    ),
    "RegistryInvalidKey": (
        "key {kid} is not a COSE_Key of a permitted shape",
        "Make the key file with `sealroot registry key new`.",
    ),
    "RegistryWrongKeyId": (
        "key id {kid} does not belong to these key bytes; theirs is {expected}",
        CHECK_ARGUMENTS,
    ),
    "RegistryInvalidPurpose": (
        "{purpose} is not a purpose a key can have",
        "Only 1, signing batch roots, is known.",
    ),
    "RegistryKeyAlreadyAdded": (
        "key {kid} was added before",
        "A key is added once, ever: make a new one.",
    ),
    "RegistryUnknownKey": (
        "no key {kid} is registered",
        "Check the key id with `sealroot registry key list`.",
    ),
    "RegistryKeyAlreadyEnded": ("key {kid} has ended already", "Nothing needs to be done."),
    "RegistryKeyNotOfAgency": ("key {kid} does not belong to agency {agencyCode}", CHECK_ARGUMENTS),
    "RegistryKeyNotUsable": (
        "key {kid} has ended or is compromised",
        "Seal with a key in force; add one with `sealroot registry key add`.",
    ),
    "RegistryKeyNotCompromised": (
        "key {kid} is not compromised, so its batches need no confirmation",
        "Nothing needs to be done.",
    ),
    "RegistrySinceTooLate": (
        (
            "key {kid} cannot be declared compromised since {since}: the latest time possible is "
            "{latest}"
        ),
        "Name that time or an earlier one.",
    ),
    "RegistryUnexpectedBatch": (
        "batch {batchNo} of agency {agencyCode} is not the next one, which is {nextBatch}",
        (
            "Look at what is anchored before sending again: another process may have anchored this "
            "batch."
        ),
    ),
    "RegistryUnknownBatch": (
        "agency {agencyCode} has not anchored a batch {batchNo}",
        CHECK_ARGUMENTS,
    ),
    "RegistryInvalidTree": (
        "root {root} with {treeSize} leaves is no batch",
        "A batch has a root and 1 to 1,048,576 credentials.",
    ),
    "RegistryInvalidList": (
        "{list} is not a status list of agency {agencyCode}",
        "Lists are numbered from 1.",
    ),
    "RegistryStatusVersionNotRising": (
        (
            "version {listVersion} of status list {list} of agency {agencyCode} does not follow "
            "the published version {lastVersion}"
        ),
        "Publish a higher version made from the newest list.",
    ),
    "RegistryUnknownAccreditation": (
        "there is no accreditation number {id}",
        "Check the number with `sealroot registry accredit list`.",
    ),
    "RegistryAccreditationNotInForce": (
        "accreditation {id} is not in force",
        "Delegate from one in force.",
    ),
    "RegistryAccreditationAlreadyEnded": (
        "accreditation {id} has ended already",
        "Nothing needs to be done.",
    ),
    "RegistryBeyondParent": (
        "the delegation reaches further than accreditation {parent} allows",
        "Delegate the same type, less deep, and not longer than the accreditation itself.",
    ),
    "RegistryInvalidUntil": (
        "the accreditation would end at {until}, which has passed",
        "Name a later end, or none.",
    ),
    "RegistryUnknownType": (
        "credential type {typeNo} is not registered",
        "Register it with `sealroot registry type register`.",
    ),
    "RegistryUnexpectedTypeVersion": (
        "version {typeVersion} of type {typeNo} is not the next one, which is {nextVersion}",
        "Number the versions of a type 1, 2, 3 without a gap.",
    ),
    "RegistryUnknownAlgorithm": (
        "algorithm {alg} is not one this registry can handle",
        "Use ES256 (-7) or ML-DSA-44 (-48).",
    ),
    "RegistryAlgorithmNotAllowed": (
        "algorithm {alg} is not allowed now",
        "Start it with `sealroot registry algorithm set`, or use a key of another algorithm.",
    ),
    "RegistryAlgorithmOutOfOrder": (
        "algorithm {alg} cannot take this step now",
        "An algorithm starts once, may then be warned of, and stops once.",
    ),
    "RegistryBackdated": (
        "the time {effectiveAt} lies before this block",
        "A calendar is announced ahead: name a time to come.",
    ),
    "RegistryInvalidChainId": (
        "{chainId} is not the chain id of another registry",
        "Give a chain id of 1 to 2^64 - 1.",
    ),
    "RegistryInvalidCheckpointSigners": (
        "these checkpoint signers are not usable",
        "Name 1 to 16 different keys, and no more signatures than keys.",
    ),
    "RegistryAgencyNotClosed": (
        "agency {agencyCode} is not closed",
        "Let the agency publish its status lists with its own anchor account.",
    ),
    "RegistryOwnRegistry": (
        "chain {chainId}, contract {registry} is this registry, or kept its journal before",
        "Name another registry.",
    ),
    "RegistryInvalidRecognition": (
        "what describes the recognised registry has {length} bytes",
        "It has 1 to 8,124: name fewer signers, types or validators.",
    ),
    "RegistryAlreadyRecognised": (
        "recognition {number} of this registry is in force",
        "End it first.",
    ),
    "RegistryUnknownRecognition": ("there is no recognition {number}", CHECK_ARGUMENTS),
    "RegistryRecognitionAlreadyEnded": (
        "recognition {number} has ended before",
        "Nothing needs to be ended.",
    ),
    "RegistryNotOpen": (
        "this registry is not open: the journal has not been carried to it whole",
        "Carry the rest of the old registry's journal here first.",
    ),
    "RegistryAlreadyOpen": (
        "this registry is open: its journal was carried here before",
        "Nothing is left to be carried.",
    ),
    "RegistryInvalidExpectation": (
        "size {size} with head {head} is no place in a journal",
        "Give the old registry's size and head, neither of them zero.",
    ),
    "RegistryOutOfTurn": (
        "the entries begin at {first}, and {carried} entries are here already",
        "Carry the entries from that number on: run the command again.",
    ),
    "RegistryUnexpectedJournal": (
        "{size} entries with head {head} are not what the council said the old journal is",
        (
            "Compare the copy of the journal with the old registry, and both with what the council "
            "stated."
        ),
    ),
    "RegistryBeyondSuccessor": (
        "entry {index} stands after the one that ended the old registry",
        "Take the journal as the old registry keeps it.",
    ),
    "RegistryClockBehind": (
        "this chain's clock says {now_}, and the last entry was made at {lastEntryTime}",
        "Wait until the clock has passed it, and run the command again.",
    ),
    "CouncilNotMember": (
        "account {account} is not a member of the council",
        "Use a member's account file.",
    ),
    "CouncilInvalidMembers": ("these are no council members", "Name 1 to 16 different accounts."),
    "CouncilInvalidThreshold": (
        "{threshold} of {members} members cannot decide",
        "The threshold is 1 up to the number of members.",
    ),
    "CouncilInvalidPauseThreshold": (
        "{pauseThreshold} members cannot be enough to suspend an agency",
        "The pause threshold is 1 up to the threshold of {threshold}.",
    ),
    "CouncilInvalidCall": ("the proposal calls no contract", CHECK_ARGUMENTS),
    "CouncilNotPending": (
        "proposal {id} can no longer be decided",
        (
            "See what became of it with `sealroot registry council show`; propose it again "
            "where it expired."
        ),
    ),
    "CouncilAlreadyApproved": (
        "{member} has approved proposal {id} before",
        "Let another member approve.",
    ),
    "CouncilNotApproved": (
        "{member} has not approved proposal {id}",
        "There is no approval to take back.",
    ),
    "CouncilOtherCall": (
        "proposal {id} is another call than the one that was read",
        (
            "Somebody showed you another proposal. Look through another node, and compare the "
            "short code with the other members by voice."
        ),
    ),
    "CouncilTooFewApprovals": (
        "proposal {id} has {approvals} of {threshold} approvals",
        "Let more members run `sealroot registry council approve`.",
    ),
    "CouncilNotReady": (
        "proposal {id} waits for its delay until {readyAt}",
        "Execute it from that time on, within a week.",
    ),
    "CouncilNotProposer": (
        "{account} did not make proposal {id}",
        "Only the member who proposed it can cancel it.",
    ),
    "CouncilOnlyItself": (
        "only a proposal of the council can change its members",
        "Propose the change.",
    ),
    "AccessManagedUnauthorized": (
        "account {caller} has no right to do this",
        "Let the council propose and approve it: `sealroot registry council propose`.",
    ),
    "AccessManagerUnauthorizedCall": (
        "the council has no right to call this function",
        "Check how the registry was deployed.",
    ),
    "AccessManagerNotReady": (
        "the delay for this act has not passed",
        "Execute the proposal again later.",
    ),
    "AccessManagerExpired": ("the act was scheduled, and its week has passed", "Propose it again."),
}
"""By the error's name: what happened, and what to do.

The braces name the error's arguments in the ABI.
"""
