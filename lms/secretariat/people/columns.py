"""What can be seen of people in the list and in its file."""

from collections.abc import Sequence
from datetime import date

from flask import get_template_attribute

from courses.queries import LectureRow
from lms.kernel import i18n
from lms.kernel.clock import tokyo_day
from lms.kernel.i18n import gettext, ngettext
from lms.memoranda.rules import Route, State
from lms.qualification.reasons import reasons
from lms.qualification.rules import Standing, Why
from lms.secretariat.people.queries import Needs, PersonRow
from lms.web.filters import day
from lms.web.tables import Column


def columns(*, lectures: Sequence[LectureRow]) -> list[Column[PersonRow]]:
    """Every column in the reader's language; `lectures` are those that a missing thing may be about."""
    papers_in_words = get_template_attribute("components/states.html", "memorandum_state")
    papers = {state: str(papers_in_words(state)).strip() for state in State}
    spoken = {language.code: language.own_name for language in i18n.offered()}
    ways = {Route.COURSE: gettext("By the course"), Route.EXPERIENCED: gettext("By experience")}

    def missing(row: PersonRow) -> str:
        found = reasons(row.assessment.missing, lectures) if row.assessment else []
        return " ".join(reason.sentence for reason in found)

    return [
        Column("name", gettext("Name"), lambda row: row.name),
        Column("kana", gettext("Reading"), lambda row: row.name_kana, shown=False),
        Column("id", gettext("Network ID"), lambda row: row.network_id),
        Column("email", gettext("E-mail address"), lambda row: row.email, shown=False),
        Column("phone", gettext("Telephone"), lambda row: row.phone, shown=False),
        Column("standing", gettext("Where they stand"), lambda row: standing_of(row)[1]),
        Column("missing", gettext("What is missing"), missing, shown=False),
        Column("papers", gettext("Memorandum"), lambda row: papers[row.memorandum] if row.memorandum else None),
        Column("number", gettext("Document number"), lambda row: row.number, shown=False),
        Column("qualified", gettext("Qualified on"), _day, shown=False),
        Column("year", gettext("By the rule of fiscal year"), lambda row: row.rule_year, shown=False),
        Column("route", gettext("By which way"), lambda row: ways[row.route] if row.route else None, shown=False),
        Column("language", gettext("Language"), lambda row: spoken.get(row.locale, row.locale), shown=False),
        Column("since", gettext("Registered"), lambda row: tokyo_day(row.registered_at)),
    ]


def _day(row: PersonRow) -> date | None:
    return tokyo_day(row.qualified_at) if row.qualified_at else None


def needs_of(shown: Sequence[Column[PersonRow]]) -> Needs:
    """What must be found out for these columns."""
    keys = {column.key for column in shown}
    return Needs(assessment=bool(keys & {"standing", "missing"}), phone="phone" in keys)


def standing_of(row: PersonRow) -> tuple[str, str]:
    """Where somebody stands, as the kind of its look and in words."""
    if row.qualified_at:
        return "done", gettext("Qualified since %(day)s", day=day(row.qualified_at))
    found = row.assessment
    if found is None or found.standing is Standing.LEARNING:
        return "current", gettext("Learns only")
    if found.standing is Standing.TRAINEE:
        return "current", gettext("Trainee")
    if found.standing is Standing.QUALIFIES:
        return "current", gettext("Has everything together")
    if found.missing[-1].why is Why.EXPERIENCE_WAITS:
        return "todo", gettext("Experience to confirm")
    number = len(found.missing)
    return "todo", ngettext("One thing is missing", "%(num)d things are missing", number)
