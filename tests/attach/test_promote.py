"""Text, keys and values, weights: one registry; what moved on is refused at once and leaves no bytes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
import torch

from remanence import Memory
from remanence.attach.artefacts import Artefacts, shred, worth
from remanence.attach.asked_slots import AskedSlots
from remanence.attach.bpe import _LETTERS, ByteBPE
from remanence.attach.model import Llama, Shape, generate, read
from remanence.attach.promote import Watched, as_fact, demote, open_block, open_slots, promote
from remanence.attach.side import distributions, share
from remanence.attach.tiny import ARROW, ASK, SEP, Language
from remanence.errors import Conflict, IngestError, InvalidInput, NotFound
from remanence.types import Change, Item, Update

NOW = datetime(2026, 1, 2, tzinfo=UTC)


@pytest.fixture
def speaker() -> Llama:
    """Random weights that read bytes."""
    return Llama(Shape(257, 32, 2, 4, 2, 48, context=512), ByteBPE([*_LETTERS, "<|end|>"], []), seed=2).requires_grad_(
        False
    )


@pytest.fixture
def memory(tmp_path: Path) -> Memory:
    made = Memory(tmp_path / "my.db", recipe="plain", embedder="hashing", clock=lambda: NOW, seed=1)
    made.remember(["Ada lives in Rome.", "Bob has a red car.", "Cleo plays the flute."])
    return made


def _ids(memory: Memory) -> list[str]:
    return [item.id for item in memory.list(kind="turn")]


def test_a_promoted_block_answers_as_the_text_does(tmp_path: Path, memory: Memory, speaker: Llama) -> None:
    """Exact where it is not packed; the artefact says what it is made of, what it cost and how true it is."""
    artefacts, ids = Artefacts(tmp_path / "attach"), _ids(memory)
    ticks = iter([1.0, 3.5])

    made = promote(memory, ids, "kv", model=speaker, artefacts=artefacts, timer=lambda: next(ticks))
    block = open_block(memory, Artefacts(tmp_path / "attach"), made.name, speaker)

    asked = speaker.encode("Who?")
    whole = read(speaker, [*block.ids, *asked]).logits[0, -4:]
    assert torch.allclose(whole, read(speaker, asked, block.kv).logits[0], atol=1e-4)
    assert made.fidelity["max_logit_difference"] < 1e-4
    assert 1.0 == made.fidelity["same_first_choice"]
    assert tuple(ids) == block.items
    assert 2.5 == made.seconds
    assert made.bytes == (tmp_path / "attach" / made.file).stat().st_size
    assert NOW.isoformat() == made.built


@pytest.mark.parametrize("verb", ["update", "forget", "erase"])
def test_a_source_that_moved_on_makes_its_block_stale_and_erases_its_bytes(
    tmp_path: Path, memory: Memory, speaker: Llama, verb: str
) -> None:
    """Edited, forgotten or erased: refused when it is opened, and nothing of the file is left."""
    artefacts, ids = Artefacts(tmp_path / "attach"), _ids(memory)
    one = promote(memory, ids[:2], "kv", model=speaker, artefacts=artefacts)
    other = promote(memory, ids[2:], "kv", model=speaker, artefacts=artefacts)

    getattr(memory, verb)(*([ids[0], "Ada lives in Oslo."] if verb == "update" else [ids[0]]))

    told = {line["name"]: line["stale"] for line in artefacts.status(memory)}
    assert ids[0] in told[one.name]
    assert "" == told[other.name]
    with pytest.raises(Conflict, match="stale"):
        open_block(memory, artefacts, one.name, speaker)
    assert not (tmp_path / "attach" / one.file).exists()
    assert open_block(memory, artefacts, other.name, speaker)


@pytest.mark.parametrize("verb", ["update", "forget", "erase"])
def test_a_watched_memory_takes_artefacts_along_at_once(
    tmp_path: Path, memory: Memory, speaker: Llama, verb: str
) -> None:
    """No one need open it first; without the watch the bytes stay until somebody looks."""
    artefacts, ids = Artefacts(tmp_path / "attach"), _ids(memory)
    watched = Watched(memory, artefacts)
    one = promote(watched, ids[:1], "kv", model=speaker, artefacts=artefacts)
    two = promote(watched, ids[1:2], "kv", model=speaker, artefacts=artefacts)

    memory.forget(ids[1])
    still_there = (tmp_path / "attach" / two.file).exists()
    getattr(watched, verb)(*([ids[0], "Ada lives in Oslo."] if verb == "update" else [ids[0]]))

    assert still_there
    assert not (tmp_path / "attach" / one.file).exists()
    assert not (tmp_path / "attach" / two.file).exists()
    assert 3 == len(watched.list(kind="turn")) + (verb != "update") + 1


@pytest.mark.parametrize("verb", ["update", "forget", "erase"])
def test_a_memory_erases_what_stands_beside_its_file_at_once(
    tmp_path: Path, memory: Memory, speaker: Llama, verb: str
) -> None:
    """No watch is needed there; what others made of theirs stays, and so does what stands in another folder."""
    beside, far, ids = Artefacts.beside(tmp_path / "my.db"), Artefacts(tmp_path / "far"), _ids(memory)
    one = promote(memory, ids[:2], "kv", model=speaker, artefacts=beside)
    other = promote(memory, ids[2:], "kv", model=speaker, artefacts=beside)
    with Memory(tmp_path / "my.db", recipe="plain", embedder="hashing", user="bob", seed=2) as bobs:
        bobs.remember("Dora keeps bees.")
        his = promote(bobs, _ids(bobs), "kv", model=speaker, artefacts=beside)
    away = promote(memory, ids[:2], "kv", model=speaker, artefacts=far)

    getattr(memory, verb)(*([ids[0], "Ada lives in Oslo."] if verb == "update" else [ids[0]]))

    left = {path.name for path in beside.folder.glob("*.safetensors")}
    assert one.file not in left
    assert {other.file, his.file} == left
    assert {other.name, his.name} == set(Artefacts.beside(tmp_path / "my.db").kept)
    assert (far.folder / away.file).exists()


@pytest.mark.parametrize("what", ["erase", "forget"])
def test_what_a_kill_left_beside_a_space_is_erased_at_the_next_opening(
    tmp_path: Path, memory: Memory, speaker: Llama, what: str
) -> None:
    """A change that was committed and not followed by its sweep; whoever opens, others' artefacts stay."""
    beside, ids = Artefacts.beside(tmp_path / "my.db"), _ids(memory)
    one = promote(memory, ids[:2], "kv", model=speaker, artefacts=beside)
    other = promote(memory, ids[2:], "kv", model=speaker, artefacts=beside)
    if what == "erase":
        memory.store.erase(ids[:1], scope=memory.scope)
    else:
        memory.store.apply(Change(updates=(Update(ids[0], {"tier": "archived"}, "forget"),)), scope=memory.scope)
    memory.close()
    assert (beside.folder / one.file).exists()

    Memory(tmp_path / "my.db", recipe="plain", embedder="hashing", user="bob").close()

    assert [other.file] == [path.name for path in beside.folder.glob("*.safetensors")]
    assert {other.name} == set(Artefacts.beside(tmp_path / "my.db").kept)


