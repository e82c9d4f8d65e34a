"""The errors of the pure core, so that a caller can catch exactly what went wrong and nothing else.

    SealrootError
    ├── FormatError                 not of the format it claims; has a stable `code`
    │   ├── TextError               form.text           not `<url>#<digits>`
    │   ├── LimitError              form.too_large      over a limit of bytes, nesting, elements
    │   ├── EncodingError           form.encoding       not deterministic CBOR
    │   ├── StructureError          form.structure      CBOR, but of another shape
    │   └── TypeMismatchError       form.type_mismatch  a field against its type document
    ├── ProofError                  a proof does not hold
    │   ├── PathError               index, size or path length impossible
    │   ├── RootMismatchError       the proof gives another root than the expected one
    │   └── SignatureError          anything about a signature
    │       └── SignatureInvalidError   it does not verify
    └── KeyFormatError              not a COSE_Key of a permitted shape, or no safe public key

Every package adds its own classes below `SealrootError` in its own `errors.py`. The codes of
docs/formats/verdict.md are stable; never branch on a message.
"""

from typing import ClassVar


class SealrootError(Exception):
    """The root of every error this product raises on purpose."""


class FormatError(SealrootError):
    """Bytes or text are not of the format they claim to be; `code` says which rule failed."""

    code: ClassVar[str] = "form.structure"


class TextError(FormatError):
    """A QR text is not `<url>#<digits>`."""

    code = "form.text"


class LimitError(FormatError):
    """Input is over a limit of bytes, nesting or elements; nothing behind the limit was parsed."""

    code = "form.too_large"


class EncodingError(FormatError):
    """Input is not deterministic CBOR (RFC 8949 §4.2.1) of the permitted items."""

    code = "form.encoding"


class StructureError(FormatError):
    """Input is well-formed CBOR, but not of the shape its format page describes."""

    code = "form.structure"


class TypeMismatchError(FormatError):
    """A field of an entry does not have the form its type document gives."""

    code = "form.type_mismatch"


class ProofError(SealrootError):
    """A proof does not hold."""


class PathError(ProofError):
    """Index, size and path length cannot belong together (RFC 9162 §2.1.3.2, §2.1.4.2)."""


class RootMismatchError(ProofError):
    """A proof of possible shape gives another root than the expected one."""


class SignatureError(ProofError):
    """Something about a signature is wrong."""


class SignatureInvalidError(SignatureError):
    """A signature does not verify over the message with this key."""


class KeyFormatError(SealrootError):
    """Bytes are not a COSE_Key of a permitted shape, or hold no safe public key."""
