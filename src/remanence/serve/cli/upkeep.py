"""Commands that look after a space: import, export, doctor, backup, reembed, replay."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from io import TextIOWrapper
from pathlib import Path
from typing import Any, TextIO

import click

from remanence.serve import whole_file
from remanence.serve.cli import say
from remanence.serve.cli.app import PROBLEMS, Opening, secrets_option, space_option
from remanence.types import TRUST


@click.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True))
@click.option("--format", default=None, help="Name the format instead of recognising it.")
@click.option("--only", default=None, help="One conversation or instance of a larger file.")
@click.option("--skip-bad", is_flag=True, help="Take what can be read; each skipped record is reported.")
@click.option("--session", default=None, help="Put everything into this session.")
@click.option(
    "--audited", is_flag=True, help="Leave out what `remanence audit` refuses or skips; end what is superseded."
)
@secrets_option
@space_option
def import_command(
    files: tuple[str, ...],
    audited: bool,
    session: str | None,
    secrets: str,
    as_json: bool,
    opened: Opening,
    **wanted: Any,
) -> None:
    """Keep a history: messages, chat exports, documents, or another space's export.

    The whole file is checked first; nothing of a bad file is kept. What was committed stays on Ctrl-C, and the
    next run goes on where it stopped.

    \b
    remanence import locomo10.json --space my.db
    remanence import notes.md chat.jsonl --skip-bad --space my.db
    remanence import mem0.json --audited --space my.db
    """
    wanted = {name: value for name, value in wanted.items() if name != "only" or value}
    wanted["skip_bad"] = wanted["skip_bad"] or audited
    told = [
        _import_export(file, opened)
        if _is_export(file)
        else _import_history(file, opened, {"session": session, "secrets": secrets}, wanted, audited=audited)
        for file in files
    ]
    if as_json:
        say.document({"imported": told})
        return
    for one in told:
        extra = "".join(
            f", {one[name]} {name}" for name in ("known", "updated", "superseded", "mended") if one.get(name)
        )
        say.out(f"{one['file']}: {one['kept']:,} kept as {one['format']}{extra}")
        for line in one.get("skipped", ()):
            say.note(f"skipped {line}")
        if one.get("left_out"):
            say.note("left out: " + ", ".join(f"{count:,} {why}" for why, count in one["left_out"].items()))
        for line in (*one.get("refused", ()), *one.get("notes", ())):
            say.note(line)


def _import_history(
    file: str, opened: Opening, how: dict[str, Any], wanted: dict[str, Any], *, audited: bool
) -> dict[str, Any]:
    """One file of messages: checked whole, then kept; what was left out is told."""
    from remanence.ingest.read import read, validate

    skipped: list[str] = []
    counted = validate(file, on_skip=lambda one: skipped.append(f"line {one.line}: {one.reason}"), **wanted)
    progress = say.Progress(f"import {Path(file).name}")
    messages = read(file, **wanted | {"format": wanted["format"] or counted.format})
    ended: dict[str, Any] = {}

    def on_progress(done: int, _: int | None) -> None:
        progress(done, counted.total)

    with opened.memory(new=True, **how) as memory:
        if audited:
            auditing = import_module("remanence.serve.auditing")
            receipt, ended = auditing.imported(memory, messages, how["secrets"], on_progress)
        else:
            receipt = memory.remember(messages, on_progress=on_progress)
    progress.close()
    return {
        "file": file,
        "format": counted.format,
        "messages": counted.total,
        "kept": receipt.put,
        "known": receipt.duplicates,
        "updated": receipt.updated,
        "skipped": skipped,
        "mended": counted.mended,
        "commit": receipt.commit,
        "degraded": list(receipt.degraded),
        "refused": list(receipt.refused),
        "notes": list(receipt.notes),
        **ended,
    }


def _is_export(file: str) -> bool:
    path = Path(file)
    if not path.is_file() or path.suffix not in (".jsonl", ".json"):
        return False
    with path.open("rb") as lines:
        return lines.readline(64).startswith(b'{"remanence":')


def _import_export(file: str, opened: Opening) -> dict[str, Any]:
    from remanence.store.upkeep import import_

    progress = say.Progress(f"import {Path(file).name}")
    with opened.memory(new=True) as memory, Path(file).open(encoding="utf-8") as lines:
        told = import_(
            memory.store,
            iter(lines),
            memory.embedder,
            scope=memory.scope,
            trust=TRUST["import"],
            on_progress=progress,
        )
        commit = memory.store.commit
    progress.close()
    notes = [f"{told['differ']:,} known here say something else in this file; they stay as they are here"]
    return {"file": file, "format": "remanence", "messages": told["items"] + told["known"], "kept": told["items"],
            "known": told["known"], "links": told["links"], "commit": commit,
            "notes": notes if told["differ"] else []}  # fmt: skip


@contextmanager
def _written(target: str) -> Iterator[TextIO]:
    """Standard output, a device or pipe, or a file that is there whole when the block ends, or as it was."""
    path = Path(target).resolve()
    if target == "-":
        yield sys.stdout
    elif path.exists() and not path.is_file():
        with path.open("w", encoding="utf-8") as out:
            yield out
    else:
        mode = path.stat().st_mode & 0o777 if path.exists() else 0o600
        with whole_file.written(path, mode) as stream:
            text = TextIOWrapper(stream, "utf-8", write_through=True)
            yield text
            text.detach()


@click.command("export")
@click.argument("target", type=click.Path(dir_okay=False), default="-")
@space_option
def export_command(target: str, as_json: bool, opened: Opening) -> None:
    """Write the user's items as JSON lines, all versions, to a file or standard output.

    \b
    remanence export memory.jsonl --space my.db
    remanence import memory.jsonl --space copy.db
    """
    from remanence.store.upkeep import export

    with opened.memory() as memory, _written(target) as out:
        told = export(memory.store, out, scope=memory.scope)
    line = f"{told['items']} versions, {told['links']} links, {told['uses']} uses"
    if target == "-":
        say.note(line)
    elif as_json:
        say.document({"path": target, **told})
    else:
        say.out(f"{target}: {line}")


@click.command("doctor")
@click.option("--deep", is_flag=True, help="Verify every checksum and re-read every text.")
@space_option
def doctor_command(deep: bool, as_json: bool, opened: Opening) -> None:
    """Check a space; nothing is changed. Exit code 4 when something is wrong.

    \b
    remanence doctor --deep --space my.db
    """
    from remanence.store.upkeep import doctor

    progress = say.Progress("doctor")
    with opened.memory() as memory:
        report = doctor(memory.store, deep=deep, on_progress=progress)
    progress.close()
    if as_json:
        say.document(report)
    else:
        for name, value in report.facts.items():
            say.out(f"{name}: {value}")
        say.out("sound" if report.ok else "\n".join(("problems:", *report.problems)))
    if not report.ok:
        raise click.exceptions.Exit(PROBLEMS)


@click.command("backup")
@click.argument("target", type=click.Path(dir_okay=False))
@click.option("--force", is_flag=True, help="Replace an existing file.")
@space_option
def backup_command(target: str, force: bool, as_json: bool, opened: Opening) -> None:
    """Copy a live space; the copy is checked before it gets its name.

    \b
    remanence backup memory-2025-05-08.db --space my.db
    """
    from remanence.store.upkeep import backup

    with opened.memory() as memory:
        told = backup(memory.store, target, force=force)
    say.document(told) if as_json else say.out(f"{told['path']}: {told['rows']} rows as of commit {told['commit']}")


@click.command("reembed")
@click.argument("model")
@space_option
def reembed_command(model: str, as_json: bool, opened: Opening) -> None:
    """Rebuild all vectors with another embedder; resumable, the old ones serve until it is done.

    \b
    remanence reembed minilm --space my.db
    remanence recall "..." --embedder minilm --space my.db
    """
    from remanence.models.embedder import by_name
    from remanence.store.store import Store
    from remanence.store.upkeep import reembed

    if not Path(opened.space).exists():
        raise click.UsageError(f"there is no space {opened.space}")
    embedder = by_name(model)
    progress = say.Progress("reembed")
    store = Store(opened.space)
    try:
        told = reembed(store, embedder, on_progress=progress)
    finally:
        store.close()
        progress.close()
    say.document(told) if as_json else say.out(f"{told['vectors']} vectors of {told['model']}")


@click.command("replay")
@click.argument("target", type=click.Path(dir_okay=False))
@space_option
def replay_command(target: str, as_json: bool, opened: Opening) -> None:
    """Build a new space from the journal, commit by commit; words and vectors are made anew.

    \b
    remanence replay rebuilt.db --space my.db
    """
    from remanence.store.upkeep import replay

    progress = say.Progress("replay")
    with opened.memory() as memory:
        told = replay(memory.store, target, memory.embedder, on_progress=progress)
    progress.close()
    say.document({"path": target, **told}) if as_json else say.out(
        f"{target}: {told['commits']} commits, {told['rows']} rows"
    )