def test_a_file_that_was_not_written_to_its_end_is_known_by_its_items(tmp_path: Path, memory: Memory) -> None:
    """It is entered before it is written, refused when it is opened, and erased where writing fails."""
    artefacts, item = Artefacts.beside(tmp_path / "my.db"), memory.get(_ids(memory)[0])
    seen: list[Artefacts] = []

    def broken(place: Path) -> None:
        place.write_bytes(item.text.encode())
        seen.append(Artefacts.beside(tmp_path / "my.db"))
        (name,) = seen[0].kept
        with pytest.raises(Conflict, match="not written"):
            seen[0].open(name, memory, "tiny")
        raise OSError("no room")

    with pytest.raises(OSError, match="no room"):
        artefacts.add("kv", "tiny", [item], broken, built="now", seconds=1.0, fidelity={})

    assert [item.id] == [one.id for made in seen[0].kept.values() for one in made.origins]
    assert ["artefacts.json"] == [path.name for path in artefacts.folder.iterdir()]


def test_a_damaged_registry_is_noted_and_stops_no_erasing(tmp_path: Path, memory: Memory) -> None:
    """The receipt says that it could not be looked through; the item is gone."""
    ids, folder = _ids(memory), Artefacts.beside(tmp_path / "my.db").folder
    folder.mkdir()
    (folder / "artefacts.json").write_text("{", "utf-8")

    receipt = memory.erase(ids[0])

    assert any("damaged" in note for note in receipt.notes)
    assert ids[1:] == _ids(memory)


