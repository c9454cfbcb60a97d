"""Looking after a space: check, back up, export and import, rebuild vectors, replay the journal."""

from remanence.store.upkeep.check import Report, counts, doctor
from remanence.store.upkeep.rebuild import backup, reembed, replay
from remanence.store.upkeep.transfer import FORMAT, export, import_

__all__ = ["FORMAT", "Report", "backup", "counts", "doctor", "export", "import_", "reembed", "replay"]
