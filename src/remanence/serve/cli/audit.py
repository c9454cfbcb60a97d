"""The command `remanence audit`: numbers about somebody else's memory before it moves in."""

from __future__ import annotations

from collections import defaultdict
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from remanence.serve.cli import say
from remanence.serve.cli.app import secrets_option


@click.command("audit")
@click.argument("sources", nargs=-1, required=True, type=click.Path(exists=True))
@click.option("--format", "format_name", default=None, help="Name the format instead of recognising it.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
@secrets_option
def audit_command(sources: tuple[str, ...], format_name: str | None, as_json: bool, secrets: str) -> None:
    """Count what a memory holds before it moves in: duplicates, contradictions, junk, secrets, age, languages.

    Reads an export of mem0 or its own files, the file of the MCP memory server, a ChatGPT or Claude export, a folder
    of Markdown, or any format of `remanence import`; `remanence import --audited` then does just what is told here.

    \b
    remanence audit mem0.json
    remanence audit ~/notes --json
    remanence import mem0.json --audited --space my.db
    """
    told: list[dict[str, Any]] = []
    for source in sources:
        progress = say.Progress(f"audit {Path(source).name}")
        one = import_module("remanence.serve.auditing").told(source, format_name, secrets, progress)
        progress.close()
        told.append(one)
        if not as_json:
            _shown(one)
    if as_json:
        say.document({"audited": told})


def _shown(one: dict[str, Any]) -> None:
    total = one["records"]
    dates = f", {one['first'][:10]} to {one['last'][:10]}" if one["first"] else ", without dates"
    kinds = ", ".join(f"{count:,} {kind}" for kind, count in one["kinds"].items())
    records = f"{total:,} record{'s' * (total != 1)}"
    say.out(
        f"{one['source']}: {one['format']}, {records} ({kinds}){dates}" if total else f"{one['source']}: no records"
    )
    for name in ("kept", "superseded", "refused"):
        say.out(f"  {name:<11}{one[name]:>8,}  {_share(one[name], total)}")
        for why, count in one["reasons"].items() if name == "refused" else ():
            say.out(f"    {why:<17}{count:>8,}  {_first(one['examples'].get(why))}")
        if name == "superseded" and one["superseded"]:
            say.out(f"    {_first(one['examples']['superseded'])}")
    aside = one["side_by_side"]
    say.out(
        f"  contradictions {one['contradictions']:,}" + (f", of which {aside:,} stay side by side" if aside else "")
    )
    if aside:
        say.out(f"    {_first(one['examples']['contradictions'])}")
    for name in ("secrets", "languages", "ages"):
        line = ", ".join(f"{what} {count:,}" for what, count in one[name].items() if count)
        say.out(f"  {name:<14} {line or 'none'}")
    where: dict[str, list[str]] = defaultdict(list)
    for bad in one["skipped"]:
        where[bad["reason"]].append(f"{bad['file']}, line {bad['line']}" if bad["line"] else bad["file"])
    for why, places in where.items():
        more = f" and {len(places) - 1:,} more" if len(places) > 1 else ""
        say.note(f"skipped {len(places):,}: {why} ({places[0]}{more})")


def _share(part: int, total: int) -> str:
    return f"{100 * part / total:.0f} %" if total else ""


def _first(examples: list[str] | None) -> str:
    return f"such as: {examples[0]}" if examples else ""
