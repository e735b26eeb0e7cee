"""The words for a status, and how it moves."""

import pytest

from app.gate.facts import ACTIVE_STATUSES
from app.leads.rules.transitions import (
    ENDED,
    NEW,
    Happening,
    after,
    paused_from,
    reenters,
    resumed,
)
from app.leads.rules.vocabulary import Wording, meaning, printed
from app.values import LeadStatus, Vocabulary

S = LeadStatus
V = Vocabulary
H = Happening
BLOCKED = {S.DO_NOT_CONTACT, S.BOUNCED, S.INVALID, S.UNSUBSCRIBED}
STARTED = {S.NOT_CONTACTED, S.REVIEWED, S.SCHEDULED}


@pytest.mark.parametrize(
    ("vocabulary", "word", "spelled", "statuses", "written"),
    [
        (V.LEADGATE, "IN_PROGRESS", "IN_PROGRESS", {S.IN_PROGRESS}, S.IN_PROGRESS),
        (V.LEADGATE, " in_progress ", "IN_PROGRESS", {S.IN_PROGRESS}, S.IN_PROGRESS),
        (V.LEADGATE, "completed", "COMPLETED", {S.COMPLETED}, S.COMPLETED),
        (V.LEADGATE, "STARTED", "STARTED", STARTED, S.NOT_CONTACTED),
        (V.LEADGATE, "pending", "Pending", STARTED, S.NOT_CONTACTED),
        (V.LEADGATE, "INPROGRESS", "INPROGRESS", {S.IN_PROGRESS, S.REPLIED}, S.IN_PROGRESS),
        (V.LEADGATE, "inProgress", "inProgress", {S.IN_PROGRESS}, S.IN_PROGRESS),
        (V.LEADGATE, "Contacted", "Contacted", {S.IN_PROGRESS, S.PAUSED}, S.IN_PROGRESS),
        (V.LEADGATE, "done", "done", {S.COMPLETED, S.STOPPED}, S.COMPLETED),
        (V.LEADGATE, "blocked", "BLOCKED", BLOCKED, None),
        (
            V.SMARTLEAD_LIST,
            "COMPLETED",
            "COMPLETED",
            {S.INTERESTED, S.NOT_INTERESTED, S.COMPLETED},
            S.COMPLETED,
        ),
        (V.SMARTLEAD_LIST, "interested", "INTERESTED", {S.INTERESTED}, S.INTERESTED),
        (V.SMARTLEAD_LIST, "replied", "REPLIED", {S.REPLIED}, S.REPLIED),
        (
            V.DATASEND,
            "replied",
            "Replied",
            {S.REPLIED, S.INTERESTED, S.NOT_INTERESTED},
            S.REPLIED,
        ),
        (V.DATASEND, "Completed", "Completed", {S.COMPLETED, S.STOPPED}, S.COMPLETED),
        (
            V.DATASEND,
            "Unsubscribed",
            "Unsubscribed",
            {S.DO_NOT_CONTACT, S.UNSUBSCRIBED},
            S.UNSUBSCRIBED,
        ),
        (
            V.DATASEND,
            "unsubscribed",
            "Unsubscribed",
            {S.DO_NOT_CONTACT, S.UNSUBSCRIBED},
            S.UNSUBSCRIBED,
        ),
        (V.LEMLIST, "notinterested", "notInterested", {S.NOT_INTERESTED}, S.NOT_INTERESTED),
        (V.LEMLIST, "Completed", "COMPLETED", {S.COMPLETED}, S.COMPLETED),
        (V.LEMLIST, "Bounced", "BOUNCED", {S.BOUNCED}, S.BOUNCED),
    ],
)
def test_a_word_means(
    vocabulary: Vocabulary,
    word: str,
    spelled: str,
    statuses: set[LeadStatus],
    written: LeadStatus | None,
) -> None:
    found = meaning(word, vocabulary)
    assert found is not None
    assert (found.word, set(found.statuses), found.written) == (spelled, statuses, written)


