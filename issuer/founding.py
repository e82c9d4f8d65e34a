"""A new office.

Its database made, bound to one agency and one registry, and its first status list opened.
"""

from credential.ids import AgencyCode
from issuer.database import Database
from issuer.errors import ForeignChainError, SettingsError
from issuer.following import WAY_OUT
from issuer.repository.installations import Installation
from registry.chain_protocol import JournalChain
from registry.lineage import RegistryId
from registry.trust_builder import TrustBuilder
from registry.trust_state import TrustState


def read_state(chain: JournalChain, begun_at: RegistryId | None = None) -> TrustState:
    """Return what the chain's whole journal says now; raises ChainError or JournalError.

    `begun_at` is the registry's first home, where its journal was carried to this chain.
    """
    builder = TrustBuilder(*(begun_at or (chain.chain_id, bytes(chain.contract))))
    builder.extend(chain.entries(0))
    return builder.build()


def bind_database(
    database: Database, state: TrustState, agency: AgencyCode, now: int, *, after_loss: bool
) -> bool:
    """The database belongs to this agency and registry; returns False when it did before.

    Raises ForeignChainError when it belongs to others. Raises SettingsError when the agency has
    already issued from a database that is not this one, unless that one is said to be lost: then
    numbers and lists go on behind its own.
    """
    database.migrate()
    with database.transaction() as repository:
        known = repository.installations.find()
        if known is not None:
            _require_same(known, state, agency)
            return False
        anchored = sum(1 for anchor in state.content.anchors if anchor.agency == agency)
        lists = [list_no for code, list_no in state.content.status if code == agency]
        if (anchored or lists) and not after_loss:
            raise SettingsError(
                f"agency {agency} has already anchored {anchored} batches and published "
                f"{len(lists)} status lists "
                "from another database. Nothing was made. Use that database, or restore it from "
                "its backup. Only if "
                "it is lost for good, add --after-loss: this office then goes on with new lists, "
                "and documents of "
                "the lost one can no longer be revoked."
            )
        repository.installations.add(
            Installation(
                agency=agency,
                chain_id=state.homes[0].chain_id,
                contract=state.homes[0].contract,
                first_list_no=max(lists, default=0) + 1,
                first_anchor_no=anchored + 1,
                followed_at=0,
                created_at=now,
            )
        )
    return True


def _require_same(known: Installation, state: TrustState, agency: AgencyCode) -> None:
    first = state.homes[0]
    if (known.agency, known.chain_id, known.contract) != (agency, first.chain_id, first.contract):
        raise ForeignChainError(
            f"this database belongs to agency {known.agency} and the registry "
            f"0x{known.contract.hex()} on chain "
            f"{known.chain_id}, not to agency {agency} and 0x{state.contract.hex()} on chain "
            f"{state.chain_id}. {WAY_OUT}"
        )