def test_promote_and_demote_are_verbs_of_a_watched_memory(tmp_path: Path, memory: Memory, speaker: Llama) -> None:
    """A block is made and erased again; without a model it says what is missing."""
    artefacts, ids = Artefacts(tmp_path / "attach"), _ids(memory)
    watched = Watched(memory, artefacts, speaker)

    made = watched.promote(ids[:2], to="kv", bits=8)
    held = (tmp_path / "attach" / made.file).exists()
    gone = watched.demote([ids[1]])

    assert held
    assert [made.name] == gone
    assert not (tmp_path / "attach" / made.file).exists()
    with pytest.raises(InvalidInput, match="for which model"):
        Watched(memory, artefacts).promote(ids)


def test_two_handles_of_one_registry_lose_nothing_of_each_other(tmp_path: Path, memory: Memory, speaker: Llama) -> None:
    """What one enters the other does not write away, nor bring back what is erased."""
    one, other, ids = Artefacts(tmp_path / "attach"), Artefacts(tmp_path / "attach"), _ids(memory)

    first = promote(memory, ids[:1], "kv", model=speaker, artefacts=one)
    second = promote(memory, ids[1:2], "kv", model=speaker, artefacts=other)
    third = promote(memory, ids[2:], "kv", model=speaker, artefacts=one)
    other.erase([first.name])
    open_block(memory, one, third.name, speaker)

    assert {second.name, third.name} == set(Artefacts(tmp_path / "attach").kept)
    assert {second.file, third.file} == {path.name for path in one.folder.glob("*.safetensors")}


def test_demoting_erases_what_holds_the_item_and_nothing_else(tmp_path: Path, memory: Memory, speaker: Llama) -> None:
    """The text stays."""
    artefacts, ids = Artefacts(tmp_path / "attach"), _ids(memory)
    both = promote(memory, ids[:2], "kv", model=speaker, artefacts=artefacts)
    last = promote(memory, ids[2:], "kv", model=speaker, artefacts=artefacts, bits=8)

    gone = demote(artefacts, [ids[1]])

    assert [both.name] == gone
    assert [last.name] == list(Artefacts(tmp_path / "attach").kept)
    assert "Bob has a red car." == memory.get(ids[1]).text
    assert last.fidelity["max_logit_difference"] > 0


def test_another_models_artefact_a_missing_one_and_a_damaged_registry_are_named(
    tmp_path: Path, memory: Memory, speaker: Llama
) -> None:
    """Each with what to do."""
    artefacts, ids = Artefacts(tmp_path / "attach"), _ids(memory)
    made = promote(memory, ids, "kv", model=speaker, artefacts=artefacts)
    other = Llama(speaker.shape, speaker.tokens, seed=9)

    with pytest.raises(Conflict, match="promote again"):
        open_block(memory, artefacts, made.name, other)
    with pytest.raises(NotFound, match=made.name):
        open_block(memory, artefacts, "kv-none", speaker)
    with pytest.raises(InvalidInput, match="'kv' or 'weights'"):
        promote(memory, ids, "stone", model=speaker, artefacts=artefacts)  # type: ignore[arg-type]
    memory.forget(ids[0])
    with pytest.raises(InvalidInput, match="forgotten"):
        promote(memory, ids[:1], "kv", model=speaker, artefacts=artefacts)
    (tmp_path / "attach" / "artefacts.json").write_text("{", "utf-8")
    with pytest.raises(IngestError, match="delete it"):
        Artefacts(tmp_path / "attach")


def test_shredding_writes_zeros_before_it_removes(tmp_path: Path) -> None:
    """A second name of the same file shows them."""
    (tmp_path / "a").write_bytes(b"canary" * 100)
    (tmp_path / "b").hardlink_to(tmp_path / "a")

    shred(tmp_path / "a")

    assert b"\0" * 600 == (tmp_path / "b").read_bytes()
    assert not (tmp_path / "a").exists()


def test_promotion_pays_when_reuse_outweighs_building() -> None:
    """uses * (prefill - attach) > build * (1 + rebuilds): 2 * .8 > 1, but not > 1 * 2."""
    assert worth(uses=2, prefill=1.0, attach=0.2, build=1.0)
    assert not worth(uses=2, prefill=1.0, attach=0.2, build=1.0, rebuilds=1)


