"""Whose registry a verdict speaks about, for people and programs: home, or a recognised one."""

from typing import NamedTuple

from credential.display import shown
from credential.entry import Entry
from registry.anchor_file import TrustAnchor
from registry.trust_data import Guest, TrustData
from verifier.verdict import Verdict
from verifier.words import Language, phrase


class Names(NamedTuple):
    """The names of a registry as whoever recognises or trusts it wrote them; not yet made safe."""

    zh_hant: str
    en: str


def data_of(verdict: Verdict, home: TrustData | None) -> TrustData | None:
    """Return the trust data that the verdict was given by."""
    return home if verdict.guest is None else verdict.guest.trust


def names_of(verdict: Verdict, anchor: TrustAnchor | None) -> Names | None:
    """Return the names of the registry, or None for home without a trust anchor."""
    if verdict.guest is not None:
        contents = verdict.guest.recognition.contents
        return None if contents is None else Names(contents.name_zh_hant, contents.name_en)
    return None if anchor is None else Names(anchor.name_zh_hant, anchor.name_en)


def registry_text(verdict: Verdict, anchor: TrustAnchor | None, language: Language) -> str:
    """Return the registry in words: its names, and whether it is another one than ours."""
    names = names_of(verdict, anchor)
    told = "" if names is None else f"{shown(names.zh_hant)} / {shown(names.en)}"
    if verdict.guest is None:
        return told or phrase("label", "registry_home", language)
    return phrase("label", "registry_guest", language).format(told, verdict.guest.number)


def guests_told(verdicts: list[Verdict]) -> list[Guest]:
    """Return the recognised registries that these verdicts speak about, each once."""
    found = {
        verdict.guest.number: verdict.guest for verdict in verdicts if verdict.guest is not None
    }
    return [*found.values()]


def has_namesake(entry: Entry, verdict: Verdict, home: TrustData | None) -> bool:
    """True where home has an agency of the same code, which is another one."""
    known = home is not None and home.state.agency(entry.iss) is not None
    return verdict.guest is not None and known
