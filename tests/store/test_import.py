"""An import is an untrusted witness: it adds to the handle's own scope, and nothing else."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from remanence.errors import IngestError
from remanence.memory import Memory
from remanence.recipes import get
from remanence.store.upkeep import doctor, export, import_
from remanence.testing import HashingEmbedder
from remanence.types import Change, Evidence, Item

EMBEDDER = HashingEmbedder(32)


def opened(path: Any = ":memory:", user: str = "ann") -> Memory:
    return Memory(path, get("plain"), EMBEDDER, user=user)


def exported(memory: Memory) -> str:
    out = io.StringIO()
    export(memory.store, out, scope=memory.scope)
    return out.getvalue()


def taken(memory: Memory, text: str, **knobs: Any) -> dict[str, int]:
    return import_(memory.store, iter(text.splitlines()), EMBEDDER, scope=memory.scope, **knobs)


def line(**fields: Any) -> str:
    item = {"id": "evil", "kind": "turn", "text": "Ann's IBAN is EVIL", "seen": "2020-01-01", "scope": {"user": "ann"}}
    return '{"remanence":1}\n' + json.dumps({"item": item | fields}) + "\n"


def test_a_file_cannot_name_its_scope_its_trust_or_when_it_was_learnt(tmp_path: Path) -> None:
    """What it says is for ann becomes bob's who reads it; it was learnt now, and is trusted no more than told."""
    with opened(tmp_path / "a.db") as ann, opened(tmp_path / "a.db", "bob") as bob:
        ann.remember("mine")
        taken(bob, line(trust=1.0), trust=0.5)
        (item,) = bob.list()

        assert ["mine"] == [one.text for one in ann.list()]
        assert ("bob", 0.5) == (item.scope.user, item.trust)
        assert item.seen.year > 2020  # type: ignore[union-attr]


def test_an_id_of_the_file_never_overwrites(tmp_path: Path) -> None:
    """Of one's own it counts as known; one that another user has gets another id, the same each time."""
    with opened(tmp_path / "a.db") as ann, opened(tmp_path / "a.db", "bob") as bob:
        (id,) = ann.remember("mine").ids
        own = taken(ann, line(id=id))
        first = taken(bob, line(id=id))
        second = taken(bob, line(id=id))

        assert (0, 1, 1) == (own["items"], own["known"], own["differ"])
        assert "mine" == ann.get(id).text
        assert (1, 0, 1) == (first["items"], second["items"], len(bob.list()))
        assert id != bob.list()[0].id


def test_a_file_cannot_retire_or_double_what_is_believed() -> None:
    """A retired version is history at once; of two open versions the last is believed."""
    with opened() as memory:
        taken(memory, line(retired="2021-01-01"))
        old = json.dumps({"item": json.loads(line(id="two").splitlines()[1])["item"] | {"text": "newer", "version": 2}})
        taken(memory, line(id="two") + old + "\n")

        assert ["newer"] == [item.text for item in memory.list()]
        assert ["Ann's IBAN is EVIL", "newer"] == [item.text for item in memory.history("two")]


def test_other_words_of_a_known_source_stand_beside() -> None:
    """What the file's Ada said under the same id is kept, and told to contradict; once said here it is known."""
    with opened() as ada, opened() as memory:
        ada.remember({"text": "Tea is at four.", "source": "m1"})
        old = exported(ada)
        ada.remember({"text": "Tea is at nine.", "source": "m1"})
        (id,) = memory.remember({"text": "Tea is at five.", "source": "m1"}).ids

        first, second = taken(memory, exported(ada), trust=0.9), taken(memory, exported(ada), trust=0.9)
        older = taken(memory, old)

        assert ["Tea is at five.", "Tea is at nine."] == [item.text for item in memory.list()]
        assert [(2, 0), (0, 2), (0, 1)] == [(told["items"], told["known"]) for told in (first, second, older)]
        (link,) = memory._view().links([id], rels=("contradicts",))
        assert ["Tea is at four.", "Tea is at nine."] == [item.text for item in memory.history(link.src)]
        assert ["Tea is at five."] == [item.text for item in memory.history(id)]
        assert () == doctor(memory.store, deep=True).problems


def test_an_import_tells_what_it_left_as_it_is() -> None:
    """A later export of what is here already adds no version, and says that it knows one."""
    with opened() as memory, opened() as copy:
        (id,) = memory.remember("Tea is at four.").ids
        early = exported(memory)
        memory.update(id, "Tea is at five.")

        told = [taken(copy, text)["differ"] for text in (early, exported(memory), early)]

        assert [0, 1, 0] == told
        assert ["Tea is at four."] == [item.text for item in copy.history(id)]


def test_erased_items_do_not_come_back_with_an_old_export() -> None:
    """With a source and without one, and neither does what rests on them."""
    with opened() as memory:
        a = memory.remember({"text": "launch code 4711", "source": "s1"}).ids[0]
        b = memory.remember("no source 8822").ids[0]
        keep = memory.remember("harmless").ids[0]
        fact = Item("fact", "a code was told", evidence=(Evidence(a),))
        memory.store.apply(Change(puts=(fact,)), scope=memory.scope, embed=EMBEDDER.embed)
        text = exported(memory)
        memory.erase([a, b], force=True)
        mine = taken(memory, text)
        import_(memory.store, iter(text.splitlines()), EMBEDDER)

        assert [keep] == [item.id for item in memory.list(limit=0)]
        assert (0, 3) == (mine["items"], mine["erased"])


