"""`sealroot verifier page`: the scan page as a folder that any web server can serve."""

from pathlib import Path
from typing import Annotated

import typer

from credential.display import shown
from registry.anchor_file import decode_trust_anchor, short_digest
from registry.cli_output import print_done
from verifier.options import read_policy
from verifier.page_config import PageConfig
from verifier.site import BUILT, make_site, read_built, write_site
from verifier.sources import read_anchor_file


def add_to(app: typer.Typer) -> None:
    """The app has the command `page`."""
    app.command("page")(page)


def page(
    *,
    out: Annotated[
        Path, typer.Option(help="The folder to write; an older page there is replaced.")
    ],
    trust_anchor: Annotated[
        Path, typer.Option(exists=True, dir_okay=False, help="The registry's trust anchor file.")
    ],
    source: Annotated[
        list[str],
        typer.Option(help="A bundle: a path beside the page, or https://…; the best one first."),
    ],
    official_url: Annotated[
        list[str] | None,
        typer.Option(help="Where the QR codes of genuine documents lead; repeat for each."),
    ] = None,
    policy: Annotated[
        str | None, typer.Option(help="`default`, `strict` or a TOML file (as `sealroot verify`).")
    ] = None,
    name_zh: Annotated[str, typer.Option(help="Whose page it is; else the anchor's name.")] = "",
    name_en: Annotated[str, typer.Option(help="The same in English.")] = "",
    built: Annotated[Path, typer.Option(help="The built site, from `make page`.")] = BUILT,
    kiosk: Annotated[
        bool, typer.Option("--kiosk", help="For a device that many people use.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Answer as JSON.")] = False,
) -> None:
    """Write the scan page for one registry: static files, for any web server, under any path.

    What the page trusts is the trust anchor. Its digest is told here: compare it, aloud, with the
    one that the registry gives out. The page shows it too.
    """
    anchor_file = read_anchor_file(trust_anchor)
    anchor = decode_trust_anchor(anchor_file)
    config = PageConfig(
        sources=tuple(source),
        official_urls=tuple(official_url or ()),
        policy=None if policy in {None, "default"} else read_policy(policy or ""),
        kiosk=kiosk,
        name_zh_hant=name_zh or anchor.name_zh_hant,
        name_en=name_en or anchor.name_en,
    )
    site = make_site(*read_built(built), config, anchor_file)
    write_site(site, out)
    digest = short_digest(anchor_file)
    names = f"{shown(anchor.name_zh_hant)} / {shown(anchor.name_en)}"
    print_done(
        f"The scan page is in {out} ({len(site)} files). It trusts one registry:\n\n"
        f"    {names}\n    {digest}\n\n"
        "Compare these letters with those the registry gives out, before anybody uses the page.\n"
        "Serve the folder over https, with the headers in docs/operations.md.",
        {"folder": str(out), "files": len(site), "registry": names, "trust_anchor": digest},
        as_json=as_json,
    )
