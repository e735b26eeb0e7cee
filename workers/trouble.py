"""What fails again and again is told once."""

import logging

log = logging.getLogger(__name__)


class Trouble:
    """Something that is away for a while: told when it begins, not at every try."""

    def __init__(self, sentence: str) -> None:
        self._sentence = sentence
        self._told: str | None = None

    def met(self, error: Exception) -> None:
        failure = type(error).__name__
        if failure != self._told:
            log.warning("%s: %s", self._sentence, failure)
        self._told = failure

    def over(self) -> None:
        self._told = None
