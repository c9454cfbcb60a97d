"""Commands on recipes: list them, show one, compare two."""

from __future__ import annotations

import textwrap

import click

from remanence import recipes
from remanence.serve.cli import say


@click.group("recipes", invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
@click.pass_context
def recipes_command(ctx: click.Context, as_json: bool) -> None:
    """The memory systems that can be chosen with --recipe.

    \b
    remanence recipes
    remanence recipes show a_mem
    remanence recipes diff plain default
    """
    if ctx.invoked_subcommand is not None:
        return
    cards = [recipes.card(name) for name in recipes.names()]
    if as_json:
        say.document({"recipes": cards})
    else:
        say.table(
            ("name", "family", "faithful", "paper"), ((c.name, c.family, c.faithful, c.paper[:70]) for c in cards)
        )


@recipes_command.command("show")
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
def show(name: str, as_json: bool) -> None:
    """One recipe: its card and its stages.

    \b
    remanence recipes show memorybank
    """
    if as_json:
        made = recipes.get(name)
        say.document({"card": recipes.card(name), "stages": {slot: repr(stage) for slot, stage in made.slots()}})
    else:
        for line in recipes.show(name).splitlines():
            say.out(line)


@recipes_command.command("diff")
@click.argument("a")
@click.argument("b")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
def diff(a: str, b: str, as_json: bool) -> None:
    """What two recipes do differently, slot by slot: - only the first has it, + only the second, = both.

    \b
    remanence recipes diff plain default
    """
    found = recipes.diff(a, b)
    if as_json:
        say.document({"a": a, "b": b, "differences": found})
    else:
        for mark, name in (("-", a), ("+", b)):
            said = textwrap.fill(f"{mark} {name}: {recipes.card(name).says}", 118, subsequent_indent=" " * 12)
            say.out(said)
        for one in found:
            say.out(str(one))