@pytest.mark.parametrize("vocabulary", V)
@pytest.mark.parametrize("word", ["", "SLEEPING", "IN PROGRESS"])
def test_a_word_that_nobody_uses(vocabulary: Vocabulary, word: str) -> None:
    assert meaning(word, vocabulary) is None


@pytest.mark.parametrize(
    ("status", "leadgate", "datasend", "smartlead", "lemlist"),
    [
        (S.NOT_CONTACTED, "NOT_CONTACTED", "Pending", "STARTED", "NOT_CONTACTED"),
        (S.REVIEWED, "REVIEWED", "Pending", "STARTED", "reviewed"),
        (S.SCHEDULED, "SCHEDULED", "Pending", "STARTED", "scheduled"),
        (S.IN_PROGRESS, "IN_PROGRESS", "Contacted", "INPROGRESS", "inProgress"),
        (S.PAUSED, "PAUSED", "Contacted", "PAUSED", "paused"),
        (S.REPLIED, "REPLIED", "Replied", "INPROGRESS", "REPLIED"),
        (S.INTERESTED, "INTERESTED", "Replied", "COMPLETED", "interested"),
        (S.NOT_INTERESTED, "NOT_INTERESTED", "Replied", "COMPLETED", "notInterested"),
        (S.COMPLETED, "COMPLETED", "Completed", "COMPLETED", "done"),
        (S.STOPPED, "STOPPED", "Completed", "STOPPED", "done"),
        (S.DO_NOT_CONTACT, "DO_NOT_CONTACT", "Unsubscribed", "BLOCKED", "DO_NOT_CONTACT"),
        (S.BOUNCED, "BOUNCED", "Bounced", "BLOCKED", "BOUNCED"),
        (S.INVALID, "INVALID", "Invalid", "BLOCKED", "INVALID"),
        (S.UNSUBSCRIBED, "UNSUBSCRIBED", "Unsubscribed", "BLOCKED", "unsubscribed"),
    ],
)
def test_a_status_prints(
    status: LeadStatus, leadgate: str, datasend: str, smartlead: str, lemlist: str
) -> None:
    words = {vocabulary: printed(status, vocabulary) for vocabulary in V}
    assert words == {
        V.LEADGATE: leadgate,
        V.SMARTLEAD_LIST: smartlead,
        V.DATASEND: datasend,
        V.LEMLIST: lemlist,
    }


def test_a_filter_prints_the_words_that_it_asked_for() -> None:
    asked = [meaning(word, V.LEADGATE) for word in ("STARTED", "done")]
    wording = Wording(V.DATASEND, tuple(found for found in asked if found))
    assert wording.statuses == {*STARTED, S.COMPLETED, S.STOPPED}
    assert wording.word(S.REVIEWED) == "STARTED"
    assert wording.word(S.STOPPED) == "done"
    assert wording.word(S.PAUSED) == "Contacted"


def test_every_status_has_one_class() -> None:
    assert {S.NOT_CONTACTED} == NEW
    assert {S.REVIEWED, S.SCHEDULED, S.IN_PROGRESS, S.PAUSED} == ACTIVE_STATUSES
    assert set(S) == ENDED | NEW | ACTIVE_STATUSES
    assert len(ENDED) + len(NEW) + len(ACTIVE_STATUSES) == len(S)


UNDER_WAY = {S.NOT_CONTACTED, S.REVIEWED, S.SCHEDULED, S.IN_PROGRESS, S.PAUSED}
ALL = set(S)
TABLE = [
    (H.SENT, UNDER_WAY - {S.PAUSED}, S.IN_PROGRESS),
    (H.COMPLETED, UNDER_WAY | {S.COMPLETED}, S.COMPLETED),
    (H.REPLIED, ALL - {S.UNSUBSCRIBED, S.DO_NOT_CONTACT}, S.REPLIED),
    (H.REPLIED_POSITIVE, ALL - {S.UNSUBSCRIBED, S.DO_NOT_CONTACT}, S.INTERESTED),
    (H.REPLIED_NEGATIVE, ALL - {S.UNSUBSCRIBED, S.DO_NOT_CONTACT}, S.NOT_INTERESTED),
    (H.AUTO_REPLIED, UNDER_WAY, S.PAUSED),
    (H.BOUNCED, ALL - {S.UNSUBSCRIBED, S.DO_NOT_CONTACT}, S.BOUNCED),
    (H.UNSUBSCRIBED, ALL - {S.DO_NOT_CONTACT}, S.UNSUBSCRIBED),
    (H.COMPLAINED, ALL - {S.DO_NOT_CONTACT}, S.UNSUBSCRIBED),
    (H.OPTED_OUT, ALL, S.DO_NOT_CONTACT),
    (H.FOUND_INVALID, UNDER_WAY | {S.INVALID}, S.INVALID),
    (H.PAUSED, UNDER_WAY, S.PAUSED),
]


