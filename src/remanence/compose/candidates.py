"""What an answer is chosen from: sentences of the hits, spans of them, and possible answers with their features."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from remanence.language.spans import CandidateSpan
from remanence.records import dataclass


@dataclass(frozen=True, slots=True)
class CandidateSentence:
    """One sentence of a hit: its place, its words, and what speaks for it (each about in [0, 1])."""

    hit: int
    start: int
    text: str
    features: Mapping[str, float]
    shown: bool = False
    """True for what a picture shows (its caption)."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A possible answer: its words as an answer, the sentence it stands in, its features and its score."""

    text: str
    said: int
    sort: str
    features: Mapping[str, float] = field(default_factory=dict)
    score: float = 0.0


@dataclass(frozen=True, slots=True)
class PlacedSpan(CandidateSpan):
    """A span that could be the answer: which sentence it stands in, and its words as an answer."""

    place: int
    answer: str
