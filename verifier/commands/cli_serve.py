"""`sealroot verifier serve`: the scan page and the API together, on one address."""

import os
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import replace
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import Annotated

import typer

from registry.anchor_file import decode_trust_anchor, short_digest
from registry.cli_output import print_done
from registry.key_uris import is_in_module
from registry.plain_words import explained
from verifier.commands.serve_words import Started, started_facts, started_text
from verifier.errors import UsageError
from verifier.options import read_policy
from verifier.page_config import PageConfig
from verifier.policy import Policy
from verifier.receipt_keys import receipt_signer
from verifier.service.refresh_plan import RefreshPlan
from verifier.service.refresh_process import refreshing
from verifier.site import BUILT, Site, make_site, read_built
from verifier.sources import read_anchor_file

_ONLY_SIGNED = 2
_OPEN_PER_SECOND, _OPEN_PER_DAY = 5, 5_000


def add_to(app: typer.Typer) -> None:
    """The app has the command `serve`."""
    app.command("serve")(serve)


def serve(
    *,
    trust_anchor: Annotated[
        Path, typer.Option(exists=True, dir_okay=False, help="Where trust begins.")
    ],
    bundle: Annotated[
        Path | None, typer.Option(help="A trust bundle; read again whenever it is renewed.")
    ] = None,
    source: Annotated[
        list[str] | None,
        typer.Option(help="A mirror's URL or folder, asked in the order given; repeat."),
    ] = None,
    rpc: Annotated[
        str | None, typer.Option(help="A node that you trust: asked when all others fail.")
    ] = None,
    lite: Annotated[
        bool, typer.Option("--lite/--full", help="Which bundle to fetch from mirrors.")
    ] = False,
    every: Annotated[
        float, typer.Option(min=5, help="Seconds between two looks at the mirrors.")
    ] = 300.0,
    store: Annotated[
        Path | None,
        typer.Option(help="Keeps the last good bundle and what was seen; one for each service."),
    ] = None,
    policy: Annotated[
        str, typer.Option(help="`default`, `strict` or a TOML file (as `sealroot verify`).")
    ] = "default",
    host: Annotated[str, typer.Option(help="The address to listen at.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 picks a free one.")] = 8080,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Worker processes.")] = 1,
    keys: Annotated[
        Path | None, typer.Option(help="API keys (`sealroot verifier key add`).")
    ] = None,
    open_to_all: Annotated[
        bool, typer.Option("--open", help="Answer requests without a key too.")
    ] = False,
    open_per_second: Annotated[
        int | None,
        typer.Option(min=1, help="Documents a second for each address without a key."),
    ] = None,
    open_per_day: Annotated[
        int | None, typer.Option(min=1, help="Documents a day for each address without a key.")
    ] = None,
    proxy: Annotated[
        list[str] | None,
        typer.Option(help="Network your proxies connect from, such as 10.0.0.0/8; repeat."),
    ] = None,
    certificate_header: Annotated[
        str, typer.Option(help="Header in which they name a client certificate they checked.")
    ] = "",
    receipt_key: Annotated[
        str | None,
        typer.Option(help="Signs receipts: a file (`verifier receipt new-key`) or pkcs11: URI."),
    ] = None,
    older_receipt_keys: Annotated[
        Path | None, typer.Option(help="Key set of keys that signed receipts before.")
    ] = None,
    official_url: Annotated[
        list[str] | None,
        typer.Option(help="Where the QR codes of genuine documents lead; repeat for each."),
    ] = None,
    kiosk: Annotated[
        bool, typer.Option("--kiosk", help="The page is for a device that many people use.")
    ] = False,
    built: Annotated[
        Path, typer.Option(help="The built page (`make page`); without one the API runs alone.")
    ] = BUILT,
    log_requests: Annotated[
        bool, typer.Option("--log/--no-log", help="A line for each request, without its content.")
    ] = True,
    log_addresses: Annotated[
        bool, typer.Option("--log-addresses", help="Write who asked into the log.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Tell the start as JSON.")] = False,
) -> None:
    r"""Serve the scan page and the API; trust data are kept fresh meanwhile.

    \b
    sealroot verifier serve --bundle bundle.srb --trust-anchor trust-anchor.cbor
    sealroot verifier serve --source https://mirror.example.gov.tw/ --trust-anchor trust-anchor.cbor
    """
    _require_guarded(host, keys, open_to_all=open_to_all)
    anchor_file = read_anchor_file(trust_anchor)
    anchor = decode_trust_anchor(anchor_file)
    judged_by = _policy(policy, rpc)
    plan = RefreshPlan(
        folder=store or default_store(anchor_file),
        trust_anchor=trust_anchor.resolve(),
        bundle=None if bundle is None else bundle.resolve(),
        mirrors=tuple(source or ()),
        rpc=rpc,
        kind="lite" if lite else "full",
        every_seconds=every,
        old_after_seconds=min(judged_by.max_trust_age, judged_by.max_status_age) // 2,
    )
    config = PageConfig(
        sources=("../bundle",),
        official_urls=tuple(official_url or ()),
        policy=None if policy == "default" else judged_by,
        kiosk=kiosk,
        name_zh_hant=anchor.name_zh_hant,
        name_en=anchor.name_en,
    )
    site = _site(built, config, anchor_file)
    kid = _receipt_kid(receipt_key)
    with ExitStack() as opened:
        if workers > 1:
            # Before prometheus_client is imported: it asks once, when it is.
            counted = opened.enter_context(tempfile.TemporaryDirectory(prefix="sealroot-metrics-"))
            os.environ["PROMETHEUS_MULTIPROC_DIR"] = counted
        from registry.mirror.server import listening  # noqa: PLC0415  (the web framework is slow)
        from verifier.service.buckets import Allowance  # noqa: PLC0415  (likewise)
        from verifier.service.proxies import Proxies  # noqa: PLC0415  (likewise)
        from verifier.service.server import serve as run  # noqa: PLC0415  (likewise)
        from verifier.service.worker import WorkerSettings, make_worker  # noqa: PLC0415  (likewise)

        settings = WorkerSettings(
            folder=plan.folder,
            anchor=anchor,
            policy=judged_by,
            site=site,
            keys=keys,
            strangers=None
            if (limit := _strangers(keys, open_per_second, open_per_day, open_to_all)) is None
            else Allowance(*limit),
            proxies=Proxies(_networks(proxy or []), certificate_header),
            receipt_key=receipt_key,
            older_receipt_keys=older_receipt_keys,
            are_several=workers > 1,
            logs_requests=log_requests,
            logs_addresses=log_addresses,
        )
        listener = opened.enter_context(listening(host, port))
        standing = opened.enter_context(refreshing(plan))
        started = Started(
            host,
            listener.getsockname()[1],
            site is not None,
            (anchor.name_zh_hant, anchor.name_en),
            short_digest(anchor_file),
            standing,
            plan.folder,
            workers,
            kid,
            is_open=keys is None or open_to_all,
        )
        print_done(started_text(started), started_facts(started), as_json=as_json)
        sys.stdout.flush()
        run(lambda: make_worker(settings), listener, workers, _bury if workers > 1 else None)


