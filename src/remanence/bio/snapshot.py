"""Saves a model as one file of plain arrays and JSON settings, checked by a hash when it is read back.

No pickle: the file is a zip of arrays (read with allow_pickle=False) plus one JSON text. A file that was
damaged, or that belongs to another kind of model, is refused; so is a state that holds NaN or infinity.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from remanence.errors import IngestError, IntegrityError, InvalidInput

Arrays = dict[str, NDArray[np.generic]]

_HEADER = "remanence"
_VERSION = 2


def _digest(settings: str, arrays: Mapping[str, NDArray[np.generic]]) -> str:
    total = hashlib.sha256(settings.encode("utf-8"))
    for name in sorted(arrays):
        array = np.ascontiguousarray(arrays[name])
        total.update(f"|{name}|{array.dtype.str}|{array.shape}|".encode())
        total.update(array.tobytes())
    return total.hexdigest()


def save(path: str | Path, kind: str, settings: Mapping[str, Any], arrays: Mapping[str, Any]) -> None:
    """Write the model to `path`, atomically: the old file stays until the new one is complete.

    Raises InvalidInput where an array or a setting holds NaN or infinity, before anything is written.
    """
    plain = {name: np.asarray(array) for name, array in arrays.items()}
    for name, array in plain.items():
        if array.dtype.kind not in "biuf":
            raise InvalidInput(f"cannot save {name}: only numbers and truth values, not {array.dtype}")
        if array.dtype.kind == "f" and not np.isfinite(array).all():
            raise InvalidInput(f"cannot save {name}: it holds a value that is not finite")
    try:
        text = json.dumps({"version": _VERSION, "kind": kind, "settings": dict(settings)}, allow_nan=False)
    except ValueError as error:
        raise InvalidInput(f"cannot save the settings: {error}") from error
    header = json.dumps({"content": text, "sha256": _digest(text, plain)})
    buffer = io.BytesIO()
    named = {_HEADER: np.frombuffer(header.encode("utf-8"), dtype=np.uint8), **plain}
    np.savez_compressed(buffer, **named)  # type: ignore[arg-type]
    target = Path(path)
    scratch = target.with_name(target.name + ".part")
    with scratch.open("wb") as file:
        file.write(buffer.getvalue())
        file.flush()
        os.fsync(file.fileno())
    scratch.replace(target)


def load(path: str | Path, kind: str) -> tuple[dict[str, Any], Arrays]:
    """(settings, arrays) of a saved model; raises IntegrityError where the file is damaged,
    IngestError where it is no saved model, is missing, or is another kind of model."""
    target = Path(path)
    if not target.is_file():
        raise IngestError(f"no saved model at {target}: give the path that `save` wrote")
    try:
        with target.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            arrays: Arrays = {name: archive[name] for name in archive.files}
    except (ValueError, OSError, KeyError, EOFError, zipfile.BadZipFile, NotImplementedError) as error:
        why = "it is no archive of arrays" if isinstance(error, ValueError) else error  # numpy advises pickle there
        raise IntegrityError(f"{target} cannot be read as a saved model: {why}") from error
    except zlib.error as error:
        raise IntegrityError(f"{target} is damaged: {error}") from error
    if _HEADER not in arrays:
        raise IngestError(f"{target} is no saved model: it has no header")
    try:
        header = json.loads(arrays.pop(_HEADER).astype(np.uint8).tobytes().decode("utf-8"))
        text, expected = header["content"], header["sha256"]
        content = json.loads(text)
    except (ValueError, KeyError, TypeError) as error:
        raise IntegrityError(f"{target} has a damaged header") from error
    if _digest(text, arrays) != expected:
        raise IntegrityError(f"{target} does not match its checksum: restore it from a copy or train again")
    if content["version"] != _VERSION:
        raise IngestError(f"{target} was written by another version ({content['version']}): train again")
    if content["kind"] != kind:
        raise IngestError(f"{target} holds a {content['kind']}, not a {kind}")
    for name, array in arrays.items():
        if array.dtype.kind == "f" and not np.isfinite(array).all():
            raise IntegrityError(f"{target}: {name} holds a value that is not finite")
    return content["settings"], arrays


def knobs(part: Any) -> dict[str, Any]:
    """The arguments that build an equal, untaught part (a dataclass), as plain data."""
    return {f.name: getattr(part, f.name) for f in fields(part) if f.init}


def nested(prefix: str, arrays: Mapping[str, NDArray[np.generic]]) -> Arrays:
    """The arrays of a part, named `prefix.name`."""
    return {f"{prefix}.{name}": array for name, array in arrays.items()}


def part(prefix: str, arrays: Mapping[str, NDArray[np.generic]]) -> Arrays:
    """The arrays that `nested` put under this prefix."""
    start = prefix + "."
    return {name[len(start) :]: array for name, array in arrays.items() if name.startswith(start)}