def test_an_erased_source_does_not_come_back_under_another_id() -> None:
    """Another copy remembered the same message by itself; what it remembered besides comes in."""
    said = {"text": "launch code 4711", "source": "s1"}
    with opened() as memory, opened() as other:
        memory.erase(memory.remember(said).ids, force=True)
        other.remember([said, {"text": "harmless", "source": "s2"}])

        told = taken(memory, exported(other))

        assert ["harmless"] == [item.text for item in memory.list(limit=0)]
        assert (1, 1) == (told["items"], told["erased"])


def test_an_erase_of_one_user_touches_no_other(tmp_path: Path) -> None:
    """Marks belong to a scope: the same source of another user is kept, remembered or imported."""
    with opened(tmp_path / "a.db") as ann, opened(tmp_path / "a.db", "bob") as bob:
        bob.erase(bob.remember({"text": "bob's", "source": "msg-1"}).ids[0])
        receipt = ann.remember({"text": "ann's only copy", "source": "msg-1"})
        again = bob.remember({"text": "bob's", "source": "msg-1"})
        text = exported(ann)
        with opened(tmp_path / "b.db") as other:
            other.erase(other.remember({"text": "x", "source": "msg-2"}).ids[0])
            imported = taken(other, text)

        assert (1, 0) == (receipt.put, again.put)
        assert 1 == imported["items"]


def test_an_import_is_whole_again_in_an_empty_space() -> None:
    """Texts, people, sessions, versions, evidence, links, uses; a second import adds nothing."""
    with opened() as memory, opened() as copy:
        a, _ = memory.remember([{"who": "Ann", "text": "one", "session": "s", "source": "x/1"}, "two"]).ids
        memory.update(a, "uno", data={"x": 1})
        fact = Item("fact", "so it is", evidence=(Evidence(a, 0, 3),))
        memory.store.apply(Change(puts=(fact,)), scope=memory.scope, embed=EMBEDDER.embed)
        first, second = taken(copy, exported(memory)), taken(copy, exported(memory))

        assert [(4, 0), (0, 4)] == [(told["items"], told["known"]) for told in (first, second)]
        assert ["one", "uno"] == [item.text for item in copy.history(a)]
        assert ("Ann", "s", "x/1", {"x": 1}) == (
            copy.get(a).who, copy.get(a).session, copy.get(a).source, dict(copy.get(a).data),
        )  # fmt: skip
        assert (Evidence(a, 0, 3),) == copy.list(kinds=["fact"])[0].evidence
        assert () == doctor(copy.store, deep=True).problems


def test_evidence_is_in_an_export_and_an_erase_follows_it_in_the_copy() -> None:
    """A copied fact still rests on its source."""
    with opened() as memory, opened() as copy:
        (a,) = memory.remember("the door code is 77").ids
        fact = Item("fact", "code 77", evidence=(Evidence(a, 4, 8),))
        memory.store.apply(Change(puts=(fact,)), scope=memory.scope, embed=EMBEDDER.embed)
        text = exported(memory)
        taken(copy, text)
        receipt = copy.erase(a)

        assert f'"evidence":[["{a}",4,8]]' in text
        assert (2, []) == (receipt.erased, copy.list(limit=0))


BAD = {
    "no id": line(id=""),
    "an id that is a number": line(id=7),
    "no seen": line(seen=None),
    "a version from nowhere": line(version=0),
    "nested": '{"remanence":1}\n' + "[" * 100_000 + "]" * 100_000,
    "nested data": '{"remanence":1}\n{"item":' + '{"data":' * 5_000 + "1" + "}" * 5_000 + "}",
    "no object": '{"remanence":1}\n[1]\n',
    "a strange field": line(colour="red"),
    "a strange kind": line(kind="nonsense"),
    "a text that is none": line(text=[1]),
    "evidence that is none": line(evidence=[[{"a": 1}]]),
    "a wild scope": line(scope={"user": "*"}),
    "infinite trust": line().replace('"text"', '"trust": 1e999, "text"'),
    "a link of another length": '{"remanence":1}\n{"link":[1,2]}\n',
    "a weight that is none": '{"remanence":1}\n{"link":["a","next","b",NaN,null,null,1,null,""]}\n',
    "a link to what is no id": '{"remanence":1}\n{"link":["a","next",7,1.0,null,null,1,null,""]}\n',
    "a link of no relation": '{"remanence":1}\n{"link":["a",null,"b",1.0,null,null,1,null,""]}\n',
    "a link of a long relation": '{"remanence":1}\n{"link":["a","' + "r" * 65 + '","b",1.0,null,null,1,null,""]}\n',
    "a link whose reason is none": '{"remanence":1}\n{"link":["a","next","b",1.0,null,null,1,null,null]}\n',
    "a use that is none": '{"remanence":1}\n{"use":["a","x",0,1,null]}\n',
    "another format": '{"remanence":99}\n',
    "another program's": '{"hello":1}\n',
}


@pytest.mark.parametrize("which", BAD)
def test_a_bad_line_is_named_and_nothing_is_kept(which: str) -> None:
    """One clear error, whatever the line holds."""
    with opened() as memory:
        good = '{"remanence":1}\n' + line(id="good").splitlines()[1] + "\n"
        text = BAD[which] if which.startswith("another") else good + BAD[which].split("\n", 1)[1]
        with pytest.raises(IngestError, match="line"):
            taken(memory, text)

        assert [] == memory.list()


def test_bytes_that_are_no_text_are_a_bad_line(tmp_path: Path) -> None:
    """The file is read as UTF-8, and what is not UTF-8 is said like any bad line."""
    (tmp_path / "e.jsonl").write_bytes(b'{"remanence":1}\n\xff\xfe\x00\n')

    def lines() -> Iterator[str]:
        with (tmp_path / "e.jsonl").open(encoding="utf-8") as file:
            yield from file

    with opened() as memory, pytest.raises(IngestError, match="line"):
        import_(memory.store, lines(), EMBEDDER, scope=memory.scope)