def _bury(worker: int) -> None:
    """What a worker that ended had under way counts no more (its totals do)."""
    from prometheus_client.multiprocess import mark_process_dead  # noqa: PLC0415  (rarely needed)

    mark_process_dead(worker)  # type: ignore[no-untyped-call]  # it has no types


def default_store(anchor_file: bytes) -> Path:
    """Return where a service of this trust anchor keeps its data if nobody says otherwise."""
    told = os.environ.get("XDG_STATE_HOME", "")
    state = Path(told) if told.startswith("/") else Path.home() / ".local" / "state"
    return state / "sealroot" / "verifier" / short_digest(anchor_file)


def _require_guarded(host: str, keys: Path | None, *, open_to_all: bool) -> None:
    """Refuse to answer a whole network without keys, unless somebody said so."""
    if keys is not None or open_to_all or _is_loopback(host):
        return
    raise explained(
        UsageError(f"the service would answer everybody who reaches {host}, without a key"),
        means="Nothing was started.",
        way_out="Make keys (`sealroot verifier key add`) and name them with --keys, say --open if "
        "everybody may use it, or listen at 127.0.0.1 behind a proxy.",
    )


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _policy(name: str, rpc: str | None) -> Policy:
    """Return the policy; what anybody could have written is not enough, except a node's word."""
    policy = read_policy(name)
    if rpc is not None:
        return policy  # whoever runs the service trusts that node; files and mirrors must be signed
    return replace(policy, min_evidence=max(policy.min_evidence, _ONLY_SIGNED))


def _strangers(
    keys: Path | None,
    per_second: int | None,
    per_day: int | None,
    open_to_all: bool,  # noqa: FBT001  (an option)
) -> tuple[int, int] | None:
    """Return what each address may ask without a key; None for no limit, or for nothing."""
    if keys is not None and not open_to_all:
        return None
    if keys is None and per_second is None and per_day is None:
        return None
    return per_second or _OPEN_PER_SECOND, per_day or _OPEN_PER_DAY


def _networks(told: list[str]) -> tuple[IPv4Network | IPv6Network, ...]:
    try:
        return tuple(ip_network(network) for network in told)
    except ValueError as error:
        raise explained(
            UsageError(f"--proxy names no network: {error}"),
            means="Nothing was started.",
            way_out="Write it like 10.0.0.0/8 or 127.0.0.1/32.",
        ) from None


def _site(built: Path, config: PageConfig, anchor_file: bytes) -> Site | None:
    """Return the page; None where it was not built."""
    if not (built / "site.json").exists():
        return None
    return make_site(*read_built(built), config, anchor_file)


def _receipt_kid(name: str | None) -> str | None:
    """Return whose signature receipts will carry; a bad key ends the start here, in words."""
    if name is None:
        return None
    if is_in_module(name):  # opened in each worker alone: a session does not outlive a fork
        return "the key in the hardware module"
    return receipt_signer(name).kid.hex()
