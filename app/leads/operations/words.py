"""Read the words for statuses that a request uses, as its key means them."""

from collections.abc import Sequence

from app.leads.errors import AmbiguousStatus, UnknownStatus
from app.leads.rules.vocabulary import Meaning, Wording, known_words, meaning
from app.values import LeadStatus, Vocabulary
from app.workspaces.rules import Caller


def wording(
    caller: Caller,
    vocabulary: Vocabulary | None,
    asked: Sequence[str] = (),
    at: str = "query/status",
) -> Wording:
    """How this request's answer prints statuses. Raises UnknownStatus, with where they stand.

    The key's default vocabulary holds where the request names none; blank words ask for nothing.
    """
    spoken = _vocabulary(caller, vocabulary)
    words = [word for text in asked for word in text.split(",") if word.strip()]
    return Wording(spoken, tuple(_meaning(word, spoken, at) for word in words))


def written_status(caller: Caller, vocabulary: Vocabulary | None, word: str) -> LeadStatus:
    """The status that the word sets. Raises UnknownStatus and AmbiguousStatus."""
    at = "/status"
    found = _meaning(word, _vocabulary(caller, vocabulary), at)
    if found.written is None:
        raise AmbiguousStatus(at, found.word, sorted(found.statuses))
    return found.written


def _vocabulary(caller: Caller, vocabulary: Vocabulary | None) -> Vocabulary:
    return vocabulary or caller.defaults.vocabulary or Vocabulary.LEADGATE


def _meaning(word: str, vocabulary: Vocabulary, at: str) -> Meaning:
    found = meaning(word, vocabulary)
    if found is None:
        raise UnknownStatus(at, list(known_words()))
    return found
