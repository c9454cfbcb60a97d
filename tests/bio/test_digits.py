"""Recall of handwritten digits under occlusion and noise, beside masked nearest neighbour as the honest control."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from remanence.algo.hopfield import complete, nearest
from remanence.bio.ca3 import CA3
from remanence.bio.hopfield import HopfieldNetwork
from remanence.bio.sparsey import Macrocolumn, Sigmoid

Floats = NDArray[np.float64]
COUNT = 200
UPPER = np.arange(64) < 32  # the visible half


@pytest.fixture(scope="module")
def digits() -> Floats:
    """200 images [200, 64] in 0..1, no two alike."""
    datasets = pytest.importorskip("sklearn.datasets", reason="scikit-learn is not installed")
    images = np.unique(datasets.load_digits().data / 16.0, axis=0)
    return np.asarray(np.random.default_rng(0).permutation(images)[:COUNT])


def share(found: list[int | None]) -> float:
    return float(np.mean(np.array(found) == np.arange(len(found))))


def on_bits(image: Floats, pixels: NDArray[np.bool_] | None = None) -> list[int]:
    """Three levels per pixel, one bit each: 192 bits, as many on as there are pixels."""
    level = np.digitize(image, [0.25, 0.65])
    chosen = np.arange(64) if pixels is None else np.flatnonzero(pixels)
    return (chosen * 3 + level[chosen]).tolist()


def noisy(digits: Floats) -> Floats:
    return digits + 0.3 * np.random.default_rng(1).normal(size=digits.shape)


def test_modern_hopfield_equals_the_masked_nearest_neighbour_under_occlusion(digits: Floats) -> None:
    """Told which half is visible, both recall the same image, nearly always the right one; untold it fails."""
    masked = [complete(np.where(UPPER, x, 0), digits, 5000.0, visible=UPPER).best for x in digits]
    control = [nearest(np.where(UPPER, x, 0), digits, visible=UPPER) for x in digits]
    untold = [complete(np.where(UPPER, x, 0), digits, 5000.0).best for x in digits]

    assert control == masked
    assert share(masked) > 0.97
    assert share(untold) < 0.7


def test_modern_hopfield_is_as_good_as_nearest_neighbour_under_noise(digits: Floats) -> None:
    """Noise of .3 per pixel: within two points of the control, which it cannot beat as a look-up."""
    found = share([complete(x, digits, 256.0, 3).best for x in noisy(digits)])
    control = share([nearest(x, digits) for x in noisy(digits)])

    assert found >= control - 0.02
    assert found > 0.85


def test_a_gist_restores_an_unseen_digit_better_than_the_nearest_neighbour(digits: Floats) -> None:
    """The other use: for noisy images that were never stored, a blend of what is like them comes closer to the
    clean image than the one stored image that is most like them."""
    stored, unseen = digits[:150], digits[150:]
    cues = unseen + 0.3 * np.random.default_rng(2).normal(size=unseen.shape)

    gist = np.array([complete(x, stored, 50.0).vector for x in cues])
    picked = stored[[nearest(x, stored) for x in cues]]

    assert np.linalg.norm(gist - unseen, axis=1).mean() < 0.9 * np.linalg.norm(picked - unseen, axis=1).mean()


def test_ca3_completes_an_occluded_digit_exactly(digits: Floats) -> None:
    """A fragment of true bits fits its own image, and rarely another: as good as the control on the same half."""
    memory = CA3(COUNT, 192)
    for cue, image in enumerate(digits):
        memory.learn(cue, on_bits(image))

    fits = [memory.cues_of(on_bits(image, UPPER)) for image in digits]

    assert all(cue in found for cue, found in enumerate(fits))
    assert share([found[0] if len(found) == 1 else None for found in fits]) > 0.95
    assert all(memory.recall(cue) == set(on_bits(image)) for cue, image in enumerate(digits))


def test_ca3_needs_its_vote_for_noisy_digits(digits: Floats) -> None:
    """Noise breaks the exact fragment; counting shared bits recalls most, the control more."""
    memory = CA3(COUNT, 192)
    for cue, image in enumerate(digits):
        memory.learn(cue, on_bits(image))
    control = share([nearest(x, digits) for x in noisy(digits)])

    exact = share([(memory.cues_of(on_bits(x)) or [None])[0] for x in noisy(digits)])
    voted = share([memory.closest(on_bits(x)) for x in noisy(digits)])

    assert exact < 0.05
    assert 0.5 < voted < control


def test_sparsey_recalls_what_it_saw_once_and_survives_occlusion(digits: Floats) -> None:
    """200 dense images in one trial each: all found again, half occluded too; noise costs most (control: .92).

    With the cross-talk not taken off, the known collapse: few are found.
    """

    def recalled(adaptive: bool) -> list[float]:
        memory = Macrocolumn(192, modules=48, units=48, sigmoid=Sigmoid(inflection=0.5), adaptive=adaptive, seed=1)
        codes = np.array([memory.learn(on_bits(image))[0] for image in digits])

        def found(bits: list[int]) -> int:
            return int((codes == memory.recall(bits)).sum(axis=1).argmax())

        cues = [
            [on_bits(image) for image in digits],
            [on_bits(image, UPPER) for image in digits],
            [on_bits(image) for image in noisy(digits)],
        ]
        return [share([found(bits) for bits in each]) for each in cues]

    clean, occluded, noise = recalled(adaptive=True)

    assert clean > 0.97
    assert occluded > 0.85
    assert noise > 0.2
    assert recalled(adaptive=False)[1] < 0.5


def test_classical_hopfield_holds_few_digits(digits: Floats) -> None:
    """Correlated images: Hebb fails at nine, the pseudo-inverse does not; neither is a store for two hundred."""
    rng = np.random.default_rng(3)
    signs = np.where(digits > 0.5, 1.0, -1.0)

    def recalled(rule: str, count: int) -> float:
        network = HopfieldNetwork(64, rule=rule)  # type: ignore[arg-type]
        network.learn(signs[:count])
        cues = np.where(rng.random((count, 64)) < 0.1, -signs[:count], signs[:count])
        return float(np.mean([(network.recall(c, rng=rng) == s).all() for c, s in zip(cues, signs)]))

    assert recalled("hebb", 9) < 0.3
    assert recalled("pseudo-inverse", 9) > 0.7
    assert recalled("pseudo-inverse", 60) < 0.3
