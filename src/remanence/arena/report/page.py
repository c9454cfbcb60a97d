"""The report: one HTML page that needs nothing else, the same in Markdown, and the plots as SVG files.

Everything that comes from data is escaped; there is no script, no font, no image and no address that the
browser would load.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

from remanence.arena.core.cell import load
from remanence.arena.core.score import higher_is_better
from remanence.arena.core.stats import letter
from remanence.arena.report import plots
from remanence.arena.report.compare import USUAL_COSTS, Table, markdown_table, ordered, shown, tables

WORST = 40
"""Questions that the page shows for each system of a task: those with the least evidence found."""

PART = 4
"""Measures side by side in one part of a table: parts stand beside one another where there is room, else below."""

_STYLE = """
:root{color-scheme:light dark}body{font:15px/1.5 system-ui,sans-serif;max-width:1320px;margin:1.5rem auto}
body{padding:0 1rem}h1{font-size:1.7rem}h2{margin-top:2.6rem;border-bottom:1px solid #8884;padding-bottom:.2rem}
.parts{display:flex;flex-wrap:wrap;gap:1rem 1.6rem;align-items:flex-start}
table{border-collapse:collapse;font-size:13px;max-width:100%}
th,td{padding:.2rem .45rem;text-align:right;border-bottom:1px solid #8883;overflow-wrap:anywhere;vertical-align:top}
th.name,td.name{text-align:left;min-width:4.5rem}td.best{font-weight:700}sup{opacity:.7;margin-left:.1em}
details{margin:.6rem 0}summary{cursor:pointer}code,pre{font-size:12.5px;background:#8881;border-radius:4px}
pre{padding:.6rem;white-space:pre-wrap;overflow-wrap:anywhere}
.plots{margin-top:1rem;display:flex;flex-wrap:wrap;gap:1.2rem}.plots svg{max-width:100%;height:auto}
.question{border-left:3px solid #8886;padding:.1rem 0 .1rem .8rem;margin:.7rem 0;overflow-wrap:anywhere}
.missed{color:#b42318}.found{color:#2e7d32}
.small{font-size:12.5px;opacity:.8}
@media (prefers-color-scheme:dark){.missed{color:#ff8a80}.found{color:#81c784}}
"""


def write_report(folder: Path, page: Path, text: Path | None = None, plot_folder: Path | None = None) -> list[Path]:
    """Write the page (and Markdown, and SVG files) for all runs in a folder; returns what was written."""
    runs = ordered(load(folder))
    made = tables(runs)
    drawn = {table.task: drawings(table, [r for r in runs if r["made"]["task"] == table.task]) for table in made}
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(html(made, runs, drawn), encoding="utf-8")
    written = [page]
    if text is not None:
        text.parent.mkdir(parents=True, exist_ok=True)
        text.write_text(markdown(made, runs), encoding="utf-8")
        written.append(text)
    if plot_folder is not None:
        plot_folder.mkdir(parents=True, exist_ok=True)
        for task, pictures in drawn.items():
            for name, picture in pictures.items():
                path = plot_folder / f"{_plain(task)}-{name}.svg"
                path.write_text(picture.replace('fill="currentColor"', 'fill="#333"'), encoding="utf-8")
                written.append(path)
    return written


def _plain(text: str) -> str:
    return "".join(c if c.isalnum() or c in "-_" else "-" for c in text)


# --- plots ---------------------------------------------------------------------------------------


def drawings(table: Table, runs: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Quality against cost, bars by category, recall by depth, evidence by budget, growth over sizes."""
    found: dict[str, str] = {}
    headline = table.headline
    quality = {name: 100 * _mean(table, name, headline) for name in table.systems}
    percent = f"{headline} (%)"
    found["quality-time"] = plots.scatter(
        f"{table.task}: quality against query time",
        {name: (table.costs[name].get("query_p95_ms", math.nan), quality[name]) for name in table.systems},
        "query p95 (ms)",
        percent,
    )
    found["quality-bytes"] = plots.scatter(
        f"{table.task}: quality against size",
        {name: (table.costs[name].get("bytes_per_item", math.nan), quality[name]) for name in table.systems},
        "bytes per item",
        percent,
    )
    categories = list(dict.fromkeys(c for rows in table.categories.values() for c in rows))
    if 1 < len(categories) <= 40:
        found["categories"] = plots.bars(
            f"{table.task}: {headline} by category",
            {
                category: {
                    name: 100 * table.categories[name][category][headline]
                    for name in table.systems
                    if headline in table.categories[name].get(category, {})
                }
                for category in categories
            },
            top=100.0,
        )
    found["depth"] = plots.lines(
        f"{table.task}: evidence among the first k",
        {run["made"]["system"]: _over(run, "fraction@") for run in runs},
        "k",
        "fraction (%)",
    )
    found["budget"] = plots.lines(
        f"{table.task}: evidence in the packed context",
        {run["made"]["system"]: _over(run, "told@") for run in runs},
        "tokens",
        "evidence (%)",
    )
    found |= _growth(table.task, runs)
    return {name: picture for name, picture in found.items() if picture}


def _mean(table: Table, system: str, metric: str) -> float:
    cell = table.cells.get((system, metric))
    return cell.mean if cell else math.nan


def _over(run: Mapping[str, Any], prefix: str) -> list[tuple[float, float]]:
    return [
        (float(name.removeprefix(prefix)), 100 * got["mean"])
        for name, got in run["summary"]["all"].items()
        if name.startswith(prefix) and name.removeprefix(prefix).isdigit()
    ]


def _growth(task: str, runs: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Curves over the size of the history, for tasks whose pools say one; full context beside recall."""
    curves = {run["made"]["system"]: _by_size(run) for run in runs}
    if not any(curves.values()):
        return {}
    quality = {name: [(size, 100 * told) for size, (told, _) in curve.items()] for name, curve in curves.items()}
    tokens = {name: [(size, cost) for size, (_, cost) in curve.items()] for name, curve in curves.items()}
    says = f"{task}: evidence in the context as history grows"
    return {
        "growth-quality": plots.lines(says, quality, "conversations", "evidence (%)"),
        "growth-tokens": plots.lines(
            f"{task}: tokens read for one question", tokens, "conversations", "tokens", log_y=True
        ),
    }


def _by_size(run: Mapping[str, Any]) -> dict[float, tuple[float, float]]:
    """History size -> (evidence told, tokens read) a question, at 1,000 tokens, or whole for full context."""
    sizes = {told["pool"]: told["data"].get("size") for told in run["pools"]}
    groups: dict[float, list[Mapping[str, float]]] = {}
    for row in run["questions"]:
        if sizes.get(row["pool"]) is not None and row["answerable"]:
            groups.setdefault(float(sizes[row["pool"]]), []).append(row["values"])
    key = "full" if run["made"]["system"] == "full-context" else "1000"
    return {
        size: (
            sum(values.get(f"told@{key}", 0.0) for values in rows) / len(rows),
            sum(values.get(f"tokens@{key}", 0.0) for values in rows) / len(rows),
        )
        for size, rows in groups.items()
    }


def crossover(runs: Sequence[Mapping[str, Any]], share: float = 0.95) -> list[str]:
    """From which history size on each system reads less than full context at `share` of its evidence."""
    curves = {run["made"]["system"]: _by_size(run) for run in runs}
    full = curves.pop("full-context", {})
    told = []
    for name, curve in curves.items():
        ahead = [
            size
            for size, (got, cost) in sorted(curve.items())
            if size in full and got >= share * full[size][0] and cost < full[size][1]
        ]
        if full and curve:
            word = f"{ahead[0]:g} conversations" if ahead else "no measured size"
            told.append(f"{name}: reads less than full context at {share:.0%} of its evidence from {word} on")
    return told


# --- HTML ----------------------------------------------------------------------------------------


def html(made: Sequence[Table], runs: Sequence[Mapping[str, Any]], drawn: Mapping[str, Mapping[str, str]]) -> str:
    """The whole page: what was run, a summary of all tasks, then each task."""
    first = runs[0]["made"]
    program = str(first.get("versions", {}).get("remanence", ""))
    head = (
        f"<p>{len(runs)} runs on {len(made)} tasks. Program {escape(program)} at {escape(commits(runs))},"
        f" Python {escape(str(first.get('python', '')))}, {escape(str(first.get('processor', '')))}.</p>"
        "<p class=small>Shares are per cent. A letter names a row that is beaten significantly (paired, by"
        " conversation, Holm, 5 %). Bold is the best of a column. Evidence counts as told when the words of the answer"
        " that it holds stand in the context; <code>context</code> asks for its source to be cited as well.</p>"
    )
    body = "".join(
        _section(table, [r for r in runs if r["made"]["task"] == table.task], drawn[table.task]) for table in made
    )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>Remanence arena</title><style>{_STYLE}</style></head><body><h1>The arena</h1>{head}{_summary(made)}"
        f"{body}</body></html>\n"
    )


def commits(runs: Sequence[Mapping[str, Any]]) -> str:
    """The commits that the runs were made at; a plus sign means that files differed from it."""
    names = list(dict.fromkeys(str(run["made"].get("commit") or "an unknown commit") for run in runs))
    return f"commit {names[0]}" if len(names) == 1 else f"commits {', '.join(names)}"


SUMMARY = ("task", "measure", "first row", "best other", "first is")
"""Columns of the summary."""


def summary(table: Table) -> tuple[str, str, str, str]:
    """A task in one line: what is measured, the first row, the best of the others, who beats whom."""
    first, *others = table.systems
    here = [name for name in others if (name, table.headline) in table.cells]
    sign = 1 if higher_is_better(table.headline) else -1
    best = max(here, key=lambda name: sign * table.cells[name, table.headline].mean, default="")
    mine = table.cells.get((first, table.headline))
    if mine is None:
        return table.headline, f"{first} -", f"{best} -", ""
    if not best:
        return table.headline, f"{first} {shown(table.headline, mine.mean)}", "-", ""
    theirs = table.cells[best, table.headline]
    letters = (letter(0), letter(table.systems.index(best)))
    said = "better" if letters[1] in mine.beats else "worse" if letters[0] in theirs.beats else "no real difference"
    return (
        table.headline,
        f"{first} {shown(table.headline, mine.mean)}",
        f"{best} {shown(table.headline, theirs.mean)}",
        said,
    )


def _summary(made: Sequence[Table]) -> str:
    """One row a task, with a link to it."""
    header = "".join(
        f"<th class=name>{word}</th>" for word in ("task", "measure", "first row", "best other", "first is")
    )
    rows = "".join(
        f'<tr><td class=name><a href="#{_plain(table.task)}">{escape(table.task)}</a></td>'
        + "".join(f"<td class=name>{escape(word)}</td>" for word in summary(table))
        + "</tr>"
        for table in made
    )
    return f"<h2>Summary</h2><table><thead><tr>{header}</tr></thead><tbody>{rows}</tbody></table>"


def _section(table: Table, runs: Sequence[Mapping[str, Any]], pictures: Mapping[str, str]) -> str:
    notes = "".join(f"<p class=missed>{escape(note)}</p>" for note in table.notes)
    cross = "".join(f"<li>{escape(line)}</li>" for line in crossover(runs))
    duels = "".join(
        f"<li>{escape(one)} against {escape(two)}: {win} won, {tie} tied, {loss} lost</li>"
        for (one, two), (win, tie, loss) in table.duels.items()
    )
    commands = "\n".join(escape(str(run["made"]["command"])) for run in runs)
    return (
        f'<h2 id="{_plain(table.task)}">{escape(table.task)}</h2>{notes}{_table(table)}'
        + (f"<ul class=small>{cross}</ul>" if cross else "")
        + f'<div class="plots">{"".join(pictures.values())}</div>'
        + f"<details><summary>Win, tie, loss on {escape(table.headline)}</summary><ul>{duels}</ul></details>"
        + f"<details><summary>By category</summary>{_categories(table)}</details>"
        + "".join(_questions(run) for run in runs)
        + f"<details><summary>Commands</summary><pre>{commands}</pre></details>"
    )


def _table(table: Table) -> str:
    """Systems by measures, in parts that stand beside one another or below, so that nothing is cut off."""
    names = [*table.columns, *USUAL_COSTS]
    return _in_parts(table, names, lambda system, name: _number(table, system, name))


def _number(table: Table, system: str, name: str) -> str:
    cell = table.cells.get((system, name))
    if name in USUAL_COSTS:
        return f"<td>{shown(name, table.costs[system].get(name, math.nan))}</td>"
    if cell is None:
        return "<td>-</td>"
    title = "" if math.isnan(cell.low) else f' title="95 % interval {cell.low:.3f} to {cell.high:.3f}, n={cell.n}"'
    best = ' class="best"' if cell.best else ""
    marks = f"<sup>{cell.beats}</sup>" if cell.beats else ""
    return f"<td{best}{title}>{shown(name, cell.mean)}{marks}</td>"


def _in_parts(table: Table, names: Sequence[str], cell: Callable[[str, str], str]) -> str:
    """A table cut into parts of a few columns; each begins with the letter and the name of its row."""
    parts = []
    for start in range(0, max(1, len(names)), PART):
        part = names[start : start + PART]
        header = "<th></th><th class=name>system</th>" + "".join(f"<th>{escape(name)}</th>" for name in part)
        rows = "".join(
            f"<tr><td>{letter(at)}</td><td class=name>{escape(system)}</td>"
            f"{''.join(cell(system, name) for name in part)}</tr>"
            for at, system in enumerate(table.systems)
        )
        parts.append(f"<table><thead><tr>{header}</tr></thead><tbody>{rows}</tbody></table>")
    return f'<div class="parts">{"".join(parts)}</div>'


def _categories(table: Table) -> str:
    """The headline measure by category."""
    names = list(dict.fromkeys(c for rows in table.categories.values() for c in rows))

    def cell(system: str, name: str) -> str:
        got = table.categories[system].get(name, {})
        value = got.get(table.headline)
        return f'<td title="n={got.get("n", 0)}">{shown(table.headline, value) if value is not None else "-"}</td>'

    return f"<p>{escape(table.headline)}</p>{_in_parts(table, names, cell)}"


def _questions(run: Mapping[str, Any]) -> str:
    """The questions that went worst, each with the evidence that was missed and what came first instead."""
    headline = run["summary"].get("headline", "")
    scored = [row for row in run["questions"] if headline in row["values"]]
    sign = 1 if higher_is_better(headline) else -1
    worst = sorted(scored, key=lambda row: sign * row["values"][headline])[:WORST]
    worst = [row for row in worst if sign * row["values"][headline] < (1 if sign > 0 else 0)]
    if not worst:
        return ""
    told = []
    for row in worst:
        found = {source: rank for rank, (source, _) in enumerate(row["found"], 1)}
        evidence = "".join(
            f'<li class="{"found" if source in found else "missed"}">{escape(source)} '
            f"({f'rank {found[source]}' if source in found else 'missed'}): "
            f"{escape(row.get('evidence_text', {}).get(source, ''))}</li>"
            for source in row["evidence"]
        )
        answers = escape("; ".join(row["answers"])) or "(none)"
        instead = escape(row.get("first_text", ""))
        told.append(
            f'<div class="question"><b>{escape(row["question"])}</b> <span class=small>{escape(row["category"])}, '
            f"{escape(row['id'])}, {escape(headline)} {shown(headline, row['values'][headline])}</span>"
            f"<br>answer: {answers}<ul>{evidence}</ul><span class=small>first result: {instead}</span></div>"
        )
    name = escape(run["made"]["system"])
    return f"<details><summary>{name}: the {len(worst)} questions that went worst</summary>{''.join(told)}</details>"


# --- Markdown ------------------------------------------------------------------------------------


def markdown(made: Sequence[Table], runs: Sequence[Mapping[str, Any]]) -> str:
    """The tables, the crossover and the commands."""
    parts = [
        "# The arena",
        "",
        f"{len(runs)} runs at {commits(runs)}.",
        "",
        "| task | measure | first row | best other | first is |",
    ]
    parts += ["|---|---|---|---|---|", *(f"| {table.task} | {' | '.join(summary(table))} |" for table in made), ""]
    for table in made:
        mine = [run for run in runs if run["made"]["task"] == table.task]
        parts += [f"## {table.task}", "", markdown_table(table), ""]
        parts += [f"- {line}" for line in crossover(mine)]
        parts += ["", "```", *(str(run["made"]["command"]) for run in mine), "```", ""]
    parts.append(
        "Shares are per cent; a letter names a row that is beaten significantly (paired, by conversation, Holm, 5 %)."
    )
    return "\n".join(parts) + "\n"
