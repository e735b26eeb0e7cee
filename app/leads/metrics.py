"""What the leads tell the metrics."""

from app.kit.metrics import Counted

VALIDATIONS = Counted(
    "leadgate_validations", "Results of checks that were stored.", ("result", "reason")
)
