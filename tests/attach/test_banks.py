"""Banks of codes, latents and runs: dead codes come back, documents are separate, only verified runs enter."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from remanence.attach.bpe import _LETTERS, ByteBPE
from remanence.attach.codebook import Codebook, packed, unpacked
from remanence.attach.latents import LatentBank
from remanence.attach.model import Llama, Shape
from remanence.attach.side import Example
from remanence.attach.tiny import Language
from remanence.attach.trajectories import Run, Trajectories, votes
from remanence.errors import InvalidInput, NotFound


def test_resetting_dead_codes_doubles_their_use_and_cuts_the_error_tenfold() -> None:
    """On 256 clusters far from where the codes start; without the reset a few codes win everything."""
    chance = torch.Generator().manual_seed(0)
    centres = torch.randn(256, 16, generator=chance) * 8 + 20
    vectors = centres[torch.randint(256, (4096,), generator=chance)] + 0.1 * torch.randn(4096, 16, generator=chance)

    told = {}
    for reset in (True, False):
        book = Codebook(512, 16, reset=reset)
        for _ in range(12):
            for batch in vectors.split(512):
                book.learn(batch)
        told[reset] = (book.perplexity(vectors), book.error(vectors))

    assert told[True][0] >= 2 * told[False][0]
    assert told[True][1] <= 0.1 * told[False][1]


@settings(max_examples=60)
@given(st.integers(1, 12), st.lists(st.integers(0, 4095), max_size=40))
def test_codes_of_any_width_come_back(bits: int, codes: list[int]) -> None:
    """T codes of n bits take T * n bits, rounded up to bytes."""
    fitting = torch.tensor([code % (1 << bits) for code in codes], dtype=torch.long)

    raw = packed(fitting, bits)

    assert -(-len(codes) * bits // 8) == len(raw)
    assert torch.equal(fitting, unpacked(raw, bits, len(codes)))


def test_codes_that_do_not_fit_are_refused() -> None:
    """No silent wrap."""
    with pytest.raises(InvalidInput):
        packed(torch.tensor([4]), 2)
    with pytest.raises(InvalidInput):
        unpacked(b"", 9, 1)


def _bank(trained: Llama, language: Language, **knobs: object) -> tuple[LatentBank, list[tuple[Example, int]]]:
    """Three documents of two facts each, compressed; questions with the document that answers."""
    bank = LatentBank(trained, tokens=4, **knobs)  # type: ignore[arg-type]
    asked = []
    for number in range(3):
        facts = [(0, 100 + 10 * number + n, 7 * number + n) for n in range(2)]
        lessons = [Example(tuple(language.asked(r, e)), (language.value(v),)) for r, e, v in facts]
        bank.write(f"d{number}", [t for fact in facts for t in language.told(*fact)], lessons, steps=80, lr=0.05)
        asked += [(lesson, number) for lesson in lessons]
    return bank, asked


def test_documents_become_latents_that_answer_and_the_model_stays(trained: Llama, language: Language) -> None:
    """Read through four vectors; an answer hangs on its own document alone; reading costs the same."""
    before = trained.embed.clone()
    bank, asked = _bank(trained, language)
    weights_same = torch.equal(before, trained.embed)

    right = sum(int(bank.read(lesson.prompt).argmax()) == lesson.target[0] for lesson, _ in asked)
    chosen = [bank.chosen(lesson.prompt) for lesson, _ in asked]
    first = bank.read(asked[0][0].prompt)
    bank.forget("d2")
    after_other = bank.read(asked[0][0].prompt)
    bank.forget("d0")
    after_own = bank.read(asked[0][0].prompt)

    assert weights_same
    assert [[f"d{number}"] for _, number in asked] == chosen
    assert right >= 5
    assert torch.equal(first, after_other)
    assert not torch.allclose(first, after_own)
    assert all(latent.shape == (4, 96) for latent in bank.latents.values())
    with pytest.raises(NotFound):
        bank.forget("d0")


def test_a_document_as_codes_costs_nine_bits_a_token(trained: Llama, language: Language) -> None:
    """512 rows: four latents are 36 bits, five bytes."""
    chance = torch.Generator().manual_seed(0)
    book = Codebook(512, 96)
    book.rows = torch.randn(512, 96, generator=chance) * 0.1
    bank = LatentBank(trained, tokens=4, codebook=book)

    bank.write("d", language.told(0, 101, 3), [Example(tuple(language.asked(0, 101)), (language.value(3),))], steps=1)

    assert 9 == book.bits
    assert 5 == len(bank.stored("d"))
    assert torch.equal(bank.latents["d"], book.decode(unpacked(bank.stored("d"), 9, 4)))
    with pytest.raises(InvalidInput):
        LatentBank(trained).stored("d")


@pytest.fixture
def runs() -> Trajectories:
    model = Llama(Shape(257, 32, 2, 4, 2, 48, context=512), ByteBPE([*_LETTERS, "<|end|>"], []), seed=2)
    return Trajectories(model.requires_grad_(False), vectors=8, longest=5)


def test_failed_too_short_and_too_long_runs_never_enter(runs: Trajectories) -> None:
    """Each with its reason; what enters has eight vectors, whatever its length."""
    told = [
        runs.add(Run("a", "book a flight", ("open", "click"), False)),
        runs.add(Run("b", "book a flight", ("open",), True)),
        runs.add(Run("c", "book a flight", ("open",) * 6, True)),
        runs.add(Run("d", "book a flight", ("open", "x"), True)),
        runs.add(Run("e", "book a hotel", ("open the page", "type the town", "press the button"), True)),
    ]

    assert ["verified", "1 steps", "6 steps"] == [
        r.reason.split(";")[0].split()[-1] if "verified" in r.reason else r.reason.split(";")[0] for r in told[:3] if r
    ]
    assert [None, None] == told[3:]
    assert ["d", "e"] == list(runs.runs)
    assert all((8, 32) == tuple(load.shape) for _, _, load in runs.runs.values())


def test_a_task_reads_the_nearest_runs_of_other_tasks(runs: Trajectories) -> None:
    """Its own run would be the answer; at most three times eight vectors."""
    tasks = [
        "book a flight to Rome",
        "book a flight to Oslo",
        "book a flight to Bern",
        "zz 99 ## !!",
        "book a flight to Wien",
    ]
    for number, task in enumerate(tasks):
        runs.add(Run(f"r{number}", task, ("open", "click", "done"), True))

    ids, load = runs.read(tasks[0])

    assert "r0" not in ids
    assert {"r1", "r2", "r4"} == set(ids)
    assert (24, 32) == tuple(load.shape)
    assert ([], 0) == (Trajectories(runs.model).read("x")[0], len(Trajectories(runs.model).read("x")[1]))
    assert "y" == votes(["x", "y", "y"])
    assert "x" == votes(["x", "y"])


def test_a_run_becomes_means_over_equal_stretches_of_its_text(runs: Trajectories) -> None:
    """Eight parts of the last layer's states, whatever the steps; another text gives other vectors."""
    one, other = (Run("a", "book", ("open the page", f"type the {word}"), True) for word in ("town", "hour"))
    ids = torch.tensor([runs.model.encode("open the page type the town")])
    states = runs.model.forward(ids, watch=[(1, "resid")]).seen[1, "resid"][0]

    load = runs.payload(one)

    assert torch.allclose(torch.stack([part.mean(0) for part in states.tensor_split(8)]), load, atol=1e-6)
    assert not torch.allclose(load, runs.payload(other), atol=1e-4)


