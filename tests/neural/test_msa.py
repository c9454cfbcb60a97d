"""MSA: documents without order, distractors outside the top-k, a second round for two-hop questions."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from remanence.neural.layers.msa import MSA
from remanence.neural.layers.softmax_attention import SoftmaxAttention


def close(got: Tensor, expected: Tensor) -> None:
    torch.testing.assert_close(got, expected, atol=1e-10, rtol=0)


def corpus(documents: int) -> tuple[MSA, Tensor, Tensor]:
    """A layer that picks two documents, and documents of 8 tokens with a question of 3."""
    layer = MSA(16, document=8, pool=2, picks=2).double().eval()
    return layer, torch.randn(documents, 8, 16, dtype=torch.float64), torch.randn(3, 16, dtype=torch.float64)


def ask(layer: MSA, documents: Tensor, question: Tensor) -> Tensor:
    """The answers to the question after all documents."""
    return layer(torch.cat([documents.reshape(1, -1, 16), question[None]], 1))[0][:, -3:]


def test_the_order_of_documents_does_not_matter() -> None:
    """Permuting the documents leaves the answer unchanged, although positions are rotary."""
    layer, documents, question = corpus(6)

    close(ask(layer, documents[torch.randperm(6)], question), ask(layer, documents, question))


def test_distractors_matter_only_if_they_are_picked() -> None:
    """Ten times as many documents that the router scores lower leave the answer unchanged; a better one changes it."""
    layer, documents, question = corpus(12)
    expected = ask(layer, documents, question)
    many = torch.randn(2000, 8, 16, dtype=torch.float64)

    def score(some: Tensor) -> Tensor:
        """Router score of each document for each token of the question: [3, N]."""
        router = layer(some)[1]["documents"]["router"]
        return layer.route(question.expand(len(some), -1, -1), router)[..., 0].T

    bar = score(documents).topk(2, -1).values[:, -1]
    lower = (score(many) < bar[:, None]).all(0)
    assert int(lower.sum()) >= 120
    with_low = torch.cat([documents, many[lower][:120]])
    better = (score(many) > bar[:, None]).any(0)

    close(ask(layer, with_low, question), expected)
    assert (ask(layer, torch.cat([documents, many[better][:1]]), question) - expected).abs().max() > 1e-6


def test_reading_every_document_unpooled_is_dense_attention() -> None:
    """With pool = 1, all documents picked and no positions, it equals softmax attention."""
    layer = MSA(16, document=4, pool=1, picks=None, conv=0, turned=False).double().eval()
    dense = SoftmaxAttention(16, conv=0, turned=False).double()
    dense.read.load_state_dict(layer.read.state_dict())
    dense.out.load_state_dict(layer.out.state_dict())
    x = torch.randn(2, 22, 16, dtype=torch.float64)

    close(layer(x)[0], dense(x)[0])


def test_the_router_learns_from_its_own_loss_alone() -> None:
    """Picking is hard, so the answer gives the router no gradient; the routing loss does."""
    layer = MSA(16, document=4).double().train()
    x = torch.randn(1, 16, 16, dtype=torch.float64)
    layer(x)[0].square().sum().backward()
    assert layer.to_route.weight.grad is None

    layer(x)
    assert layer.extra_loss is not None
    layer.extra_loss.backward()
    assert layer.to_route.weight.grad is not None
    assert layer.to_route.weight.grad.abs().max() > 0


def test_a_two_hop_question_needs_the_second_round() -> None:
    """One document says a -> b, another b -> c; asked for a, one round reads b and only the second finds c."""
    a, b, c = F.normalize(torch.randn(3, 10, dtype=torch.float64), dim=-1)
    none = torch.zeros(10, dtype=torch.float64)
    others = F.normalize(torch.randn(12, 2, 10, dtype=torch.float64), dim=-1)
    facts = [(a, b), (b, c), *[(pair[0], pair[1]) for pair in others]]
    documents = torch.stack([torch.cat([subject, told, none]) for subject, told in facts])
    question = torch.cat([none, none, a])
    x = torch.cat([documents[torch.randperm(len(facts))], question[None]])[None]
    got = []
    for rounds in (1, 2):
        layer = (
            MSA(30, heads=1, key=10, value=10, document=1, pool=1, picks=1, rounds=rounds, conv=0, turned=False)
            .double()
            .eval()
        )
        with torch.no_grad():
            one, zero = torch.eye(10, dtype=torch.float64), torch.zeros(10, 10, dtype=torch.float64)
            query, key = torch.cat([zero, zero, one], 1), torch.cat([one, zero, zero], 1)
            layer.read.to_qkv.weight.copy_(torch.cat([60 * query, key, torch.cat([zero, one, zero], 1)]))
            layer.to_route.weight.copy_(torch.cat([query, key]))
            layer.out.to_out.weight.copy_(torch.cat([zero, zero, 3 * one]))  # the answer joins the next question
        got.append(F.normalize(layer(x)[0][0, -1, 20:], dim=-1))

    assert got[0] @ b > 0.9
    assert got[0] @ c < 0.5
    assert got[1] @ c > 0.9
