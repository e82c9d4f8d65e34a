"""How long a verdict takes: from QR text, in bulk, by signature, from a picture; and peers."""

from collections.abc import Callable
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

from benchmarks.measure import median_seconds, over, side_by_side
from benchmarks.peers import peer_works
from benchmarks.results import Measured
from benchmarks.world import NOW, URL, Key, Office, World, drivers, office_with
from credential.entry import decode_entry
from credential.qr_symbol import draw_png
from credential.qr_text import qr_decode, qr_encode
from credential.sealed import decode_sealed, sealed_root
from registry.trust_data import TrustData
from verifier.batch import verify_many
from verifier.documents import read_document
from verifier.examine import examine
from verifier.scan import read_picture
from verifier.verdict import Outcome
from verifier.verify import verify

KEYS: Final = (
    "verify_over_p256",
    "verify_over_claim169",
    "batch_verify_per_s",
    "signature_path_over_p256",
    "image_to_verdict_ms",
)
_BATCH: Final = 4_096
_DIFFERENT: Final = (
    512  # texts the loops go round, so that nothing remembered of one document can help
)
_TOGETHER: Final = 10_000
_SCALE: Final = 4  # pixels a module of the picture


def measure(*, quick: bool) -> Measured:
    """Return the keys about verdicts, with stages and peers in the details."""
    rounds = 5 if quick else 31
    anchored, signed = office_with(_BATCH), office_with(_BATCH, anchored=False)
    works = {
        "P-256": p256_work(),
        "verify": from_texts(anchored),
        "signature path": from_texts(signed),
        "image": from_pictures(anchored),
        **peer_works(drivers(World(), _DIFFERENT)),
    }
    times = side_by_side(works, rounds=rounds)
    stages = side_by_side(stage_works(anchored), rounds=rounds)
    bulk, bulk_from_texts = bulk_seconds(rounds=3 if quick else 7)
    p256 = times["P-256"]
    return Measured(
        {
            "verify_over_p256": times["verify"] / p256,
            "verify_over_claim169": times["verify"] / times["claim169"],
            "batch_verify_per_s": _TOGETHER / bulk,
            "signature_path_over_p256": times["signature path"] / p256,
            "image_to_verdict_ms": times["image"] * 1e3,
        },
        {
            "microseconds": _microseconds(times),
            "stages of one verdict, microseconds": _microseconds(stages),
            "over one P-256 verify": {
                name: round(value / p256, 3) for name, value in times.items()
            },
            "batch from QR texts, credentials per second": round(_TOGETHER / bulk_from_texts),
            "sealed bytes of one credential": len(anchored.sealed[0]),
            "batch size": _BATCH,
            "QR texts in the loop": _DIFFERENT,
        },
    )


def p256_work() -> Callable[[], object]:
    """Return one P-256 verification by `cryptography`, of a message as long as a receipt's."""
    key, message = Key(), bytes(96)
    algorithm = ec.ECDSA(SHA256())
    signature, public = key.private.sign(message, algorithm), key.private.public_key()
    return lambda: public.verify(signature, message, algorithm)


def from_texts(office: Office) -> Callable[[], object]:
    """Return one verdict from a QR text, all eight checks, the opened bundle at hand."""
    trust = office.trust()
    texts = [qr_encode(sealed, URL) for sealed in office.sealed[:_DIFFERENT]]
    for text in texts:
        require_valid(verify(qr_decode(text).sealed, trust, NOW).outcome)
    return over(lambda text: verify(qr_decode(text).sealed, trust, NOW), texts)


def from_pictures(office: Office) -> Callable[[], object]:
    """Return one verdict from the bytes of a clean PNG, by the steps the command takes."""
    trust = office.trust()
    texts = [qr_encode(sealed, URL) for sealed in office.sealed[:32]]
    pictures = [draw_png(text, _SCALE) for text in texts]

    def judge(picture: bytes) -> Outcome:
        reading = read_document(picture)
        return examine("", reading, lambda sealed: verify(sealed, trust, NOW), NOW).outcome

    for picture in pictures:
        require_valid(judge(picture))
    return over(judge, pictures)


def stage_works(office: Office) -> dict[str, Callable[[], object]]:
    """Return the parts of one verdict as works of their own."""
    trust = office.trust()
    texts = [qr_encode(sealed, URL) for sealed in office.sealed[:_DIFFERENT]]
    decoded = [decode_sealed(sealed) for sealed in office.sealed[:_DIFFERENT]]
    entries = [decode_entry(credential.entry) for credential in decoded]
    kind = trust.types[entries[0].type_no, entries[0].type_version]
    pictures = [draw_png(text, _SCALE) for text in texts[:32]]
    return {
        "QR text to bytes": over(qr_decode, texts),
        "sealed and receipt": over(decode_sealed, office.sealed[:_DIFFERENT]),
        "entry": over(decode_entry, [credential.entry for credential in decoded]),
        "form of the type": over(kind.check_fields, [entry.fields for entry in entries]),
        "leaf and path": over(sealed_root, decoded),
        "all of these and the eight checks": from_texts(office),
        "picture to text": over(read_picture, pictures),
    }


def bulk_seconds(*, rounds: int) -> tuple[float, float]:
    """Return the seconds for 10,000 credentials of one batch: from bytes, and from QR texts."""
    office = office_with(_TOGETHER, large=True)
    trust: TrustData = office.trust()
    texts = [qr_encode(sealed, URL) for sealed in office.sealed]
    for verdict in verify_many(office.sealed, trust, NOW):
        require_valid(verdict.outcome)
    from_bytes = median_seconds(lambda: verify_many(office.sealed, trust, NOW), rounds=rounds)
    from_qr = median_seconds(
        lambda: verify_many((qr_decode(text).sealed for text in texts), trust, NOW), rounds=rounds
    )
    return from_bytes, from_qr


def require_valid(outcome: Outcome) -> None:
    """Nothing happens for VALID: a quick refusal is not what is to be measured."""
    if outcome is not Outcome.VALID:
        raise AssertionError(f"the measured credential is {outcome}, so its time says nothing")


def _microseconds(seconds: dict[str, float]) -> dict[str, float]:
    return {name: round(value * 1e6, 2) for name, value in seconds.items()}