@pytest.mark.parametrize("seed", range(3))
def test_runs_of_other_matters_do_not_change_what_a_task_reads(runs: Trajectories, seed: int) -> None:
    """Forty distractors in other letters, before and after the three that help."""
    chance = torch.Generator().manual_seed(seed)

    def distract(first: int) -> None:
        for number in range(first, first + 20):
            letters = torch.randint(33, 64, (20,), generator=chance).tolist()
            runs.add(Run(f"x{number}", "".join(map(chr, letters)), ("open", "click"), True))

    helpful = [f"book a flight to {town}" for town in ("Oslo", "Bern", "Wien")]
    distract(0)
    for number, task in enumerate(helpful):
        runs.add(Run(f"r{number}", task, ("open", f"click {number}"), True))
    before = runs.read("book a flight to Rome")
    distract(20)
    after = runs.read("book a flight to Rome")

    assert {"r0", "r1", "r2"} == set(before[0])
    assert before[0] == after[0]
    assert torch.equal(before[1], after[1])


@pytest.mark.parametrize("reset", [False, True])
def test_a_code_moves_to_what_it_won_and_a_dead_one_starts_again_at_an_input(reset: bool) -> None:
    """(.9 * 1 + .1 * (2 + 4)) / (.9 + .1 * 2) = 1.5 / 1.1; the row at 100 won nothing: it is 2 or 4, or stays."""
    book = Codebook(2, 1, reset=reset, dead=0.95)
    book.rows = torch.tensor([[1.0], [100.0]])
    book._sums = book.rows.clone()

    book.learn(torch.tensor([[2.0], [4.0]]))

    assert abs(float(book.rows[0]) - 1.5 / 1.1) < 1e-6
    assert round(float(book.rows[1]), 3) in ((2.0, 4.0) if reset else (100.0,))
