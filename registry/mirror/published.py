"""What a mirror hands out, as values: the journal, and what of it is vouched for by whom."""

from collections.abc import Sequence
from typing import NamedTuple

from credential import cbor
from credential.ids import UnixTime
from registry.anchor_file import TrustAnchor, decode_trust_anchor
from registry.checkpoint import Checkpoint, checkpoint_value
from registry.evidence.file import ChainEvidence
from registry.mirror.folder import Held
from registry.mirror.range_file import RegistryId
from registry.trust_data import Documents
from registry.trust_state import TrustState


class Vouched(NamedTuple):
    """The state that is vouched for, by whom, and the documents that belong to it."""

    state: TrustState
    documents: Documents
    checkpoints: tuple[Checkpoint, ...]
    as_of: UnixTime
    chain: ChainEvidence | None = None

    @property
    def is_vouched_for(self) -> bool:
        """Whether anybody but the node it was read from vouches for it."""
        return bool(self.checkpoints) or self.chain is not None


class Published(NamedTuple):
    """Everything a mirror hands out. `journal` may go on behind what is vouched for."""

    registry: RegistryId
    journal: Held
    vouched: Vouched
    trust_anchor: bytes | None
    made_at: int


def encode_checkpoints(checkpoints: Sequence[Checkpoint]) -> bytes:
    """The file checkpoints.cbor."""
    return cbor.encode([checkpoint_value(checkpoint) for checkpoint in checkpoints])


def anchor_of(published: Published) -> TrustAnchor | None:
    """The trust anchor that the mirror shows, decoded."""
    content = published.trust_anchor
    return None if content is None else decode_trust_anchor(content)
