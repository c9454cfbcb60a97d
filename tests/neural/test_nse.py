"""Hierarchical NSE: reads where it writes, one document slot per sentence, highlights that beat the lead."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from remanence.neural.layers.nse import NSE, ReadComposeWrite


def test_the_slot_read_is_the_slot_written() -> None:
    """Weights sum to one, and every slot moves towards the composed vector by exactly its weight in the read."""
    encoder = ReadComposeWrite(8).double()
    x, h, c = (torch.randn(2, 8, dtype=torch.float64) for _ in range(3))
    slots = torch.randn(2, 5, 8, dtype=torch.float64)
    composed, _, _, after, z = encoder(x, h, c, slots)

    torch.testing.assert_close(z.sum(-1), torch.ones(2, dtype=torch.float64))
    torch.testing.assert_close(after - slots, z[..., None] * (composed[:, None] - slots))


def test_the_document_has_one_slot_per_finished_sentence() -> None:
    """23 tokens in sentences of 5: four slots of the document, three of the sentence being read."""
    layer = NSE(8, sentence=5)
    _, state = layer(torch.randn(2, 23, 8))

    assert state["document"].shape == (2, 4, 8)
    assert state["words"].shape == (2, 3, 8)


def test_a_new_sentence_starts_with_empty_slots() -> None:
    """The sentence memory holds the tokens of the present sentence only; the document goes on."""
    layer = NSE(8, sentence=4).double()
    x = torch.randn(1, 8, 8, dtype=torch.float64)
    _, first = layer(x[:, :4])
    _, both = layer(x)

    assert first["words"].shape[1] == both["words"].shape[1] == 0
    assert (both["document"][:, :1] - first["document"]).abs().max() > 0


def test_highlights_beat_the_lead_baseline() -> None:
    """Documents of five sentences, one of them holding the marked word: pointing finds it, the lead is right 1 in 5."""
    torch.manual_seed(0)
    sentences, words, dim = 5, 3, 16
    layer = NSE(dim, sentence=words)
    codes = F.normalize(torch.randn(12, dim), dim=-1) * 4

    def draw(batch: int) -> tuple[Tensor, Tensor]:
        tokens = torch.randint(1, 12, (batch, sentences, words))
        marked, place = torch.randint(sentences, (batch,)), torch.randint(words, (batch,))
        tokens[torch.arange(batch), marked, place] = 0
        return codes[tokens.flatten(1)], marked

    optimiser = torch.optim.AdamW(layer.parameters(), lr=1e-2)
    for _ in range(80):
        x, marked = draw(32)
        loss = F.nll_loss(layer.highlight(layer(x)[1]), marked)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    with torch.no_grad():
        x, marked = draw(256)
        pointed = layer.highlight(layer(x)[1]).argmax(-1)

    right, lead = (pointed == marked).double().mean().item(), (marked == 0).double().mean().item()
    assert right > lead + 0.4, (right, lead)
