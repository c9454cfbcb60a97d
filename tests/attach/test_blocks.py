"""Blocks of keys and values: exact as a prefix, honest elsewhere, never another model's, never changed by use."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from remanence.attach.blocks import Block, Source, build, compose, from_ids, load, move, save, select, size
from remanence.attach.model import Llama, Shape, cat, nll, read
from remanence.attach.quantise import GROUP, pack, quantised
from remanence.attach.tiny import Language, contexts
from remanence.errors import IngestError, InvalidInput, ModelMismatch


def _draw(count: int, seed: int) -> list[int]:
    return torch.randint(50, (count,), generator=torch.Generator().manual_seed(seed)).tolist()


def test_a_cached_prefix_equals_reading_it_for_a_hundred_prompts(random_llama: Llama) -> None:
    """Logits to 1e-4 and the same first choice in 100 of 100; at a wrong position they differ."""
    worst, agreed, wrong = 0.0, 0, 0.0
    for seed in range(100):
        prefix, asked = _draw(20, seed), _draw(6, 1000 + seed)
        block = from_ids(random_llama, prefix)

        full = read(random_llama, prefix + asked).logits[0, -6:]
        cached = read(random_llama, asked, block.kv).logits[0]
        astray = random_llama.forward(torch.tensor([asked]), block.kv, positions=torch.arange(6)).logits[0]

        worst = max(worst, float((full - cached).abs().max()))
        agreed += int(torch.equal(full.argmax(-1), cached.argmax(-1)))
        wrong = max(wrong, float((full - astray).abs().max()))

    assert worst < 1e-4
    assert 100 == agreed
    assert wrong > 1e-2


def test_ten_questions_leave_a_block_as_it_was(random_llama: Llama) -> None:
    """What a careless cache loses: it grows with every question."""
    block = from_ids(random_llama, _draw(12, 0))
    before = [t.clone() for t in (*block.kv.keys, *block.kv.values)]

    for seed in range(10):
        read(random_llama, _draw(5, seed), block.kv)

    assert 12 == len(block)
    assert all(torch.equal(a, b) for a, b in zip(before, (*block.kv.keys, *block.kv.values), strict=True))


def test_a_moved_block_equals_one_that_was_read_there(random_llama: Llama) -> None:
    """Rotary keys turn by a constant angle; unmoved keys are not the same."""
    ids = _draw(10, 1)
    there = random_llama.forward(torch.tensor([ids]), positions=torch.arange(300, 310)).kv

    block = from_ids(random_llama, ids)
    moved = move(block, 300, random_llama.shape)

    assert torch.allclose(moved.kv.keys[1], there.keys[1], atol=1e-4)
    assert not torch.allclose(block.kv.keys[1], there.keys[1], atol=1e-2)
    assert 310 == moved.kv.end
    assert torch.allclose(move(moved, 0, random_llama.shape).kv.keys[0], block.kv.keys[0], atol=1e-4)


def test_composing_is_not_exact_and_reading_all_of_the_second_again_is(random_llama: Llama) -> None:
    """Blocks read apart never looked at each other; the more is read again, the nearer it gets."""
    first, second, asked = _draw(12, 2), _draw(12, 3), _draw(5, 4)
    blocks = [from_ids(random_llama, first), from_ids(random_llama, second)]
    full = read(random_llama, first + second + asked).logits[0, -5:]

    def apart(again: int) -> float:
        joined = compose(random_llama, blocks, again=again)
        assert 24 == len(joined) == joined.kv.end
        return float((read(random_llama, asked, joined.kv).logits[0] - full).abs().max())

    assert apart(0) > 1e-3
    assert apart(12) < 1e-4


def test_reading_again_what_deviates_leaves_less_wrong_than_reading_again_the_first() -> None:
    """Five of twelve tokens by deviation leave the least that is wrong in keys and values; all leave nothing. The
    layers that were run over all tokens are those of joint reading, the twin without them has only chosen tokens."""
    deep = Llama(Shape(50, 32, 4, 4, 2, 48), seed=3).requires_grad_(False)
    first, second = _draw(12, 2), _draw(12, 3)
    blocks = [from_ids(deep, first, sources=(Source("a", 1, 0, 12),)), from_ids(deep, second)]
    joint = from_ids(deep, first + second)

    def wrong(again: float, by: str, layers: slice = slice(None), early: int = 2) -> float:
        joined = compose(deep, blocks, again=again, by=by, early=early)
        assert joint.ids == joined.ids
        assert ("a",) == joined.items
        told = zip((joined.kv.keys, joined.kv.values), (joint.kv.keys, joint.kv.values), strict=True)
        pairs = [pair for one, other in told for pair in zip(one[layers], other[layers], strict=True)]
        return sum(float((one - other).square().sum()) for one, other in pairs)

    assert wrong(12, "deviation") < 1e-6
    assert wrong(5, "deviation") < wrong(5, "first") < wrong(0, "first")
    assert wrong(0, "deviation", slice(2)) < 1e-6 < wrong(0, "deviation", slice(2, 4))
    assert wrong(5, "deviation", slice(2), early=0) > 1e-3
    assert wrong(5, "deviation") == wrong(5 / 12, "deviation")
    with pytest.raises(InvalidInput, match="by='first' or 'deviation'"):
        compose(deep, blocks, by="luck")


@pytest.mark.parametrize("seed", range(3))
def test_what_is_read_again_is_what_the_first_layers_moved_most(seed: int) -> None:
    """By hand: the four of twelve whose keys and values of the second layer joint reading changes most; in the layers
    behind all others stay as they were moved."""
    deep = Llama(Shape(50, 32, 4, 4, 2, 48), seed=3).requires_grad_(False)
    first, second = _draw(12, 10 + seed), _draw(12, 20 + seed)
    blocks = [from_ids(deep, first), from_ids(deep, second)]
    joint, moved = from_ids(deep, first + second).kv, compose(deep, blocks, again=0).kv

    made = compose(deep, blocks, again=4, by="deviation", early=2).kv

    pairs = ((joint.keys[1], moved.keys[1]), (joint.values[1], moved.values[1]))
    wrong = sum((one - other).square().sum((0, 1, 3))[12:] for one, other in pairs)
    changed = (made.keys[3] != moved.keys[3]).any(-1).any(1)[0].nonzero()[:, 0].tolist()
    assert sorted(12 + n for n in wrong.topk(4).indices.tolist()) == changed


def test_a_pass_over_the_first_layers_gives_their_keys_and_values(random_llama: Llama) -> None:
    """Depth one: one layer, the same to the bit; the whole pass has all."""
    ids = torch.tensor([_draw(9, 1)])

    part, whole = random_llama.forward(ids, depth=1, keep=1).kv, random_llama.forward(ids).kv

    assert 1 == len(part.keys) < len(whole.keys)
    assert torch.equal(part.keys[0], whole.keys[0])


def test_composing_two_contexts_keeps_their_facts(trained: Llama, language: Language) -> None:
    """Facts of both blocks are answered from the moved composition; with positions that collide fewer are."""
    right = collided = total = 0
    for told in contexts(language, 40, facts=8, seed=11):
        parts = [[t for fact in half for t in language.told(*fact)] for half in (told[:4], told[4:])]
        blocks = [from_ids(trained, part) for part in parts]
        composed = compose(trained, blocks, again=4).kv
        plain = cat(blocks[0].kv, blocks[1].kv)
        for relation, entity, value in (told[1], told[6]):
            asked = torch.tensor([language.asked(relation, entity)])
            right += int(trained.forward(asked, composed).logits[0, -1].argmax()) == language.value(value)
            collided += int(trained.forward(asked, plain).logits[0, -1].argmax()) == language.value(value)
            total += 1

    assert right / total >= 0.9
    assert right >= collided


def test_a_block_says_which_item_a_token_belongs_to_also_composed_and_thinned(smollm: Llama) -> None:
    """What attention points at becomes a citation."""
    one = build(smollm, [("a", "Ada lives in Rome."), ("b", "Bob has a red car.", 3)], head="\n")
    two = build(smollm, [("c", "Cleo plays the flute.")], head="\n")

    both = compose(smollm, [one, two])
    thin = select(both, torch.tensor([0, 2, len(both) - 2]))

    assert ("a", "b", "c") == both.items
    assert both.named(0) is None
    assert [3] == [s.version for s in both.sources if s.id == "b"]
    for id, word in (("a", " Rome"), ("b", " red"), ("c", " plays")):
        place = both.ids.index(smollm.encode(word)[0])
        found = both.named(place)
        assert found is not None
        assert id == found.id
    assert ["a", "c"] == [s.id for s in (thin.named(1), thin.named(2)) if s]


@pytest.mark.parametrize("bits", [0, 8, 4])
def test_a_saved_block_comes_back(tmp_path: Path, random_llama: Llama, bits: int) -> None:
    """Bit for bit where it is not packed, and the packed form is what `quantised` gives."""
    block = from_ids(random_llama, _draw(40, 5))

    save(block, tmp_path / "b.safetensors", bits=bits)
    again = load(tmp_path / "b.safetensors", random_llama)

    expected = quantised(block.kv, bits) if bits else block.kv
    assert all(torch.equal(a, b) for a, b in zip(expected.keys, again.kv.keys, strict=True))
    assert all(torch.equal(a, b) for a, b in zip(expected.values, again.kv.values, strict=True))
    assert (block.ids, block.sources, block.kv.end) == (again.ids, again.sources, again.kv.end)
    assert ["b.safetensors"] == [p.name for p in tmp_path.iterdir()]


def test_fewer_bits_take_less_room_and_err_more(random_llama: Llama) -> None:
    """8 bits err less than 4, and both are smaller than 32."""
    ids, asked = _draw(64, 6), _draw(6, 7)
    block = from_ids(random_llama, ids)
    exact = read(random_llama, asked, block.kv).logits

    def error(bits: int) -> float:
        return float((read(random_llama, asked, quantised(block.kv, bits)).logits - exact).abs().max())

    assert 0 < error(8) < error(4)
    assert size(block, 4) < size(block, 8) < size(block) == block.kv.bytes


def test_codes_by_hand() -> None:
    """Thirty-two values from -1 to 1 at 4 bits: fifteen steps of 2/15."""
    values = torch.linspace(-1, 1, GROUP)[None, None, None]

    packed = pack(values, 4, keys=False)

    step = float(packed.scale[0, 0, 0, 0])
    assert abs(step - 2 / 15) < 1e-4
    assert float((packed.restored() - values).abs().max()) <= step / 2 + 1e-3
    assert GROUP // 2 == packed.codes.shape[-1]


def test_another_models_block_is_refused(tmp_path: Path, random_llama: Llama) -> None:
    """A stale or foreign cache must not answer."""
    other = Llama(random_llama.shape, seed=9).requires_grad_(False)
    block = from_ids(random_llama, _draw(8, 8))
    save(block, tmp_path / "b.safetensors")

    with pytest.raises(ModelMismatch, match="build it anew"):
        load(tmp_path / "b.safetensors", other)
    with pytest.raises(ModelMismatch):
        compose(other, [block])


def test_damage_and_misuse_are_named(tmp_path: Path, random_llama: Llama) -> None:
    """A cut file, a foreign file, nothing to read, too much to read."""
    save(from_ids(random_llama, _draw(8, 9)), tmp_path / "b.safetensors")
    (tmp_path / "cut.safetensors").write_bytes((tmp_path / "b.safetensors").read_bytes()[:200])
    short = Llama(Shape(50, 32, 1, 4, 2, 48, context=16), seed=1)

    with pytest.raises(IngestError, match="not a whole"):
        load(tmp_path / "cut.safetensors")
    with pytest.raises(IngestError, match="no block"):
        load(tmp_path / "none.safetensors")
    with pytest.raises(InvalidInput, match="nothing to read"):
        from_ids(random_llama, [])
    with pytest.raises(InvalidInput, match="more than the 16"):
        from_ids(short, _draw(17, 0))


def test_the_real_model_answers_the_same_after_a_cached_paragraph(smollm: Llama) -> None:
    """Likelihood of a continuation: with the block as with the text, far from without."""
    told = "Marta Quill keeps bees behind the old lighthouse at Port Ravel.\n"
    asked = smollm.encode("Question: Where does Marta Quill keep bees? Answer: behind the old lighthouse")
    block: Block = build(smollm, [("m", told)])

    cached = nll(smollm, asked, block.kv)
    whole = nll(smollm, [*block.ids, *asked], given=len(block.ids) + 1)

    assert abs(cached - whole) < 1e-3
    assert nll(smollm, asked) > cached + 0.3
