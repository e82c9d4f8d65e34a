"""What a credential is: entries, trees, receipts, QR text and status lists, as pure functions.

The functions named here are the stable door for callers outside the product. They take and return
plain bytes, integers and text, and raise when something does not hold; none of them answers with a
truth value that could be ignored.

    inclusion_root(leaf_hash, leaf_index, tree_size, path) -> root       RFC 9162 §2.1.3.2
    verify_inclusion(leaf_hash, leaf_index, tree_size, path, root)       RFC 9162 §2.1.3.2
    verify_consistency(size1, size2, path, root1, root2)                 RFC 9162 §2.1.4.2
    decode_sealed(sealed) -> Sealed(entry, receipt)                      docs/formats/sealed.md
    qr_encode(sealed, url="") -> text                                    docs/formats/qr-text.md
    qr_decode(text) -> QrText(sealed, url)                               docs/formats/qr-text.md
    status_of(bits, index, bits_per_slot=2) -> value                     Token Status List, least
    significant bit first verify_sign1(message, key, *, payload=None, external_aad=b"") -> payload
    RFC 9052 §4.4

`leaf_hash`, `root` and the nodes of a path are 32 bytes each; `key` is a COSE_Key as bytes.
Everything raised is a `credential.errors.SealrootError`.
"""

from credential.merkle import inclusion_root, verify_consistency, verify_inclusion
from credential.qr_text import qr_decode, qr_encode
from credential.sealed import decode_sealed
from credential.sign1 import verify_sign1
from credential.status import status_of

__all__ = [
    "decode_sealed",
    "inclusion_root",
    "qr_decode",
    "qr_encode",
    "status_of",
    "verify_consistency",
    "verify_inclusion",
    "verify_sign1",
]
