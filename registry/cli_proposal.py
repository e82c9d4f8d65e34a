"""How the council's commands show a proposal, and how a person says that they have read it."""

import sys
from typing import Annotated

import typer

from registry.chain_protocol import ChainAccount
from registry.cli_output import print_facts
from registry.explained_proposal import Explained, explained_proposal
from registry.home import RegistrySettings
from registry.look_at_proposal import is_pending, look_at
from registry.open_registry import OpenRegistry
from registry.plain_words import explained
from registry.proposal_code import is_same_code, registry_code
from registry.rim_errors import CouncilError
from registry.seen import Seen
from registry.settings import language_setting
from registry.told import LANGUAGES, Language, Told, phrase, same


def _language(text: str | None) -> str:
    if text is None:
        return "zh-Hant" if language_setting().lower().startswith("zh") else "en"
    if text not in LANGUAGES:
        raise typer.BadParameter(f"{text!r} is none of {', '.join(LANGUAGES)}")
    return text


Lang = Annotated[
    str | None,
    typer.Option("--lang", help="zh-Hant or en; default from LANG.", callback=_language),
]
Read = Annotated[
    str | None,
    typer.Option("--read", metavar="CODE", help="The short code, as another member read it out."),
]


def language_of(lang: str | None) -> Language:
    """Return the language that `Lang` has settled."""
    return "zh-Hant" if lang == "zh-Hant" else "en"


def explained_of(registry: OpenRegistry, number: int) -> tuple[Seen, Explained]:
    """Return a proposal as it is seen on the chain now, and in words."""
    seen, call = look_at(registry, number)
    return seen, explained_proposal(seen, call, name_of(registry.home.settings()))


def name_of(settings: RegistrySettings) -> Told:
    """Return the registry's name, harmless to show."""
    return Told(same(settings.name_zh_hant).zh_hant, same(settings.name_en).en)


def code_of_contracts(settings: RegistrySettings) -> str:
    """Return the code that members compare to know that they govern the same registry."""
    addresses = (settings.registry, settings.council, settings.manager)
    return registry_code(settings.chain_id, *(bytes.fromhex(one[2:]) for one in addresses))


def approve_what_is_read(
    registry: OpenRegistry,
    number: int,
    approver: ChainAccount,
    read: str | None,
    language: Language,
    *,
    as_json: bool,
) -> None:
    """The proposal was shown in words, its code was given, and this member's approval counts.

    Raises `CouncilError` for another code, or a node that tells another proposal by then.
    """
    seen, told = explained_of(registry, number)
    if not as_json:
        print_proposal(told, language, as_json=False)
    if not is_pending(seen):
        raise _over(seen)
    require_read(told, read, language)
    now = registry.council().proposal(number)
    if (now.target, now.call.hex()) != (seen.target, seen.call):
        raise other_code(f"proposal {number} is another one than a moment ago")
    # The council itself refuses where it holds another call than this, which was read.
    registry.council().approve(now, approver)


def print_proposal(told: Explained, language: Language, *, as_json: bool) -> None:
    """The whole proposal is printed in words."""
    if as_json:
        print_facts("", told.as_members(), as_json=True)
        return
    typer.echo("\n".join(proposal_page(told, language)))


def proposal_page(told: Explained, language: Language) -> list[str]:
    """Return the lines a member reads."""
    alerts = [f"! {alert.told.in_language(language)}" for alert in told.alerts]
    sections = [
        ("what", [one.in_language(language) for one in told.what]),
        ("when", [one.in_language(language) for one in told.when]),
        ("who", [one.in_language(language) for one in told.who]),
        ("stays", [one.in_language(language) for one in told.stays]),
        ("alerts", alerts or [phrase("label.nothing").in_language(language)]),
        ("details", [f"{name}: {value.in_language(language)}" for name, value in told.details]),
        ("as_of", [told.as_of.in_language(language)]),
        ("code", [told.code]),
    ]
    lines = [told.title.in_language(language)]
    for label, texts in sections:
        lines += ["", phrase(f"label.{label}").in_language(language)]
        lines += [f"  {text}" for text in texts]
    return lines


def require_read(told: Explained, read: str | None, language: Language) -> None:
    """The person has given the proposal's short code.

    Raises `CouncilError` where it is another one, or where nobody is there to give it.
    """
    typed = read if read is not None else _asked(language)
    if not is_same_code(typed, told.code):
        raise other_code("the code given is not that of the proposal that is shown here")


def other_code(what: str) -> CouncilError:
    """Return the error for a proposal that is not the one somebody read."""
    return explained(
        CouncilError(what),
        means="Nothing was approved or sent. Either a letter was mistaken, or the node of one of "
        "you shows another proposal than the chain holds.",
        way_out="Read the code to each other again, letter by letter. Where it still differs, "
        "approve nothing, and look through another node (registry.json, rpc_urls).",
    )


def _asked(language: Language) -> str:
    if not sys.stdin.isatty():
        raise explained(
            CouncilError("nobody is at a terminal to say that they have read the proposal"),
            means="Nothing was approved.",
            way_out="Read `sealroot registry council show`, and give its short code with --read.",
        )
    return str(typer.prompt(phrase("ask.code").in_language(language), err=True))


def _over(seen: Seen) -> CouncilError:
    return explained(
        CouncilError(f"proposal {seen.number} is {seen.state} and can no longer be decided"),
        means="Nothing was approved.",
        way_out="See the latest proposals with `sealroot registry council show`.",
    )
