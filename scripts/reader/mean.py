"""The mean of the weights of two runs (Wortsman et al. 2022): what each has learned, and less of what it forgot.

python scripts/reader/mean.py FIRST SECOND OUT [--share 0.5]
"""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

import torch


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("first", type=Path)
    parser.add_argument("second", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--share", type=float, default=0.5, help="of the second one, in [0, 1]")
    options = parser.parse_args()
    ours, theirs = (torch.load(folder / "student.pt") for folder in (options.first, options.second))
    options.out.mkdir(parents=True, exist_ok=True)
    mean = {name: torch.lerp(ours[name], theirs[name], options.share) for name in ours}
    torch.save(mean, options.out / "student.pt")
    shutil.copy(options.second / "words.npz", options.out / "words.npz")


if __name__ == "__main__":
    main()
