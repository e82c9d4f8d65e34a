"""Our own verifier over our own documents.

Before the real key signs, after they are stored, before they leave.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from credential.entry import certificate_number
from credential.ids import AgencyCode, UnixTime
from credential.signer import Signer
from credential.status import StatusList, decode_status_list
from issuer.errors import ListUnpublishedError, TrialRefusedError
from issuer.following import Followed
from issuer.office import Office
from issuer.status_lists import published_version
from registry.trust_data import BundleKind, Evidence, EvidenceStrength, TrustData
from registry.trust_state import TrustState
from verifier.batch import verify_many
from verifier.reasons import Reason
from verifier.verdict import TOLERATED, CheckName, Result, Verdict

Lists = Mapping[tuple[AgencyCode, int], StatusList]

# A licence that begins next month or ran out last year is still issued as it is; its dates are for
# the reader.
_DATES_OF_THE_DOCUMENT = frozenset({Reason.DATES_NOT_YET, Reason.DATES_EXPIRED})


def planned_lists(office: Office) -> Lists:
    """Return the newest version of each of our lists, published or about to be."""
    with office.database.reading() as repository:
        newest = (repository.statuses.newest(row.list_no) for row in repository.statuses.lists())
        return {
            (office.agency, version.list_no): decode_status_list(version.document)
            for version in newest
            if version is not None
        }


def published_lists(office: Office, followed: Followed) -> Lists:
    """Return the version of each of our lists that the final journal calls the newest."""
    with office.database.reading() as repository:
        published = (
            published_version(repository, office, followed, row.list_no)
            for row in repository.statuses.lists()
        )
        return {
            (office.agency, version.list_no): decode_status_list(version.document)
            for version in published
            if version is not None
        }


def trial_state(state: TrustState, real: Signer, throwaway: Signer) -> TrustState:
    """Return the state in which the throwaway key stands exactly where the real key does.

    Whatever the journal says against the real key (ended, compromised, another agency's, unknown)
    it then says against the throwaway key, and the trial run refuses before the real key has
    signed.
    """
    record = state.key(real.kid)
    if record is None:
        return state
    stand_in = record._replace(cose_key=throwaway.cose_key, kid=throwaway.kid)
    keys = {**state.content.keys, throwaway.kid: stand_in}
    return TrustState(replace(state.content, keys=keys), state.algorithms)


def verdicts(
    office: Office, followed: Followed, state: TrustState, lists: Lists, sealed: Sequence[bytes]
) -> list[Verdict]:
    """Return what our verifier says of these documents now, knowing what the office knows."""
    trust = TrustData(
        state=state,
        status_lists=lists,
        types={(kind.type_no, kind.version): kind for kind in office.types.values()},
        details={},
        evidence=Evidence(EvidenceStrength.UNPROVEN, as_of=followed.as_of, signed_by=()),
        kind=BundleKind.FULL,
    )
    return verify_many(sealed, trust, UnixTime(max(office.clock(), followed.as_of)), office.policy)


def require_accepted(found: Sequence[Verdict], doing: str) -> None:
    """Every verdict is what its reader will get as VALID.

    Or differs in the document's own dates alone.

    Raises TrialRefusedError with certificate number and reason code of the first that is not.
    """
    for verdict in found:
        for check in verdict.checks:
            if (
                check.result is Result.PASS
                or check.reason in TOLERATED
                or (check.name is CheckName.DATES and check.reason in _DATES_OF_THE_DOCUMENT)
            ):
                continue
            if check.reason is Reason.STATUS_LIST_MISSING:
                raise ListUnpublishedError(
                    "the status list of these documents is not published yet, and without it "
                    "nobody can say that they "
                    "are not revoked. They are sealed and wait. Run `sealroot issuer run` once the "
                    "chain answers."
                )
            number = "?" if verdict.entry is None else certificate_number(verdict.entry)
            raise TrialRefusedError(
                f"{doing}: our own verifier would not accept {number} ({check.name}: "
                f"{check.reason}). "
                "It was not signed, or not released. Clear up the reason, then run `sealroot "
                "issuer run`."
            )
