"""The documents are true: the quickstart runs, generated tables are fresh, links lead somewhere."""

from __future__ import annotations

import re
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGES = sorted([*(ROOT / "docs").glob("*.md"), ROOT / "README.md", ROOT / "CHANGELOG.md"])


def test_the_quickstart_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its blocks, in order, as one program."""
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "quickstart.md").read_text("utf-8"), re.S)
    monkeypatch.chdir(tmp_path)

    exec(compile("\n".join(blocks), "quickstart.md", "exec"), {})

    assert (tmp_path / "quickstart.db").exists()


def test_generated_tables_are_fresh() -> None:
    """`python scripts/tables.py` would change nothing; in a process of its own, as commands remember their help."""
    done = subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "tables.py"), "--check"], capture_output=True, text=True, check=False
    )

    assert (0, "") == (done.returncode, done.stdout)


def test_a_stale_table_is_noticed() -> None:
    """A page whose table says something else is not what the script makes."""
    render = runpy.run_path(str(ROOT / "scripts" / "tables.py"))["render"]
    text = (ROOT / "docs" / "recipes.md").read_text("utf-8")

    stale = text.replace("| `default` |", "| `other` |")

    assert stale != text
    assert render(stale) == text


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    """Every relative link names a file that is there."""
    targets = re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", page.read_text("utf-8"))

    missing = [target for target in targets if "://" not in target and not (page.parent / target).exists()]

    assert [] == missing


def test_every_command_is_documented_with_an_example() -> None:
    """Help has a line that says what, and a line to copy."""
    import click

    from remanence.serve.cli.app import app

    ctx = click.Context(app)
    plain = [
        name
        for name in app.list_commands(ctx)
        if (command := app.get_command(ctx, name)) is None
        or not command.help
        or f"remanence {name}" not in command.help + (command.epilog or "")
    ]

    assert [] == plain