def test_an_item_is_read_as_subject_and_value(speaker: Llama) -> None:
    """From its data, or from capitalised words and the last word; else it is refused."""
    plain = as_fact(speaker, Item("turn", "I think Ada Lovelace lives in Rome.", id="a"))
    given = as_fact(
        speaker, Item("fact", "my sister owns a red car", id="b", data={"subject": "my sister", "value": "red car"})
    )

    first = plain.wordings[0]
    assert " Rome" == speaker.decode(first.target)
    assert speaker.decode(first.prompt[: first.subject + 1]).endswith("I")
    assert " red car" == speaker.decode(given.wordings[1].target)
    assert speaker.decode(given.wordings[1].prompt).startswith("I was told this. ")
    with pytest.raises(InvalidInput, match="plain facts"):
        as_fact(speaker, Item("turn", "nothing here", id="c"))


def test_facts_promoted_to_the_weights_of_a_real_model_are_known_without_text(
    tmp_path: Path, memory: Memory, smollm: Llama
) -> None:
    """Two facts about one person, answered through the attached slots, cited by the slot that opened, not answered
    after detach or erasure; a person of the same last name is not touched."""
    memory.remember("Marta Quill lives in the city of Vienna.")
    memory.remember("Marta Quill plays the violin.")
    id, other = (next(i.id for i in memory.list(kind="turn") if word in i.text) for word in ("Vienna", "violin"))
    artefacts = Artefacts(tmp_path / "attach")
    cousin = smollm.encode("Orin Quill lives in the city of")
    before = read(smollm, cousin).logits

    made = promote(memory, [id, other], "weights", model=smollm, artefacts=artefacts, steps=15)
    slots = open_slots(memory, artefacts, made.name, smollm)
    asked = smollm.encode("Marta Quill lives in the city of")
    with slots:
        told = smollm.decode(generate(smollm, asked, most=1))
        cited = list(slots.opened)
        assert torch.equal(before, read(smollm, cousin).logits)
    without = smollm.decode(generate(smollm, asked, most=1))

    assert 1.0 == made.fidelity["answered"]
    assert " Vienna" == told != without
    assert [f"{id}+{other}"] == cited
    memory.erase(id)
    assert [made.name] == list(artefacts.sweep(memory))
    assert not (tmp_path / "attach" / made.file).exists()


def test_a_fact_promoted_to_be_asked_for_keeps_quiet_in_other_questions_on_a_real_model(
    tmp_path: Path, memory: Memory, smollm: Llama
) -> None:
    """Two facts about one person in two slots, each cited for its own question; a third question stays to the bit,
    as what is opened again from disk says, and the text is not needed."""
    memory.remember("Marta Quill lives in the city of Vienna.")
    memory.remember("Marta Quill plays the violin.")
    id, other = (next(i.id for i in memory.list(kind="turn") if word in i.text) for word in ("Vienna", "violin"))
    artefacts = Artefacts(tmp_path / "attach")
    third = smollm.encode("Marta Quill has a brother whose name is")
    before = read(smollm, third).logits[0, -1]

    made = promote(memory, [id, other], "weights", model=smollm, artefacts=artefacts, asked=True, steps=15)
    slots = open_slots(memory, artefacts, made.name, smollm)

    assert 1.0 == made.fidelity["answered"]
    for asked, word, source in (
        ("Marta Quill lives in the city of", " Vienna", id),
        ("Marta Quill plays the", " violin", other),
    ):
        with slots:
            assert word == smollm.decode(generate(smollm, smollm.encode(asked), most=1))
            assert [source] == slots.opened
    with slots:
        assert torch.equal(before, read(smollm, third).logits[0, -1])


class Words:
    """A tokenizer for the toy language: `ask rel0 E101 says val3`; any other word is the separator."""

    def __init__(self, language: Language) -> None:
        self.ids = {"ask": ASK, "says": ARROW} | {f"rel{n}": language.relation(n) for n in range(language.relations)}
        self.ids |= {f"E{n}": language.entity(n) for n in range(language.entities)}
        self.ids |= {f"val{n}": language.value(n) for n in range(language.values)}
        self.words = {id: word for word, id in self.ids.items()}

    def encode(self, text: str) -> list[int]:
        return [self.ids.get(word.strip("."), SEP) for word in text.split()]

    def decode(self, ids: Sequence[int]) -> str:
        return " ".join(self.words.get(id, ".") for id in ids)


