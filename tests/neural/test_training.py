"""Tasks, trunk and training loop: seeded, resumable, and honest about what they measure."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from remanence.errors import InvalidInput
from remanence.neural import start_alike, tasks
from remanence.neural.layer import find, knobs_of
from remanence.neural.tasks.selective_grammar import cyclic_word, oracle
from remanence.neural.train import train
from remanence.neural.trunk import Model


def drawn(name: str, seed: int = 0, batch: int = 8) -> tuple[Tensor, Tensor]:
    return tasks.make(name).draw(batch, torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("name", tasks.names())
def test_a_task_draws_the_same_from_the_same_seed(name: str) -> None:
    """Equal seeds give equal sequences, others do not; shapes, labels and widths are as the task says."""
    task = tasks.make(name)
    x, y = drawn(name)
    again, labels = drawn(name)
    other, _ = drawn(name, seed=1)

    assert torch.equal(x, again)
    assert torch.equal(y, labels)
    assert not torch.equal(x, other)
    assert x.shape[:2] == y.shape == (8, task.length)
    asked = y[y != -100]
    assert len(asked) > 0
    assert 0 <= int(asked.min())
    assert int(asked.max()) < task.classes
    if task.vocab is not None:
        assert int(x.max()) < task.vocab
    else:
        assert x.shape[2] == task.features


def test_token_mqar_asks_for_the_value_that_was_told() -> None:
    """Every label is the token that followed its key in the first part."""
    x, y = drawn("token_mqar")

    for row, labels in zip(x.tolist(), y.tolist(), strict=True):
        told = dict(zip(row[0:8:2], row[1:8:2], strict=True))
        asked = {row[t]: label for t, label in enumerate(labels) if label != -100}
        assert told == asked


@pytest.mark.parametrize(("name", "width"), [("stacked_mqar", 32), ("forgetting_mqar", 32), ("compositional_mqar", 64)])
def test_a_stacked_task_is_solved_by_looking_up_the_newest_equal_key(name: str, width: int) -> None:
    """A dictionary that overwrites scores 1.00; for forgetting, one that keeps the first value does not."""
    task = tasks.make(name)
    x, y = drawn(name)
    assert task.codes is not None

    def score(newest: bool) -> float:
        right, asked = 0, 0
        for row, labels in zip(x, y, strict=True):
            memory: list[tuple[Tensor, Tensor]] = []
            for token, label in zip(row, labels.tolist(), strict=True):
                key, value = token[:width], token[width:]
                if label == -100:
                    memory.append((key, value))
                    continue
                found = [v for k, v in (reversed(memory) if newest else memory) if torch.allclose(k, key, atol=1e-5)]
                right += int((task.codes @ found[0]).argmax()) == label
                asked += 1
        return right / asked

    assert score(newest=True) == 1.0
    if name == "forgetting_mqar":
        assert score(newest=False) == 0.5


@pytest.mark.parametrize(
    "name", ["grammar_complexity", "grammar_noisy_gaps", "grammar_distractors", "grammar_longer_gaps"]
)
def test_the_oracle_solves_every_grammar(name: str) -> None:
    """Following the rule scores 1.00, so the task can be solved; without memory it cannot."""
    task = tasks.make(name)
    x, y = (task.draw_test or task.draw)(16, torch.Generator().manual_seed(3))

    guesses = oracle(x, cyclic_word(8, 8, 4, 0), 4)
    asked = y != -100

    assert (guesses[asked] == y[asked]).float().mean() == 1.0
    after = {}
    for token, label in zip(x[asked].tolist(), y[asked].tolist(), strict=True):
        after.setdefault(token, set()).add(label)
    assert max(len(labels) for labels in after.values()) > 1


def test_joint_recall_depends_on_the_context() -> None:
    """The label of a key is what its own context said, and contexts disagree."""
    x, y = drawn("joint_recall", batch=4)

    for row, labels in zip(x.tolist(), y.tolist(), strict=True):
        half = len(row) // 2
        told: dict[tuple[int, int], int] = {}
        context = -1
        for t, token in enumerate(row):
            if 2 <= token < 7:
                context = token
            elif 7 <= token < 12:
                if t < half:
                    told[context, token] = row[t + 1]
                else:
                    assert labels[t] == told[context, token]
        assert len({told[c, 7] for c in range(2, 7)}) > 1


def test_state_tracking_labels_are_running_products() -> None:
    """Parity is the running sum modulo two."""
    x, y = drawn("state_tracking")

    assert torch.equal(y, x.cumsum(1) % 2)


@pytest.mark.parametrize("optimiser", ["adamw", "muon"])
def test_an_interrupted_run_ends_as_an_unbroken_one(tmp_path: Path, optimiser: str) -> None:
    """Stopping after 6 of 12 steps and going on from the checkpoint gives the same weights to the bit."""
    task = tasks.make("stacked_mqar", pairs=4, codes=32)

    def fresh() -> Model:
        torch.manual_seed(0)
        return Model("delta_net", 16, 1, heads=1, **task.sizes())

    class Stop(Exception):
        pass

    def stop(step: int, loss: float) -> None:
        if step == 7:
            raise Stop

    knobs = {"steps": 12, "batch": 4, "optimiser": optimiser, "test_batches": 1}
    whole = fresh()
    train(whole, task, **knobs)
    path = tmp_path / "run.safetensors"
    with pytest.raises(Stop):
        train(fresh(), task, checkpoint=path, every=6, progress=stop, **knobs)
    resumed = fresh()
    train(resumed, task, checkpoint=path, **knobs)

    for name, p in whole.state_dict().items():
        assert torch.equal(p, resumed.state_dict()[name]), name


def test_a_run_that_diverges_says_so() -> None:
    """A loss that is not finite ends the run with accuracy 0 and the flag set."""
    task = tasks.make("stacked_mqar", pairs=4, codes=32)
    model = Model("linear_attention", 16, 1, heads=1, **task.sizes())
    with torch.no_grad():
        model.head.weight.fill_(float("nan"))

    report = train(model, task, steps=3, batch=4)

    assert report.diverged
    assert report.accuracy == 0.0


SMALL = {"codes": 64, "width": 16}


@pytest.mark.parametrize("seed", [0, 1, 2])
@pytest.mark.parametrize(
    ("task_name", "knobs", "better", "worse", "steps", "margin"),
    [
        ("stacked_mqar", {"pairs": 12, **SMALL}, "softmax", "window", 60, 0.6),
        ("forgetting_mqar", {"pairs": 8, "updates": 6, **SMALL}, "delta_net", "linear_attention", 100, 0.15),
        ("compositional_mqar", {"side": 3, **SMALL}, "softmax", "delta_net", 80, 0.2),
    ],
)
def test_trained_layers_keep_the_orderings(
    task_name: str, knobs: dict[str, Any], better: str, worse: str, steps: int, margin: float, seed: int
) -> None:
    """Softmax over a window of 4, delta over Hebb on overwritten keys, softmax over delta on two-part keys."""
    task = tasks.make(task_name, **knobs)

    def score(name: str) -> float:
        window = {"window": 4} if name == "window" else {}
        torch.manual_seed(seed)
        model = Model(name, 32, 1, mlp=0, heads=1, key=8, value=16, conv=0, **window, **task.sizes())
        start_alike(model)
        return train(model, task, steps=steps, lr=1e-2, seed=seed, test_batches=4).accuracy

    assert score(better) - score(worse) >= margin


@pytest.mark.parametrize("seed", [0, 1, 2])
@pytest.mark.parametrize(
    ("name", "task_name", "knobs", "steps", "least"),
    [
        ("rwkv7", "forgetting_mqar", {"pairs": 8, "updates": 6}, 100, 0.45),
        ("delta_product", "stacked_mqar", {"pairs": 6}, 80, 0.15),
        ("nsa", "long_tail_recall", {"pairs": 6, "tells": 12}, 60, 0.15),
    ],
)
def test_layers_with_maps_of_their_own_learn_recall_from_a_start_alike(
    name: str, task_name: str, knobs: dict[str, Any], steps: int, least: float, seed: int
) -> None:
    """A question finds its fact early; RWKV-7 also because its keys are made of the token more than of the last one."""
    task, layer = tasks.make(task_name, **knobs, **SMALL), find(name)
    sizes = {k: v for k, v in {"heads": 1, "key": 8, "value": 16, "conv": 0}.items() if k in knobs_of(layer)}
    if "value" not in sizes:
        sizes["key"] = 16
    torch.manual_seed(seed)
    model = Model(name, 32, 1, mlp=0, **sizes, **task.sizes())
    start_alike(model)

    assert train(model, task, steps=steps, lr=1e-2, seed=seed, test_batches=4).accuracy >= least


def test_the_trunk_streams_and_mixes_layers() -> None:
    """Different mixers in one model; token by token equals all at once; the state is the sum of the layers'."""
    model = Model(["delta_net", "softmax"], 16, 2, vocab=11, heads=2).double()
    ids = torch.randint(11, (2, 9))

    with torch.no_grad():
        whole, _ = model(ids)
        step, carried = [], None
        for t in range(9):
            y, carried = model(ids[:, t : t + 1], carried)
            step.append(y)

    torch.testing.assert_close(torch.cat(step, 1), whole, atol=1e-10, rtol=0)
    assert model.state_size(9) == sum(m.state_size(9) for m in model.mixers())


def test_balance_loss_of_a_router_is_trained_on() -> None:
    """The trunk hands on what its mixers ask for; layers without a router ask for nothing."""
    ids = torch.randint(11, (2, 9))
    routed, plain = (Model(name, 16, 1, vocab=11, heads=2) for name in ("mom", "delta_net"))

    routed(ids), plain(ids)

    assert routed.extra_loss() is not None
    assert plain.extra_loss() is None


def test_wrong_use_of_trunk_and_tasks_is_named() -> None:
    """Messages in the user's words."""
    with pytest.raises(InvalidInput, match="one of the two"):
        Model("delta_net", 16)
    with pytest.raises(InvalidInput, match="near: copy"):
        tasks.make("copyy")
    with pytest.raises(InvalidInput, match="reads token ids"):
        Model("delta_net", 16, vocab=4)(torch.zeros(2, 5))
