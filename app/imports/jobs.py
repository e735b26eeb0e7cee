"""What imports ask of the workers."""

from dataclasses import dataclass
from typing import ClassVar

from app.kit.jobs import Job
from app.values import ImportId


@dataclass(frozen=True)
class RunImport(Job):
    """Bring an import to its end."""

    kind: ClassVar[str] = "run_import"
    import_id: ImportId


@dataclass(frozen=True)
class UndoImports(Job):
    """Take back what imports did: those that wait for this job."""

    kind: ClassVar[str] = "undo_imports"
