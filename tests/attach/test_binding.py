"""Binding: three mechanisms predict better than position alone, and a context is packed with the best at an end."""

from __future__ import annotations

import pytest
import torch

from remanence.attach.binding import Bound, Trial, accuracy_by_place, fit, interchange, packed, packing
from remanence.attach.model import Llama
from remanence.attach.tiny import Language
from remanence.errors import InvalidInput


def _bound(language: Language, keys: list[int], values: list[int]) -> Bound:
    groups = tuple((language.entity(k), language.value(v)) for k, v in zip(keys, values, strict=True))

    def render(rows: object) -> list[int]:
        return [t for key, value in rows for t in (language.relation(0), key, value, 1)]  # type: ignore[attr-defined]

    return Bound(groups, render, lambda key: [2, language.relation(0), key, 4])


def test_the_three_mechanisms_predict_interchanged_answers_better_than_position(
    trained: Llama, language: Language
) -> None:
    """Lists of five with the same keys and values in other places; what is left in bits is smaller."""
    chance = torch.Generator().manual_seed(3)
    trials = []
    for _ in range(60):
        keys = (100 + torch.randperm(100, generator=chance)[:5]).tolist()
        values = torch.randperm(64, generator=chance)[:5].tolist()
        shuffled = torch.randperm(5, generator=chance).tolist()
        turned = torch.randperm(5, generator=chance).tolist()
        base = _bound(language, keys, values)
        other = _bound(language, [keys[n] for n in shuffled], [values[n] for n in turned])
        about, asked = (int(torch.randint(5, (1,), generator=chance)) for _ in range(2))
        trials.append(interchange(trained, 1, base, other, about, asked))

    mixture, explained = fit(trials[:40])
    _, position = fit(trials[:40], only="positional")
    held = torch.stack([(t.told - mixture.predict(t)).abs().sum() for t in trials[40:]]).mean()

    assert explained > position + 0.1
    assert max(mixture.lexical, mixture.reflexive) > mixture.positional
    assert float(held) < 1.0


def test_fitting_finds_the_weights_that_made_the_trials() -> None:
    """Trials that follow the key alone give a lexical mixture; position explains them badly."""
    trials = [
        Trial(n % 4, (n + 1 + n // 4) % 4, (n + 2) % 4, torch.eye(4)[(n + 1 + n // 4) % 4] * 0.97 + 0.0075)
        for n in range(16)
    ]

    mixture, explained = fit(trials)
    _, position = fit(trials, only="positional")

    assert mixture.lexical > 3 * max(mixture.positional, mixture.reflexive)
    assert explained > 0.95
    assert position < 0.7
    with pytest.raises(InvalidInput):
        fit([])


def test_the_best_stands_at_an_end_and_the_order_is_deterministic() -> None:
    """Last, first, last but one, ...; measured places are used where they are given."""
    assert [1, 3, 4, 2, 0] == packing(5)
    assert [0] == packing(1)
    assert [1, 2, 0] == packing(3, [0.5, 0.4, 0.9])
    with pytest.raises(InvalidInput):
        packing(3, [0.1])


def test_every_row_carries_its_own_key() -> None:
    """What is bound is repeated beside its value."""
    told = packed([("Ann", "likes pie"), ("Bob", "Bob likes tea"), ("Cy", "likes ale")])

    assert ["Bob likes tea", "Cy: likes ale", "Ann: likes pie"] == told
    assert all(any(key in row for row in told) for key in ("Ann", "Bob", "Cy"))


def test_the_places_of_a_context_are_measured(trained: Llama, language: Language) -> None:
    """Accuracy at each of five places; all are read by this model."""
    chance = torch.Generator().manual_seed(4)
    lists = [
        _bound(
            language,
            (100 + torch.randperm(100, generator=chance)[:5]).tolist(),
            torch.randperm(64, generator=chance)[:5].tolist(),
        )
        for _ in range(12)
    ]

    told = accuracy_by_place(trained, lists)

    assert 5 == len(told)
    assert min(told) >= 0.7
    assert max(told) == told[packing(5, told).index(0)]


def test_a_place_that_is_not_read_counts_nothing(trained: Llama, language: Language) -> None:
    """A context that tells another value at its third place."""
    bound = _bound(language, [101, 102, 103, 104, 105], [1, 2, 3, 4, 5])
    groups = [(k, language.value(9) if n == 2 else v) for n, (k, v) in enumerate(bound.groups)]
    false = Bound(bound.groups, lambda _: bound.render(groups), bound.ask)

    told = accuracy_by_place(trained, [false])

    assert 0.0 == told[2]
    assert sum(told) >= 3.0


def test_the_best_read_place_takes_the_best_by_hand() -> None:
    """Places of .1, .9, .3 and .2: the second takes the best, the third the next; where all are alike, the end does."""
    assert [3, 0, 1, 2] == packing(4, [0.1, 0.9, 0.3, 0.2])
    assert packing(4) == packing(4, [0.5] * 4)
