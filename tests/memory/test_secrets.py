"""Credentials in messages: kept in the turn, hidden in everything made of it, and said so; or refused; or kept."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from remanence import Memory
from remanence.errors import InvalidInput
from remanence.models.scripted import Script
from remanence.serve.cli.app import app
from remanence.testing import HandClock, HashingEmbedder

TOKEN = "ghp_" + "a1B2c3D4e5F6g7H8i9J0" + "k1L2m3N4o5P6q7R8"
PIECE = TOKEN[4:16].casefold()
TOLD = f"Deploys of Lindgren use the token {TOKEN} since Monday. Lindgren lives in Oslo."
LABEL = "[secret: GitHub token]"


def opened(**options: Any) -> Memory:
    return Memory(
        ":memory:", options.pop("recipe", "default"), HashingEmbedder(64), clock=HandClock(), seed=1, **options
    )


@pytest.fixture
def memory() -> Iterator[Memory]:
    with opened() as made:
        yield made


def shown(memory: Memory) -> str:
    """Everything derived and told, as text."""
    memory.sleep()
    parts = [repr(item) for item in memory.list(limit=0) if item.kind != "turn"]
    parts.append(str(memory.context("Which token do the deploys of Lindgren use?")))
    answer = memory.ask("Which token do the deploys use?", threshold=0.0)
    parts += [answer.text, answer.short, answer.context, *(hit.text for hit in answer.evidence)]
    parts.append(repr(memory.profile("Lindgren")))
    return "\n".join(parts).casefold()


@pytest.mark.parametrize("recipe", ["default", "mem0", "mem0_graph", "a_mem", "memorybank", "hipporag2", "belief_set"])
def test_a_credential_stands_in_its_turn_and_nowhere_else(recipe: str) -> None:
    """Facts, names, episodes, summaries, contexts and answers show a label; no piece of it leaks in any recipe."""
    with opened(recipe=recipe) as memory:
        receipt = memory.remember({"who": "Ann", "text": TOLD, "at": "2026-03-02"})
        memory.remember({"who": "Ben", "text": "Lindgren called about the deploys of the token.", "at": "2026-03-03"})

        everything = shown(memory)

        assert PIECE not in everything
        assert TOLD == memory.get(receipt.ids[0]).text
        assert any("1 secret (GitHub token)" in note for note in receipt.notes)


def test_without_the_policy_it_would_leak() -> None:
    """The twin: `keep` lets the context and the answer say it, and the receipt says nothing."""
    with opened(secrets="keep") as memory:
        receipt = memory.remember({"who": "Ann", "text": TOLD})

        assert () == receipt.notes
        assert TOKEN in str(memory.context("Which token do the deploys use?"))
        assert PIECE in shown(memory)


def test_a_context_names_what_it_hides_and_recall_gives_the_turn(memory: Memory) -> None:
    """A model reads the label; a person who recalls the message reads all of it."""
    memory.remember({"who": "Ann", "text": TOLD})

    assert LABEL in str(memory.context("Which token do the deploys use?"))
    assert TOLD == memory.recall("Which token do the deploys use?")[0].text


def test_a_long_text_is_masked_before_it_is_cut(memory: Memory) -> None:
    """No half of a credential is left at the edge of a snippet."""
    memory.remember("The key of the deploys: " + TOKEN + " and more. " + "Nothing of this matters at all. " * 40)

    assert PIECE not in str(memory.context("key of the deploys", budget_tokens=40)).casefold()


def test_what_a_context_hid_is_known_when_it_comes_back(memory: Memory) -> None:
    """The block is ours, whole or with a line taken out."""
    memory.remember([{"who": "Ann", "text": TOLD}, {"who": "Ben", "text": "The deploys run on Fridays in Oslo."}])
    block = str(memory.context("Which token do the deploys use?"))

    assert (1, 0) == ((back := memory.remember(block)).quoted, back.put)
    lines = block.splitlines()
    cut = "\n".join(line for line in lines if "Fridays" not in line)
    assert 0 == memory.remember(cut).put


def test_refusing_keeps_the_other_messages() -> None:
    """The receipt names the message and the kind, never the value; an update is refused the same way."""
    with opened(secrets="refuse") as memory:
        receipt = memory.remember([TOLD, "The wifi password is tulip42blossom."])

        assert ("message 1 holds a secret (GitHub token) and was not kept",) == receipt.refused
        assert ["The wifi password is tulip42blossom."] == [item.text for item in memory.list(kinds=("turn",))]
        with pytest.raises(InvalidInput, match="GitHub token"):
            memory.update(receipt.ids[0], TOLD)


def test_a_password_that_a_person_tells_is_a_fact(memory: Memory) -> None:
    """It is remembered, recalled and told like any other."""
    memory.remember({"who": "Ann", "text": "The wifi password is tulip42blossom."})

    assert "tulip42blossom" in str(memory.context("What is the wifi password?"))


def test_a_language_model_is_not_shown_it() -> None:
    """Neither when facts are formed nor when an answer is written."""
    script = Script(["{}"] * 50)
    with opened(recipe="mem0", llm=script) as memory:
        memory.remember({"who": "Ann", "text": TOLD})
        memory.sleep()
        memory.ask("Which token do the deploys use?")

        asked = repr(script.prompts)
        assert "Lindgren" in asked
        assert TOKEN not in asked


def test_an_updated_fact_shows_no_credential(memory: Memory) -> None:
    """Also when the text comes in through `update`."""
    memory.remember({"who": "Ann", "text": "I live in Oslo."})
    memory.sleep()
    facts = memory.list(kinds=("fact",))

    receipt = memory.update(facts[0].id, f"Ann keeps {TOKEN}")

    assert f"Ann keeps {LABEL}" == memory.get(facts[0].id).text
    assert receipt.notes


def test_the_command_line_says_what_it_hid_or_refused(tmp_path: Path) -> None:
    """`remember` and `import`, on standard error and in the JSON document."""
    space, chat = str(tmp_path / "m.db"), tmp_path / "chat.jsonl"
    chat.write_text(json.dumps({"who": "Ann", "text": TOLD}) + "\n", "utf-8")

    kept = CliRunner().invoke(app, ["remember", TOLD, "--space", space])
    refused = CliRunner().invoke(app, ["import", str(chat), "--secrets", "refuse", "--space", space, "--json"])

    assert "1 secret (GitHub token) kept in the message" in kept.stderr
    assert ["message 1 holds a secret (GitHub token) and was not kept"] == json.loads(refused.stdout)["imported"][0][
        "refused"
    ]


def test_an_unknown_policy_is_refused() -> None:
    """By name, with the ones there are."""
    with pytest.raises(InvalidInput, match="mask, keep, refuse"):
        opened(secrets="hide")
