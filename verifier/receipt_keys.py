"""The key a service signs receipts with: in a hardware module, or in a plain file (0600)."""

from pathlib import Path

from credential.ids import Kid
from credential.keys import ALG_ES256
from credential.signer import Signer
from registry.cli_modules import module_key, new_module_key
from registry.key_files import InsecureKeyFile, make_insecure_key
from registry.key_uris import is_in_module
from verifier.errors import ReceiptFormatError
from verifier.receipt import RECEIPT_ALGORITHMS


def receipt_signer(name: str) -> Signer:
    """Return the signer of a key file or `pkcs11:` URI; warns of a key in a plain file.

    Raises KeyFileError where it cannot be used, ReceiptFormatError for a key of another algorithm.
    """
    signer: Signer = module_key(name) if is_in_module(name) else InsecureKeyFile(Path(name))
    if signer.alg not in RECEIPT_ALGORITHMS:
        raise ReceiptFormatError(f"{name} is no key of ES256 or ML-DSA-44, as receipts need")
    return signer


def new_receipt_key(name: str) -> Kid:
    """A new key is there, and its kid is returned. Raises KeyFileError where one is there."""
    if is_in_module(name):
        return new_module_key(name).kid
    return make_insecure_key(Path(name), ALG_ES256)
