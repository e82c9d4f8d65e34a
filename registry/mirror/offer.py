"""What one source offers, and whether anybody vouches for it (mirror.md, steps 2 to 4)."""

from dataclasses import dataclass

from registry.anchor_file import TrustAnchor
from registry.belief import believe
from registry.checkpoint import Checkpoint, Statement
from registry.errors import TrustDataError
from registry.mirror.errors import RefusedError, SourceError
from registry.mirror.folder import CHECKPOINTS, REGISTRIES, STANDING, Held
from registry.mirror.publish import MAX_CHECKPOINTS_BYTES, decode_checkpoints
from registry.mirror.range_file import RegistryId
from registry.mirror.sources import Source
from registry.mirror.standing import MAX_STANDING_BYTES, Standing, read_standing
from registry.trust_data import Floor


@dataclass(frozen=True, slots=True)
class Offer:
    """A source, where it says it stands, and the statement that the trusted signers vouch for."""

    source: Source
    prefix: str
    standing: Standing
    checkpoints: tuple[Checkpoint, ...]

    @property
    def statement(self) -> Statement:
        """What the newest checkpoint states."""
        return self.checkpoints[-1].statement

    @property
    def registry(self) -> RegistryId:
        """The registry whose journal this is."""
        return self.standing.registry

    @property
    def rank(self) -> tuple[int, int]:
        """Of two offers the one of the higher rank is newer."""
        return self.statement.size, self.statement.at

    def fetch(self, path: str, most: int) -> bytes:
        """Return a file of this registry's tree; raises SourceError."""
        return self.source.fetch(self.prefix + path, most)


def read_offer(source: Source, anchor: TrustAnchor) -> Offer:
    """Return what the source offers of the trust anchor's registry.

    Raises SourceError where it does not answer, RefusedError where nobody vouches for it.
    """
    # 2. Where the source stands, and whose registry it is.
    prefix, standing = _standing(source, anchor)
    # 3. Who vouches, from the trust anchor's signers on.
    checkpoints = decode_checkpoints(source.fetch(prefix + CHECKPOINTS, MAX_CHECKPOINTS_BYTES))
    if not checkpoints:
        raise RefusedError("nobody vouches for it: it has no checkpoint", "unvouched")
    try:
        believe(checkpoints, anchor.signers, chain_id=anchor.chain_id, contract=anchor.contract)
    except TrustDataError as error:
        code = "foreign" if error.code == "trust.foreign" else "unvouched"
        raise RefusedError(f"its checkpoints are not believed: {error}", code) from error
    return Offer(source, prefix, standing, checkpoints)


def _standing(source: Source, anchor: TrustAnchor) -> tuple[str, Standing]:
    wanted = RegistryId(anchor.chain_id, anchor.contract)
    found = read_standing(source.fetch(STANDING, MAX_STANDING_BYTES))
    if found.registry == wanted:
        return "", found
    prefix = f"{REGISTRIES}/{wanted.folder}/"
    try:
        beside = read_standing(source.fetch(prefix + STANDING, MAX_STANDING_BYTES))
    except SourceError as error:
        raise _foreign(found.registry) from error
    if beside.registry != wanted:
        raise _foreign(beside.registry)
    return prefix, beside


def _foreign(found: RegistryId) -> RefusedError:
    return RefusedError(
        f"it mirrors contract 0x{found.contract.hex()} on chain {found.chain_id}, which is another "
        "registry than the trust anchor's",
        "foreign",
    )


def check_not_behind(offer: Offer, floor: Floor | None, held: Held) -> None:
    """4. Never back behind what this mirror has proven.

    Raises RefusedError (rollback, or fork where it is another journal).
    """
    if floor is None:
        return
    statement = offer.statement
    known = held.heads[statement.size] if statement.size < len(held.heads) else None
    if statement.size <= floor.size and known is not None and known != statement.head:
        raise RefusedError(
            f"signers vouch for another journal of {statement.size} entries than the one held "
            "here: one journal in two versions. Keep both and tell the registry",
            "fork",
        )
    if statement.size < floor.size or statement.at < floor.as_of:
        raise RefusedError(
            f"it is older than what is held: {statement.size} entries as of {statement.at}, and "
            f"here are {floor.size} as of {floor.as_of}",
            "rollback",
        )
