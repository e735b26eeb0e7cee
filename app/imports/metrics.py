"""What imports count."""

from app.kit.metrics import Counted

VERDICTS = Counted(
    "leadgate_verdicts", "Rows of batches that were taken in, by verdict.", ("code",)
)
