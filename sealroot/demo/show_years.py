"""The command `sealroot demo thirteen-years`: the clock moves, and every verdict is shown."""

import json
import tempfile
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from credential.keys import ALG_ES256, ALG_MLDSA44
from registry.cli_proposal import Lang, language_of
from registry.key_files import InsecureKeyFile
from registry.told import Language
from sealroot.demo.realm import make_key
from sealroot.demo.thirteen_years import LongKeys, Row, thirteen_years

_TITLE = {"zh-Hant": "十三年：2026 到 2039", "en": "Thirteen years: 2026 to 2039"}
_HEADS = {
    "zh-Hant": ("日期", "查驗的對象", "結果", "理由"),
    "en": ("day", "what is checked", "verdict", "reason"),
}


def show_thirteen_years(
    lang: Lang = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")] = False,
) -> None:
    """Move the clock through thirteen years: what still verifies once an algorithm has stopped.

    In memory, with keys made for it; docs/thirteen-years.md tells the story.
    """
    with tempfile.TemporaryDirectory() as folder:
        rows = thirteen_years(_new_keys(Path(folder)))
    if as_json:
        typer.echo(json.dumps([_members(row) for row in rows], ensure_ascii=False, indent=1))
        return
    Console(width=None if Console().is_terminal else 160).print(_table(rows, language_of(lang)))


def _new_keys(folder: Path) -> LongKeys:
    def key(name: str, alg: int = ALG_MLDSA44) -> InsecureKeyFile:
        return make_key(folder / f"{name}.key", alg)

    return LongKeys(
        key("batch-es256", ALG_ES256),
        key("batch-ml-dsa-44"),
        (key("es256-1", ALG_ES256), key("es256-2", ALG_ES256)),
        (key("ml-dsa-44-1"), key("ml-dsa-44-2")),
        (key("later-1"), key("later-2"), key("later-3")),
    )


def _table(rows: list[Row], language: Language) -> Table:
    table = Table(title=_TITLE[language], title_justify="left", header_style="bold")
    for head in _HEADS[language]:
        table.add_column(head, overflow="fold")
    for row in rows:
        reason = f"{row.reason}\n{row.note}" if row.note else row.reason
        table.add_row(row.day, row.what.in_language(language), row.outcome, reason)
    return table


def _members(row: Row) -> dict[str, object]:
    return {**row._asdict(), "what": row.what.as_members()}
