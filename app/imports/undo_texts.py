"""Why a row is kept when its import is undone, for people."""

from app.values import UndoCode

REASONS = {
    UndoCode.NOT_RECORDED: "What it was before was not kept",
    UndoCode.GONE: "Not in this campaign any more, or anew",
    UndoCode.CONTACTED: "Contacted since",
    UndoCode.ENTERED_ELSEWHERE: "Entered another campaign since",
    UndoCode.UPDATED_SINCE: "Changed since",
    UndoCode.ACTIVE_SINCE: "Something happened to them since",
    UndoCode.PROFILE_TAKEN: "Another lead has the LinkedIn profile that they had",
}
