"""Papers of the new year become due for those who were chosen."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

from courses.rules import Earlier
from lms.kernel.clock import fiscal_year, tokyo_day
from lms.kernel.errors import Conflict
from lms.kernel.identity import SupporterId
from lms.memoranda.services import make_due
from lms.qualification import queries
from lms.qualification.renewal.queries import candidates


def renew(session: Session, *, supporters: Collection[SupporterId], by: SupporterId, now: datetime) -> int:
    """Papers of this 年度 for each of them, once, however often and by however many people it is pressed.

    How many became due by this call. Whoever has them already, or no longer wishes to accompany people, is passed
    over. Raises Conflict while no programme runs, or if this one asks nothing of them.
    """
    today = tokyo_day(now)
    found = queries.programme_on(session, on=today)
    if found is None or not found[1].runs_on(today):
        raise Conflict("No programme is open just now, so no papers can become due.")
    if found[1].earlier is Earlier.NOTHING:
        raise Conflict("This programme asks for no new papers from those who have some of an earlier year.")
    chosen = [
        one
        for one in candidates(session, on=today)
        if one.supporter in supporters and not (one.why_not and one.why_not.is_final)
    ]
    made = [
        make_due(
            session,
            supporter=one.supporter,
            programme_id=found[0],
            year=fiscal_year(today),
            route=one.route,
            by=by,
            message="memorandum-again",
            now=now,
        )
        for one in chosen
    ]
    return sum(memorandum.due_at == now for memorandum in made)
