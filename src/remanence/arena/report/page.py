"""The report: one HTML page that needs nothing else, the same in Markdown, and the plots as SVG files.

Everything that comes from data is escaped; there is no script, no font, no image and no address that the
browser would load.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
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

_STYLE = """
:root{color-scheme:light dark}body{font:15px/1.5 system-ui,sans-serif;max-width:1180px;margin:2rem auto;padding:0 1rem}
h1{font-size:1.7rem}h2{margin-top:2.6rem;border-bottom:1px solid #8884;padding-bottom:.2rem}
table{border-collapse:collapse;font-size:13px;display:block;overflow-x:auto}
th,td{padding:.25rem .6rem;text-align:right;border-bottom:1px solid #8883;white-space:nowrap}
th:nth-child(2),td:nth-child(2){text-align:left}td.best{font-weight:700}sup{opacity:.7;margin-left:.1em}
details{margin:.6rem 0}summary{cursor:pointer}code,pre{font-size:12.5px;background:#8881;border-radius:4px}
pre{padding:.6rem;overflow-x:auto}.plots{display:flex;flex-wrap:wrap;gap:1.2rem}.plots svg{max-width:100%;height:auto}
.question{border-left:3px solid #8886;padding:.1rem 0 .1rem .8rem;margin:.7rem 0}
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
    quality: dict[str, list[tuple[float, float]]] = {}
    tokens: dict[str, list[tuple[float, float]]] = {}
    for run in runs:
        sizes = {told["pool"]: told["data"].get("size") for told in run["pools"]}
        held: dict[float, list[Mapping[str, float]]] = {}
        for row in run["questions"]:
            if sizes.get(row["pool"]) is not None and row["answerable"]:
                held.setdefault(float(sizes[row["pool"]]), []).append(row["values"])
        name = run["made"]["system"]
        for size, rows in held.items():
            best = "full" if any("told@full" in values for values in rows) else "1000"
            got = [values[f"told@{best}"] for values in rows if f"told@{best}" in values]
            cost = [values[f"tokens@{best}"] for values in rows if f"tokens@{best}" in values]
            if got:
                quality.setdefault(name, []).append((size, 100 * sum(got) / len(got)))
            if cost:
                tokens.setdefault(name, []).append((size, sum(cost) / len(cost)))
    if not quality:
        return {}
    return {
        "growth-quality": plots.lines(
            f"{task}: evidence in the context as history grows", quality, "conversations", "evidence (%)"
        ),
        "growth-tokens": plots.lines(
            f"{task}: tokens read for one question", tokens, "conversations", "tokens", log_y=True
        ),
    }


def crossover(runs: Sequence[Mapping[str, Any]], share: float = 0.95) -> list[str]:
    """From which history size on each system reads less than full context at `share` of its evidence."""
    by_name: dict[str, dict[float, tuple[float, float]]] = {}
    for run in runs:
        sizes = {told["pool"]: told["data"].get("size") for told in run["pools"]}
        groups: dict[float, list[Mapping[str, float]]] = {}
        for row in run["questions"]:
            if sizes.get(row["pool"]) is not None and row["answerable"]:
                groups.setdefault(float(sizes[row["pool"]]), []).append(row["values"])
        key = "full" if run["made"]["system"] == "full-context" else "1000"
        by_name[run["made"]["system"]] = {
            size: (
                sum(v.get(f"told@{key}", 0.0) for v in rows) / len(rows),
                sum(v.get(f"tokens@{key}", 0.0) for v in rows) / len(rows),
            )
            for size, rows in groups.items()
        }
    full = by_name.pop("full-context", {})
    told = []
    for name, curve in by_name.items():
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
    """The whole page."""
    first = runs[0]["made"]
    links = " · ".join(f'<a href="#{_plain(table.task)}">{escape(table.task)}</a>' for table in made)
    program, commit = str(first.get("versions", {}).get("remanence", "")), str(first.get("commit", ""))
    head = (
        f"<p>{len(runs)} runs on {len(made)} tasks. Program {escape(program)} at commit {escape(commit)},"
        f" Python {escape(str(first.get('python', '')))}, {escape(str(first.get('processor', '')))}.</p>"
        "<p class=small>Shares are per cent. A letter names a row that is beaten significantly (paired permutation"
        " test over questions, Holm, 5 %). Bold is the best of a column. Evidence counts as being in a context when"
        " its source is named and at least six of its words in a row stand there; <code>told</code> is how much of"
        " its text does.</p>"
    )
    body = "".join(
        _section(table, [r for r in runs if r["made"]["task"] == table.task], drawn[table.task]) for table in made
    )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>Remanence arena</title><style>{_STYLE}</style></head><body><h1>The arena</h1>{head}<p>{links}</p>"
        f"{body}</body></html>\n"
    )


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
    header = "".join(f"<th>{escape(name)}</th>" for name in ("", "system", *table.columns, *USUAL_COSTS))
    rows = []
    for at, system in enumerate(table.systems):
        cells = [f"<td>{letter(at)}</td><td>{escape(system)}</td>"]
        for name in table.columns:
            cell = table.cells.get((system, name))
            if cell is None:
                cells.append("<td>-</td>")
                continue
            title = (
                "" if math.isnan(cell.low) else f' title="95 % interval {cell.low:.3f} to {cell.high:.3f}, n={cell.n}"'
            )
            best = ' class="best"' if cell.best else ""
            marks = f"<sup>{cell.beats}</sup>" if cell.beats else ""
            cells.append(f"<td{best}{title}>{shown(name, cell.mean)}{marks}</td>")
        cells += [f"<td>{shown(name, table.costs[system].get(name, math.nan))}</td>" for name in USUAL_COSTS]
        rows.append(f"<tr>{''.join(cells)}</tr>")
    return f"<table><thead><tr>{header}</tr></thead><tbody>{''.join(rows)}</tbody></table>"


def _categories(table: Table) -> str:
    names = list(dict.fromkeys(c for rows in table.categories.values() for c in rows))
    header = "".join(f"<th>{escape(name)}</th>" for name in ("", "system", *names))
    rows = []
    for at, system in enumerate(table.systems):
        cells = []
        for name in names:
            got = table.categories[system].get(name, {})
            value = got.get(table.headline)
            cells.append(
                f'<td title="n={got.get("n", 0)}">{shown(table.headline, value) if value is not None else "-"}</td>'
            )
        rows.append(f"<tr><td>{letter(at)}</td><td>{escape(system)}</td>{''.join(cells)}</tr>")
    return (
        f"<p>{escape(table.headline)}</p><table><thead><tr>{header}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
    )


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
    parts = ["# The arena", ""]
    for table in made:
        mine = [run for run in runs if run["made"]["task"] == table.task]
        parts += [f"## {table.task}", "", markdown_table(table), ""]
        parts += [f"- {line}" for line in crossover(mine)]
        parts += ["", "```", *(str(run["made"]["command"]) for run in mine), "```", ""]
    parts.append(
        "Shares are per cent; a letter names a row that is beaten significantly (paired permutation test, Holm, 5 %)."
    )
    return "\n".join(parts) + "\n"
