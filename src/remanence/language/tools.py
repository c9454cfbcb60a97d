"""Kinds of software, and which of them a question asks for: "Which database do we use?" is not answered by a linter."""

from __future__ import annotations

from collections.abc import Collection

_TABLE = """
database db storage backend: postgres postgresql sqlite mysql mariadb mongodb duckdb clickhouse redis cassandra oracle
language: python java ruby php rust go golang typescript javascript kotlin swift scala haskell elixir c++ c#
framework: django fastapi flask rails laravel react vue svelte nuxt angular spring tailwind bootstrap
package manager: pip uv poetry npm yarn pnpm conda cargo bun
test tests testing: pytest unittest jest vitest nose tox playwright cypress
linter formatter lint format: ruff black flake8 eslint prettier biome mypy pyright
editor ide: vim neovim emacs vscode pycharm zed intellij sublime
os operating system distro: linux ubuntu debian fedora arch macos windows
messenger chat: slack teams discord signal whatsapp telegram
queue broker: kafka rabbitmq nats celery
proxy server: nginx caddy traefik apache
ci pipeline: jenkins gitlab circleci github
"""
"""A row for each kind: the words that ask for it, and what is of it."""
_ROWS = tuple(
    (frozenset(row.split(":")[0].split()), frozenset(row.split(":")[1].split())) for row in _TABLE.split("\n")[1:-1]
)
SOFTWARE = frozenset(name for _, members in _ROWS for name in members)
"""Every piece of software of the table."""
PROJECT = frozenset(
    "project repo repository code codebase app application service product stack run runs running use using".split()
)
"""Words by which a question speaks of the very thing that is being built; they ask for nothing."""


def kinds_asked(topic: Collection[str]) -> frozenset[str]:
    """The software of the kinds that a question's words ask for; empty where they ask for none."""
    return frozenset(name for words, members in _ROWS if not words.isdisjoint(topic) for name in members)


def of_the_kind(value: str, topic: Collection[str]) -> bool:
    """Whether a piece of software may be what a question's words ask for; true of what is in no row.

    A question that names one ("which Python") asks for no other.
    """
    name = next(iter(value.casefold().split()), "")
    named = SOFTWARE & set(topic)
    wanted = named or kinds_asked(topic)
    return not wanted or name in wanted or name not in SOFTWARE
