"""What the errors of the pure core mean to whoever typed a command, and the usual way out."""

from typing import Final

from credential.errors import FormatError, KeyFormatError, ProofError, SealrootError
from registry.errors import (
    ChainError,
    CheckpointError,
    ForeignRegistryError,
    JournalError,
    RollbackError,
    TrustAnchorError,
    TrustDataError,
    TrustStateError,
)
from verifier.errors import PageError

_WORDS: Final[tuple[tuple[type[BaseException], str, str], ...]] = (
    (
        ForeignRegistryError,
        "It says nothing about the documents of this registry.",
        "Get the trust data of the right registry, or name the right trust anchor.",
    ),
    (
        RollbackError,
        "Someone may be showing you an old or another state; nothing was accepted from it.",
        "Get the newest bundle from another source and compare.",
    ),
    (
        CheckpointError,
        "Nobody you trust vouches for this state of the journal.",
        "Let more signers sign it, or get a bundle with a valid checkpoint.",
    ),
    (
        TrustDataError,
        "No verdict can rest on this trust data.",
        "Get the file again, from another source where you can.",
    ),
    (
        TrustAnchorError,
        "Without a trust anchor nobody can tell whose registry it is.",
        "Get the trust anchor again and compare its short digest.",
    ),
    (
        TrustStateError,
        "The journal does not hold what this needs yet.",
        "See what is there with `sealroot registry show`.",
    ),
    (
        JournalError,
        "A journal that breaks a rule proves nothing; nothing was changed.",
        "Correct the value that is named, or take another copy of the journal.",
    ),
    (
        ChainError,
        "Nothing was lost; what waits for the chain keeps waiting.",
        "Run the same command again; it looks at the chain before it sends.",
    ),
    (
        PageError,
        "No page was written and nothing is served; what was there is as before.",
        "Put right what is named and run the same command again.",
    ),
    (
        KeyFormatError,
        "Nothing was registered or verified with this key.",
        "Make a new key with `sealroot registry key new`.",
    ),
    (
        FormatError,
        "The file or text is not what it claims to be; nothing was done with it.",
        "Get it again; where it was made here, correct what is named.",
    ),
    (ProofError, "What it should prove is not proven.", "Verify the document itself."),
    (
        OSError,
        "The file system or network refused; what was finished before stays finished.",
        "Check the path, the permissions and the free space, and run the command again.",
    ),
)


def words_for(error: SealrootError | OSError) -> tuple[str, str]:
    """Return what such an error means and what to do, the most special class first."""
    for error_class, means, way_out in _WORDS:
        if isinstance(error, error_class):
            return means, way_out
    return (
        "The command did not finish; nothing was left half done.",
        "Correct what is named and run it again.",
    )