@pytest.mark.parametrize("status", S)
@pytest.mark.parametrize(("happening", "sources", "target"), TABLE)
def test_what_follows(
    happening: Happening, sources: set[LeadStatus], target: LeadStatus, status: LeadStatus
) -> None:
    """From the sources to the target, from the target to itself, from elsewhere nowhere."""
    assert after(happening, status) == (target if status in sources else None)


def test_every_happening_is_in_the_table() -> None:
    assert {happening for happening, _, _ in TABLE} == set(H)


@pytest.mark.parametrize(
    ("status", "paused_from", "steps_left", "then"),
    [
        (S.PAUSED, S.SCHEDULED, True, S.SCHEDULED),
        (S.PAUSED, None, False, S.IN_PROGRESS),
        (S.STOPPED, None, True, S.IN_PROGRESS),
        (S.REPLIED, None, True, S.IN_PROGRESS),
        (S.COMPLETED, None, True, S.IN_PROGRESS),
        (S.COMPLETED, None, False, None),
        (S.NOT_CONTACTED, None, True, S.NOT_CONTACTED),
        (S.REVIEWED, None, True, S.REVIEWED),
        (S.SCHEDULED, None, True, S.SCHEDULED),
        (S.IN_PROGRESS, None, True, S.IN_PROGRESS),
        (S.INTERESTED, None, True, None),
        (S.NOT_INTERESTED, None, True, None),
        (S.BOUNCED, None, True, None),
        (S.INVALID, None, True, None),
        (S.UNSUBSCRIBED, None, True, None),
        (S.DO_NOT_CONTACT, None, True, None),
    ],
)
def test_a_resume(
    status: LeadStatus,
    paused_from: LeadStatus | None,
    steps_left: bool,
    then: LeadStatus | None,
) -> None:
    assert resumed(status, paused_from, steps_left=steps_left, contacted=True) == then


@pytest.mark.parametrize("status", [S.PAUSED, S.STOPPED, S.REPLIED, S.COMPLETED])
def test_who_was_never_contacted_begins(status: LeadStatus) -> None:
    assert resumed(status, None, steps_left=True, contacted=False) is S.NOT_CONTACTED
    assert resumed(status, S.REVIEWED, steps_left=True, contacted=False) is S.REVIEWED


@pytest.mark.parametrize(
    ("before", "then", "kept"),
    [
        (S.NOT_CONTACTED, S.PAUSED, S.NOT_CONTACTED),
        (S.IN_PROGRESS, S.PAUSED, S.IN_PROGRESS),
        (S.STOPPED, S.PAUSED, None),
        (S.IN_PROGRESS, S.STOPPED, None),
    ],
)
def test_where_a_resume_goes_on(
    before: LeadStatus, then: LeadStatus, kept: LeadStatus | None
) -> None:
    assert paused_from(before, then) == kept


def test_who_was_not_active_enters_by_becoming_so() -> None:
    def entries(*, sending: bool) -> set[tuple[S, S]]:
        return {(a, b) for a in S for b in S if reenters(a, b, sending=sending)}

    assert entries(sending=True) == {(a, b) for a in ENDED for b in NEW | ACTIVE_STATUSES}
    assert entries(sending=False) == {(a, b) for a in ENDED | NEW for b in ACTIVE_STATUSES}
