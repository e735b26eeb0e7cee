"""The words for a status: Leadgate's own, and those of the systems whose users come here."""

from collections.abc import Iterable
from dataclasses import dataclass

from app.values import LeadStatus, Vocabulary

S = LeadStatus

NAMES: dict[LeadStatus, tuple[str, str, str | None]] = {
    # status: DataSend, SmartLead's list filter, lemlist
    S.NOT_CONTACTED: ("Pending", "STARTED", None),
    S.REVIEWED: ("Pending", "STARTED", "reviewed"),
    S.SCHEDULED: ("Pending", "STARTED", "scheduled"),
    S.IN_PROGRESS: ("Contacted", "INPROGRESS", "inProgress"),
    S.PAUSED: ("Contacted", "PAUSED", "paused"),
    S.REPLIED: ("Replied", "INPROGRESS", None),
    S.INTERESTED: ("Replied", "COMPLETED", "interested"),
    S.NOT_INTERESTED: ("Replied", "COMPLETED", "notInterested"),
    S.COMPLETED: ("Completed", "COMPLETED", "done"),
    S.STOPPED: ("Completed", "STOPPED", "done"),
    S.DO_NOT_CONTACT: ("Unsubscribed", "BLOCKED", None),
    S.BOUNCED: ("Bounced", "BLOCKED", None),
    S.INVALID: ("Invalid", "BLOCKED", None),
    S.UNSUBSCRIBED: ("Unsubscribed", "BLOCKED", "unsubscribed"),
}

WORDS: dict[Vocabulary, dict[LeadStatus, str]] = {
    Vocabulary.LEADGATE: {status: status.value for status in S},
    Vocabulary.SMARTLEAD_LIST: {status: names[1] for status, names in NAMES.items()},
    Vocabulary.DATASEND: {status: names[0] for status, names in NAMES.items()},
    Vocabulary.LEMLIST: {status: names[2] for status, names in NAMES.items() if names[2]},
}

WRITTEN = {
    "Pending": S.NOT_CONTACTED,
    "STARTED": S.NOT_CONTACTED,
    "Contacted": S.IN_PROGRESS,
    "INPROGRESS": S.IN_PROGRESS,
    "Replied": S.REPLIED,
    "Completed": S.COMPLETED,
    "COMPLETED": S.COMPLETED,
    "done": S.COMPLETED,
    "Unsubscribed": S.UNSUBSCRIBED,
}
"""Which of its statuses a word writes that stands for several. BLOCKED does not say which."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """A word in its vocabulary's spelling, and the statuses that it stands for."""

    word: str
    statuses: frozenset[LeadStatus]

    @property
    def written(self) -> LeadStatus | None:
        """The status that the word sets; None when it does not say which."""
        if len(self.statuses) == 1:
            return next(iter(self.statuses))
        return WRITTEN.get(self.word)


def _meanings(words: dict[LeadStatus, str]) -> dict[str, Meaning]:
    return {
        word: Meaning(word, frozenset(status for status, name in words.items() if name == word))
        for word in words.values()
    }


SPELLED = {vocabulary: _meanings(words) for vocabulary, words in WORDS.items()}
FOLDED = {
    vocabulary: {word.casefold(): meaning for word, meaning in meanings.items()}
    for vocabulary, meanings in SPELLED.items()
}
BORROWED = (Vocabulary.SMARTLEAD_LIST, Vocabulary.DATASEND, Vocabulary.LEMLIST)


def meaning(word: str, vocabulary: Vocabulary) -> Meaning | None:
    """What the word means, in any case: in this vocabulary, else in Leadgate's, else in another.

    INPROGRESS and inProgress are words of two of the others: there the spelling decides.
    """
    folded = word.strip().casefold()
    for own in (vocabulary, Vocabulary.LEADGATE):
        if folded in FOLDED[own]:
            return FOLDED[own][folded]
    spelled = (SPELLED[other].get(word.strip()) for other in BORROWED)
    cased = (FOLDED[other].get(folded) for other in BORROWED)
    return next((found for found in (*spelled, *cased) if found), None)


def printed(status: LeadStatus, vocabulary: Vocabulary) -> str:
    """The vocabulary's word; Leadgate's name where it has none."""
    return WORDS[vocabulary].get(status, status.value)


def smartlead_word(status: LeadStatus) -> str:
    return printed(status, Vocabulary.SMARTLEAD_LIST)


@dataclass(frozen=True, slots=True)
class Wording:
    """How an answer prints statuses: in a vocabulary, or in the words that its filter asked for."""

    vocabulary: Vocabulary = Vocabulary.LEADGATE
    asked: tuple[Meaning, ...] = ()

    @property
    def statuses(self) -> frozenset[LeadStatus]:
        """What the filter lets through; empty when nothing was asked for."""
        return frozenset[LeadStatus]().union(*(meaning.statuses for meaning in self.asked))

    def word(self, status: LeadStatus) -> str:
        words = (meaning.word for meaning in self.asked if status in meaning.statuses)
        return next(words, printed(status, self.vocabulary))


def known_words() -> Iterable[str]:
    """Every word of every vocabulary, once, for people who used another."""
    return dict.fromkeys(word for words in WORDS.values() for word in words.values())