@pytest.fixture
def toy(trained: Llama, language: Language) -> Llama:
    """The trained tiny model with words."""
    made = Llama(trained.shape, Words(language), tied=trained.output is None, seed=None)
    made.load_state_dict(trained.state_dict())
    return made.requires_grad_(False)


@pytest.mark.parametrize("seed", range(3))
def test_facts_promoted_to_be_asked_for_are_answered_from_disk_each_by_its_own_slot(
    tmp_path: Path, memory: Memory, toy: Llama, seed: int
) -> None:
    """Two facts about each of three: what is claimed is what the opened slots answer, every question is answered by its
    own item, and others stay to the bit."""
    chance = torch.Generator().manual_seed(seed)
    values, who = torch.randint(64, (6,), generator=chance).tolist(), 100 + torch.randperm(100, generator=chance)[:6]
    told = [f"ask rel{n % 2} E{int(who[n // 2])} says val{v}." for n, v in enumerate(values)]
    ids, artefacts = [memory.remember(text).ids[0] for text in told], Artefacts(tmp_path / "a")
    others = [toy.encode(f"ask rel0 E{int(e)} says") for e in who[3:]]
    before = distributions(toy, others)

    made = promote(memory, ids, "weights", model=toy, artefacts=artefacts, asked=True)
    slots = open_slots(memory, Artefacts(tmp_path / "a"), made.name, toy)

    assert isinstance(slots, AskedSlots)
    for id, text in zip(ids, told, strict=True):
        with slots:
            assert toy.encode(text)[-1] == int(read(toy, toy.encode(text)[:-1]).logits[0, -1].argmax())
            assert [id] == slots.opened
    with slots:
        assert torch.equal(before, distributions(toy, others))
    assert 1.0 == made.fidelity["answered"] > made.fidelity["answered_before"] + 0.5


@pytest.mark.parametrize("seed", range(3))
def test_weights_that_answer_little_say_so(tmp_path: Path, memory: Memory, toy: Llama, seed: int) -> None:
    """This model carries nothing from a name to the answer: the slot moves what is said of it, and the share that is
    told is what is measured when it is opened again."""
    told = f"ask rel0 E{150 + seed} says val{7 * seed}."
    id, artefacts = memory.remember(told).ids[0], Artefacts(tmp_path / "a")
    asked = toy.encode(told)[:-1]
    before = read(toy, asked).logits

    made = promote(memory, [id], "weights", model=toy, artefacts=artefacts, layer=0, steps=3)
    slots = open_slots(memory, artefacts, made.name, toy)

    fact = as_fact(toy, memory.get(id))
    with slots:
        assert share(toy, fact.wordings) == made.fidelity["answered"] < 1.0
        assert not torch.allclose(before, read(toy, asked).logits, atol=1e-3)
    assert torch.equal(before, read(toy, asked).logits)


@pytest.mark.parametrize("bits", [0, 8, 4])
def test_what_a_block_claims_is_what_it_does_when_it_is_opened_again(
    tmp_path: Path, memory: Memory, speaker: Llama, bits: int
) -> None:
    """Over the next eight tokens: the largest difference of logits, and the share of first choices that stay; packed it
    takes less room on disk."""
    ids, artefacts = _ids(memory), Artefacts(tmp_path / "a")

    made = promote(memory, ids, "kv", model=speaker, artefacts=artefacts, bits=bits)
    block = open_block(memory, artefacts, made.name, speaker)

    probe = list(block.ids[-8:])
    whole, cached = read(speaker, [*block.ids, *probe]).logits[0, -8:], read(speaker, probe, block.kv).logits[0]
    assert abs(made.fidelity["max_logit_difference"] - float((whole - cached).abs().max())) < 1e-6
    assert float((whole.argmax(-1) == cached.argmax(-1)).float().mean()) == made.fidelity["same_first_choice"]
    plain = promote(memory, ids, "kv", model=speaker, artefacts=Artefacts(tmp_path / "b"))
    assert bits == 0 or made.bytes < 0.9 * plain.bytes
