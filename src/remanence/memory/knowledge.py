"""A memory as a knowledge graph of entities, observations and relations, as the reference MCP memory server has it.

An entity is an item of kind `entity`; an observation is a `fact` about it; a relation is a `fact` with a link in its
data, as the reader of that server's files keeps them. What memory formed of what was said is part of the same graph.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from typing import Any

from remanence.errors import BudgetExceeded, InvalidInput, NotFound
from remanence.language.entities import norm
from remanence.memory.memory import Memory
from remanence.records import dataclass
from remanence.types import Item

Shown = dict[str, Any]
Relation = tuple[str, str, str]
"""From, type, to."""
NEAR = 0.5
"""An entity that answers a query scores at least this share of the best one."""


@dataclass(slots=True)
class _Node:
    """One entity: its items, and what was observed of it, each text with the facts that say so."""

    name: str
    sort: str = ""
    items: list[Item] = field(default_factory=list)
    observed: dict[str, list[Item]] = field(default_factory=dict)

    def texts(self) -> list[str]:
        """Whatever a word can be looked for in."""
        return [self.name, self.sort, *self.observed]

    def shown(self) -> Shown:
        return {"name": self.name, "entityType": self.sort, "observations": list(self.observed)}


class KnowledgeGraph:
    """Entities with observations, and relations between them, in the scope of one memory.

    Names are compared without case and accents. What is added is trusted as an assistant's word.
    most: facts and entities that a graph is made of; `BudgetExceeded` beyond.
    """

    def __init__(self, memory: Memory, *, most: int = 20_000) -> None:
        self._memory = memory
        self._most = most

    # --- reading ---

    def read(self) -> Shown:
        """The whole graph."""
        nodes, relations = self._whole()
        return {"entities": [node.shown() for node in nodes.values()], "relations": list(map(_relation_of, relations))}

    def open(self, names: Sequence[str]) -> Shown:
        """The named entities and the relations that they are part of; a name that is not there is left out."""
        nodes, relations = self._whole()
        return _shown([nodes[label] for label in dict.fromkeys(map(norm, names)) if label in nodes], relations)

    def search(self, query: str, *, most: int = 20) -> Shown:
        """The entities that hold the query as a piece of text, else those that answer it best, and their relations."""
        nodes, relations = self._whole()
        words = query.casefold()
        found = [label for label, node in nodes.items() if words in "\n".join(node.texts()).casefold()]
        if not found:
            hits = self._memory.recall(query, most, kinds=("entity", "fact"))
            found = [norm(_subject(hit.item)) for hit in hits if hit.score >= NEAR * hits[0].score]
        return _shown([nodes[label] for label in dict.fromkeys(found) if label in nodes], relations)

    def _whole(self) -> tuple[dict[str, _Node], dict[Relation, list[Item]]]:
        held = self._memory.list(limit=self._most + 1, kinds=("entity", "fact"))
        if len(held) > self._most:
            raise BudgetExceeded(
                f"the graph has more than {self._most:,} entities and facts; use the default profile's search"
            )
        nodes: dict[str, _Node] = {}
        relations: dict[Relation, list[Item]] = {}
        for item in held:
            links = _links(item)
            for link in links:
                relations.setdefault(link, []).append(item)
            name = _subject(item)
            if not name or links:
                continue
            node = nodes.setdefault(norm(name), _Node(name))
            if item.kind == "entity":
                node.sort = node.sort or str(item.data.get("sort") or "")
                node.items.append(item)
            else:
                node.observed.setdefault(_observation(item), []).append(item)
        return nodes, relations

    # --- changing ---

    def create_entities(self, entities: Sequence[Mapping[str, Any]]) -> list[Shown]:
        """New entities; one whose name is there already is left as it is. Returns those that were made."""
        nodes, _ = self._whole()
        made: dict[str, _Node] = {}
        messages: list[dict[str, Any]] = []
        for one in entities:
            name, label = one["name"].strip(), norm(one["name"])
            if label in nodes or label in made:
                continue
            node = made[label] = _Node(name, one["entityType"], observed={text: [] for text in one["observations"]})
            messages.append({"text": name, "kind": "entity", "data": {"label": label, "sort": node.sort}})
            messages += [_fact(name, text) for text in node.observed]
        self._keep(messages)
        return [node.shown() for node in made.values()]

    def create_relations(self, relations: Sequence[Relation]) -> list[Relation]:
        """New relations; one that is there already is left. Returns those that were made.

        `NotFound` where an entity at an end is not there, before anything is kept.
        """
        nodes, known = self._whole()
        _present(nodes, [name for src, _, dst in relations for name in (src, dst)])
        new = [one for one in dict.fromkeys(relations) if one not in known]
        self._keep([_relation(one) for one in new])
        return new

    def add_observations(self, observations: Sequence[tuple[str, Sequence[str]]]) -> list[Shown]:
        """What was observed of entities that are there; `NotFound` for one that is not, before anything is kept."""
        nodes, _ = self._whole()
        _present(nodes, [name for name, _ in observations])
        added = []
        for name, texts in observations:
            node = nodes[norm(name)]
            new = [text for text in dict.fromkeys(texts) if text not in node.observed]
            node.observed.update((text, []) for text in new)
            added.append({"entityName": name, "addedObservations": new})
        self._keep(
            [_fact(nodes[norm(one["entityName"])].name, text) for one in added for text in one["addedObservations"]]
        )
        return added

    def delete_entities(self, names: Sequence[str]) -> list[str]:
        """Entities, what was observed of them and their relations; returns the names that were not there."""
        nodes, relations = self._whole()
        labels = {norm(name) for name in names} & set(nodes)
        gone = [
            item for label in labels for held in (nodes[label].items, *nodes[label].observed.values()) for item in held
        ]
        gone += [item for (src, _, dst), held in relations.items() if {norm(src), norm(dst)} & labels for item in held]
        self._drop(gone)
        return [name for name in names if norm(name) not in labels]

    def delete_observations(self, deletions: Sequence[tuple[str, Sequence[str]]]) -> tuple[int, list[str]]:
        """Single observations; what is not there is passed over. Returns how many went, and unknown entities."""
        nodes, _ = self._whole()
        asked = [(nodes[norm(name)], text) for name, texts in deletions if norm(name) in nodes for text in texts]
        gone = [node.observed[text] for node, text in asked if text in node.observed]
        self._drop([item for held in gone for item in held])
        return len(gone), [name for name, _ in deletions if norm(name) not in nodes]

    def delete_relations(self, relations: Sequence[Relation]) -> int:
        """Single relations; what is not there is passed over. Returns how many went."""
        _, known = self._whole()
        gone = [known[one] for one in dict.fromkeys(relations) if one in known]
        self._drop([item for held in gone for item in held])
        return len(gone)

    def _keep(self, messages: Sequence[Mapping[str, Any]]) -> None:
        if messages:
            self._memory.remember(messages, trust="assistant")

    def _drop(self, items: Iterable[Item]) -> None:
        """Erase what was told as it stands; hide what was derived, for its source would give it again."""
        chosen = {item.id: item for item in items}
        derived = [id for id, item in chosen.items() if item.evidence]
        told = [id for id in chosen if id not in derived]
        if derived:
            self._memory.forget(derived, force=True)
        if told:
            self._memory.erase(told, force=True)


def _present(nodes: Mapping[str, _Node], names: Iterable[str]) -> None:
    """`NotFound` for the first name that no entity has."""
    for name in names:
        if norm(name) not in nodes:
            raise NotFound(f"Entity with name {name} not found; make it with create_entities")


def _subject(item: Item) -> str:
    return item.text if item.kind == "entity" else str(item.data.get("subject") or "")


def _observation(item: Item) -> str:
    """The words as they were given; of a fact that was derived, its sentence."""
    return item.text if item.evidence else str(item.data.get("value") or item.text)


def _links(item: Item) -> list[Relation]:
    held = item.data.get("links")
    return [(one["src"], one["rel"], one["dst"]) for one in held] if isinstance(held, list) else []


def _fact(name: str, words: str) -> dict[str, Any]:
    text = words if name.casefold() in words.casefold() else f"{name}: {words}"
    return {"text": text, "kind": "fact", "data": {"subject": name, "value": words}}


def _relation(one: Relation) -> dict[str, Any]:
    src, rel, dst = one
    data = {"subject": src, "slot": rel, "value": dst, "links": [{"src": src, "rel": rel, "dst": dst}]}
    return {"text": f"{src} {rel.replace('_', ' ')} {dst}", "kind": "fact", "data": data}


def _shown(nodes: Iterable[_Node], relations: Iterable[Relation]) -> Shown:
    """Nodes, and the relations with one of them at an end, so that it is seen what lies behind them."""
    chosen = list(nodes)
    labels = {norm(node.name) for node in chosen}
    touching = [_relation_of(one) for one in relations if {norm(one[0]), norm(one[2])} & labels]
    return {"entities": [node.shown() for node in chosen], "relations": touching}


def _relation_of(one: Relation) -> Shown:
    src, rel, dst = one
    return {"from": src, "to": dst, "relationType": rel}


def rows(given: object, **fields: type) -> list[dict[str, Any]]:
    """A list of objects with these fields, each a text or a list of texts; `InvalidInput` says which is not."""
    if not isinstance(given, list):
        raise InvalidInput(f"a list of objects is wanted, not {type(given).__name__}")
    for one in given:
        for name, kind in fields.items():
            value = one.get(name) if isinstance(one, dict) else None
            fits = isinstance(value, kind) and (kind is not str or str(value).strip())
            if not fits or (
                isinstance(value, list) and not all(isinstance(text, str) and text.strip() for text in value)
            ):
                wanted = "a text" if kind is str else "a list of texts"
                raise InvalidInput(f"each object has {', '.join(fields)}; {name} is {wanted}")
    return given
