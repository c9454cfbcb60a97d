"""Checkpoints of a training run: everything that makes an interrupted run end as an unbroken one would."""

from __future__ import annotations

import json
from pathlib import Path

import torch
from torch import Tensor

from remanence.neural.trunk import Model


def save_checkpoint(
    path: str | Path, model: Model, optimisers: list[torch.optim.Optimizer], draws: torch.Generator, step: int
) -> None:
    """Write weights, optimiser moments, the state of the draws and the step to one safetensors file."""
    from safetensors.torch import save_file

    held: dict[str, Tensor] = {f"model/{n}": p.detach().clone() for n, p in model.state_dict().items()}
    held["draws"] = draws.get_state()
    for o, opt in enumerate(optimisers):
        for p, moments in opt.state_dict()["state"].items():
            held |= {f"optimiser/{o}/{p}/{n}": torch.as_tensor(m).clone() for n, m in moments.items()}
    part = Path(path).with_suffix(".part")
    save_file(held, part, metadata={"step": json.dumps(step)})
    part.replace(path)


def load_checkpoint(
    path: str | Path, model: Model, optimisers: list[torch.optim.Optimizer], draws: torch.Generator
) -> int:
    """Read what `save_checkpoint` wrote; returns the number of steps done."""
    from safetensors import safe_open

    with safe_open(str(path), framework="pt") as file:
        held = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - not a mapping
        step = int(json.loads(file.metadata()["step"]))
    model.load_state_dict({n.removeprefix("model/"): t for n, t in held.items() if n.startswith("model/")})
    draws.set_state(held["draws"])
    for o, opt in enumerate(optimisers):
        moments: dict[int, dict[str, Tensor]] = {}
        for name, tensor in held.items():
            if name.startswith(f"optimiser/{o}/"):
                _, _, p, moment = name.split("/")
                moments.setdefault(int(p), {})[moment] = tensor
        opt.load_state_dict({"state": moments, "param_groups": opt.state_dict()["param_groups"]})
    return step
