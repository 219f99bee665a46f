"""Rules that the secretariat edits: looked at before they are saved, and nothing granted is taken away."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from courses import loading, programmes
from courses.models import ProgrammeRow, ProgrammeVersion
from courses.rules import Confirmation, Earlier
from lms.kernel import clock
from lms.kernel.history import steps_of
from lms.kernel.i18n import codes, reading_in
from lms.memoranda.models import Memorandum
from lms.qualification import queries
from lms.qualification import services as qualification
from lms.qualification.models import Qualification
from lms.qualification.programmes import services
from lms.qualification.rules import Missing, Standing, Why
from lms.supporters.models import Mail
from lms.supporters.rules import Participation
from tests import make
from tests.conftest import PROGRAMME

EDIT = "/secretariat/programmes/open/edit"


def day(days: int) -> date:
    return clock.tokyo_day(clock.now()) + timedelta(days=days)


def typed(page, **changes):
    """What a browser would send of this page's form, with some of it changed; None leaves a field out."""
    form = page.one("#programme-form")
    sent: dict[str, object] = {}
    for field in form.select("input[name], select[name], textarea[name]"):
        name, value = field["name"], field.get("value", "")
        if field.name == "select":
            chosen = field.select_one("option[selected]")
            value = chosen["value"] if chosen else ""
        if field.get("type") in {"checkbox", "radio"}:
            if field.has_attr("checked"):
                sent.setdefault(name, []).append(value)
            continue
        sent[name] = value
    return {name: value for name, value in (sent | changes).items() if value is not None}


def dated(kind: str, number: int, lecture: str, first: date, last: date, reason: str = "見本の理由") -> dict[str, str]:
    begin = f"{kind}_{number}"
    days = {f"{begin}_first": first.isoformat(), f"{begin}_last": last.isoformat()}
    return {f"{begin}_lecture": lecture, f"{begin}_reason_ja": reason, **days}


def without_basic_5(session, *, until: date, hidden: bool = True) -> None:
    """As in the first year: basic 5 cannot be watched until a day, and its survey is not required."""
    row = programmes.programme_of(session, "open")
    kept = programmes.newest(session, row.id)
    days = [{"lecture": "basic-5", "first": "2024-04-01", "last": until.isoformat(), "reason": {"ja": "見本の理由"}}]
    entry = programmes.entry_of(row, kept)
    changed = entry.from_json("open", entry.to_json() | {"exemptions": days, "not_viewable": days if hidden else []})
    office = session.scalar(sa.text("SELECT min(id) FROM supporter WHERE role = 'secretariat'"))
    programmes.save(session, entry=changed, seen=kept.number, note="見本", by=office, now=clock.now())
    session.commit()


def looked(desk, **changes):
    return desk.post(EDIT, typed(desk.get(EDIT), note="見本の理由", **changes), status=200)


def newest(session) -> ProgrammeVersion:
    session.expire_all()
    session.info.clear()  # what a session has read of programmes it reads once
    return programmes.newest(session, programmes.programme_of(session, "open").id)


def test_what_a_programme_says_is_read_in_sentences(browser_of, office):
    desk = browser_of(office)

    listed = desk.get("/secretariat/programmes")
    page = desk.get("/secretariat/programmes/new-migration-era-2023")

    assert {"/secretariat/programmes/open", "/secretariat/programmes/new-migration-era-2023"} <= listed.links()
    assert "the survey of Basic ⑤ Children and youth is not required. Reason: Basic 5 cannot be watched" in page.text
    assert "A survey counts when the secretariat has accepted it." in page.text
    assert "From the programme’s file" in page.text


def test_basic_5_is_viewable_from_next_month(browser_of, session, office):
    """The what-if run of the secretariat: who must still answer it is listed before anything is saved."""
    without_basic_5(session, until=day(300))
    granted, with_two, waiting, learner = (
        make.supporter(session, display_name="見本 済"),
        make.supporter(session, display_name="見本 二"),
        make.supporter(session, display_name="見本 四"),
        make.supporter(session, participation=Participation.LEARN),
    )
    make.accepted(session, granted, make.BASIC[:4], by=office)
    make.accepted(session, with_two, make.BASIC[:2], by=office)
    for code in make.BASIC[:4]:
        make.response(session, waiting, code)
    desk = browser_of(office)
    ends = {f"{kind}_0_last": day(8).isoformat() for kind in ("exemption", "hidden")}

    page = looked(desk, **ends)

    assert page.one("#what-if h3").get_text() == "For one person more is missing than before"
    row = page.one("#what-if tbody tr")
    assert "見本 二" in row.get_text()
    before, after = (" ".join(cell.get_text(" ").split()) for cell in row.select("td")[1:])
    assert "Basic ⑤" not in before
    assert after == before + " The survey of Basic ⑤ Children and youth has not been answered."
    assert day(9).isoformat() in str(row)
    assert (newest(session).number, learner.id != waiting.id) == (2, True)

    saved = desk.follow(desk.post(EDIT, typed(page, do="save")))

    assert "Saved as version 3." in saved.html
    assert newest(session).rules["exemptions"][0]["last"] == day(8).isoformat()
    later = queries.assessments(session, on=day(9))
    assert later[granted.id].standing is Standing.QUALIFIES
    assert Missing(Why.SURVEY_MISSING, "basic-5") in later[with_two.id].missing
    assert {m.why for m in later[waiting.id].missing} == {Why.SURVEY_WAITS}


def test_who_gains_qualifies_by_saving_and_by_nothing_else(browser_of, session, office):
    person = make.supporter(session)
    make.accepted(session, person, make.BASIC[:4], by=office)
    desk = browser_of(office)
    page = looked(desk, required=list(make.BASIC[:4]))

    assert "One person qualifies" in page.text
    assert queries.qualification_of(session, person.id) is None

    desk.post(EDIT, typed(page, do="save"))

    decision = queries.qualification_of(session, person.id)
    assert (decision.programme_version_id, decision.decided_by_id) == (newest(session).id, office.id)
    assert [one["lecture"] for one in decision.evidence] == list(make.BASIC[:4])
    assert {one["accepted_by"] for one in decision.evidence} == {office.id}
    mails = sa.select(sa.func.count(Mail.id)).where(Mail.supporter_id == person.id, Mail.message == "memorandum-due")
    assert session.scalar(mails) == 1
    programme = programmes.programme_of(session, "open")
    [step] = steps_of(session, kind="programme", subject=programme.id)
    assert (step.step, step.by_id, step.facts) == ("programme.changed", office.id, {"version": 2, "gain": 1})


def test_many_gain_in_portions_and_each_once(browser_of, session, office, worker, monkeypatch):
    monkeypatch.setattr(services, "PORTION", 2)
    people = [make.supporter(session) for _ in range(5)]
    for person in people:
        make.accepted(session, person, make.BASIC[:4], by=office)
    desk = browser_of(office)
    page = looked(desk, required=list(make.BASIC[:4]))

    desk.post(EDIT, typed(page, do="save"))
    before = session.scalar(sa.select(sa.func.count(Qualification.id)))
    worker.drain()
    worker.drain()

    assert (before, session.scalar(sa.select(sa.func.count(Qualification.id)))) == (0, 5)
    assert session.scalar(sa.select(sa.func.count(Memorandum.id))) == 5


def test_what_was_granted_stays_granted_and_is_listed(browser_of, session, office):
    without_basic_5(session, until=day(300))
    person = make.supporter(session, display_name="見本 済")
    make.accepted(session, person, make.BASIC[:4], by=office)
    desk = browser_of(office)

    page = looked(desk, exemption_0_lecture="", exemption_0_first="", exemption_0_last="", exemption_0_reason_ja="")

    assert "One person stays qualified, although more would be asked now" in page.text
    desk.post(EDIT, typed(page, do="save"))
    assert queries.assessment_of(session, supporter=person.id, on=day(0)).qualifies
    assert queries.qualification_of(session, person.id) is not None


def test_when_peoples_standing_has_changed_meanwhile_the_new_result_is_shown_first(browser_of, session, office):
    first = make.supporter(session)
    make.accepted(session, first, make.BASIC[:4], by=office)
    desk = browser_of(office)
    page = looked(desk, required=list(make.BASIC[:4]))
    second = make.supporter(session)
    make.accepted(session, second, make.BASIC[:4], by=office)

    refused = desk.post(EDIT, typed(page, do="save"), status=409)

    assert "Nothing was saved" in refused.text
    assert "2 people qualify" in refused.text
    assert newest(session).number == 1
    assert "Saved as version 2." in desk.follow(desk.post(EDIT, typed(refused, do="save"))).html


def test_two_editors_the_second_is_told_and_keeps_what_was_typed(browser_of, session, office):
    one, other = browser_of(office), browser_of(office)
    mine, theirs = looked(one, title_en="Mine"), looked(other, title_en="Theirs")
    other.post(EDIT, typed(theirs, do="save"))

    refused = one.post(EDIT, typed(mine, do="save"), status=409)

    assert "Somebody else has changed this programme meanwhile." in refused.text
    assert refused.one("[name=title_en]")["value"] == "Mine"
    assert newest(session).rules["title"]["en"] == "Theirs"


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"title_ja": ""}, "title_ja", "Enter the name of the programme in Japanese."),
        ({"title_ja_easy": "見本"}, "title_ja_easy", "Write the reading of every kanji behind it, as the hint says."),
        ({"title_en": "{a}"}, "title_en", "Leave out braces and upright strokes: they are kept for readings."),
        ({"last_day": "2020-01-01"}, "last_day", "The last day is before the first day."),
        ({"first_day": "yesterday"}, "first_day", "Not a valid date value."),
        ({"required": None}, "required", "Choose at least one lecture: otherwise everybody would qualify."),
        ({"watched_basic_1": "eighty"}, "watched_basic_1", "Enter a whole number."),
        ({"watched_basic_1": "101"}, "watched_basic_1", "Enter a number from 1 to 100."),
        ({"note": ""}, "note", "Write in a few words why, for whoever asks later."),
        ({"rate_1_minutes": "60"}, "rate_1_minutes", "Another row already begins at this number of minutes."),
        ({"rate_1_yen": ""}, "rate_1_yen", "Enter a whole number."),
        (dated("exemption", 0, "", day(0), day(9)), "exemption_0_lecture", "Choose a lecture."),
        (dated("exemption", 0, "basic-1", day(9), day(0)), "exemption_0_last", "The last day is before the first day."),
        (dated("exemption", 0, "advanced-1", day(0), day(9)), "exemption_0_lecture", "is not required anyway."),
        (
            dated("exemption", 0, "basic-1", date(2020, 1, 1), day(9)),
            "exemption_0_first",
            "lies outside the programme.",
        ),
        (dated("hidden", 0, "basic-1", day(0), day(9), ""), "hidden_0_reason_ja", "Write the reason in Japanese"),
        (
            dated("hidden", 0, "basic-1", day(0), day(9)) | dated("hidden", 1, "basic-1", day(9), day(20)),
            "hidden_1_first",
            "Another row already says so about these days.",
        ),
        (
            dated("exemption", 0, "basic-1", day(0), day(9)) | {"required": ["basic-1"]},
            "required",
            "no survey would be required at all.",
        ),
    ],
)
def test_a_fault_is_named_beside_its_field_and_everything_is_kept(
    browser_of, session, office, changes, field, sentence
):
    desk = browser_of(office)

    page = desk.post(EDIT, typed(desk.get(EDIT), **({"note": "見本", "title_vi": "Mẫu"} | changes)), status=422)

    assert sentence in page.one(f"#{field}-error").get_text()
    assert page.one("[name=title_vi]")["value"] == "Mẫu"
    assert page.soup.select("#what-if") == []
    assert newest(session).number == 1


def test_rows_are_added_and_taken_away_without_scripts(browser_of, office):
    desk = browser_of(office)
    page = desk.post(EDIT, typed(desk.get(EDIT), do="add-exemption", title_en="Kept"), status=200)
    page = desk.post(EDIT, typed(page, do="add-exemption", exemption_0_reason_ja="一つめ"), status=200)
    page = desk.post(EDIT, typed(page, do="remove-exemption-0", exemption_1_reason_ja="二つめ"), status=200)

    assert [field["value"] for field in page.soup.select("[name$=_reason_ja]")] == ["二つめ"]
    assert page.one("[name=title_en]")["value"] == "Kept"
    assert page.soup.select(".error") == []


def test_a_new_programme_begins_as_a_copy_and_is_open_after_saving(browser_of, session, office):
    desk = browser_of(office)
    begun = desk.get("/secretariat/programmes/new")
    changes = {"title_ja": "見本の次の事業", "first_day": day(0).isoformat(), "last_day": day(900).isoformat()}

    page = desk.post("/secretariat/programmes/new", typed(begun, note="次の事業", **changes), status=200)
    code = f"programme-{day(0).year}"
    saved = desk.follow(desk.post("/secretariat/programmes/new", typed(page, do="save")))

    assert f"/secretariat/programmes/{code}/edit" in saved.links()
    row = session.scalar(sa.select(ProgrammeRow).where(ProgrammeRow.code == code))
    assert (row.required, row.confirmation, row.earlier) == (list(make.BASIC), Confirmation.BY_PERSON, Earlier.AGAIN)
    assert queries.programme_on(session, on=day(0))[0] == row.id
    [step] = steps_of(session, kind="programme", subject=row.id)
    assert step.step == "programme.begun"


def test_a_version_that_is_no_number_is_not_the_newest(browser_of, session, office):
    desk = browser_of(office)
    page = looked(desk)

    told = desk.post(EDIT, typed(page, do="save", seen="the newest"), status=409)

    assert "Somebody else has changed this programme meanwhile." in told.text
    assert newest(session).number == 1


def test_a_new_programme_is_offered_from_the_day_after_the_last_one_on(browser_of, session, office):
    newest_programme = programmes.all_programmes(session)[0]

    begun = browser_of(office).get("/secretariat/programmes/new")

    wanted = (newest_programme.last_day + timedelta(days=1)).isoformat()
    assert [begun.one(f"[name={name}]")["value"] for name in ("first_day", "last_day")] == [wanted, wanted]


def test_of_two_programmes_that_begin_on_one_day_the_look_ahead_asks_the_one_that_counts(session, office):
    open_one = programmes.programme_of(session, "open")
    entry = programmes.entry_of(open_one, programmes.newest(session, open_one.id))
    as_json = entry.to_json()
    stricter = entry.from_json("later", as_json | {"required": [*as_json["required"], "advanced-1"]})
    programmes.save(session, entry=stricter, seen=0, note="見本", by=office.id, now=clock.now())
    make.accepted(session, make.supporter(session), make.BASIC[:4], by=office)
    easier = entry.from_json("open", as_json | {"required": list(make.BASIC[:4])})

    found = services.look(session, entry=easier, on=day(0)).what_if

    assert (found.days, found.outcomes) == ((), ())


def test_everybody_to_whom_something_happens_is_in_the_file(browser_of, session, office):
    person = make.supporter(session, display_name="=見本")
    make.accepted(session, person, make.BASIC[:4], by=office)
    desk = browser_of(office)
    sent = typed(desk.get(EDIT), note="見本", required=list(make.BASIC[:4]), do="csv")

    answer = desk.client.post(EDIT, data=sent)

    lines = answer.get_data(as_text=True).splitlines()
    assert answer.mimetype == "text/csv"
    assert lines[0].endswith(
        "Name,Network ID,What changes,From when,Missing by the rules until now,Missing by the new rules"
    )
    assert lines[1].startswith(f"'=見本,{person.network_id},Qualifies,{day(0).isoformat()},")


def test_a_file_that_changes_makes_a_version_until_people_edit(session, office):
    taught, found = loading.read_shipped(more_programmes=[PROGRAMME])
    entry = next(one for one in found if one.code == "open")
    changed = entry.from_json("open", entry.to_json() | {"claim_within_months": 2})
    again = entry.from_json("open", entry.to_json() | {"claim_within_months": 3})

    loading.load(session, taught=taught, programmes=found, now=clock.now())
    assert newest(session).number == 1
    loading.load(session, taught=taught, programmes=[changed], now=clock.now())
    assert (newest(session).number, newest(session).saved_by_id) == (2, None)
    programmes.save(session, entry=entry, seen=2, note="見本", by=office.id, now=clock.now())
    loading.load(session, taught=taught, programmes=[again], now=clock.now())
    assert (newest(session).number, programmes.programme_of(session, "open").claim_within_months) == (3, 1)
    assert programmes.unread_files(session, [changed]) == []
    assert programmes.unread_files(session, [again]) == ["open"]


def test_looking_costs_the_same_for_one_person_and_for_many(browser_of, session, office, queries):
    counts = []
    for people in (1, 4):
        for _ in range(people):
            make.accepted(session, make.supporter(session), make.BASIC[:4], by=office)
        sent = typed(browser_of(office).get(EDIT), note="見本", required=list(make.BASIC[:4]))
        desk = browser_of(office)
        queries.clear()
        desk.post(EDIT, sent, status=200)
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_a_decision_tells_what_it_rests_on(session, office):
    person = make.supporter(session, participation=Participation.EXPERIENCED)
    qualification.confirm_experience(session, supporter=person.id, by=office.id, now=make.now())

    decision = queries.qualification_of(session, person.id)

    assert (decision.confirmed_by_id, decision.evidence) == (office.id, [])
    assert decision.confirmed_at == person.experience_confirmed_at


@pytest.mark.parametrize("locale", codes())
def test_a_decision_is_told_in_one_paragraph_in_every_language(browser_of, session, office, locale):
    course, experienced = make.supporter(session), make.supporter(session, participation=Participation.EXPERIENCED)
    make.accepted(session, course, make.BASIC, by=office)
    qualification.confirm_experience(session, supporter=experienced.id, by=office.id, now=make.now())
    session.commit()

    for person in (course, experienced):
        told = browser_of(person, locale=locale).get("/my-training").text
        assert str(queries.qualification_of(session, person.id).rule_year) in told
        assert office.display_name not in told


def test_the_desk_reads_who_accepted_and_the_person_does_not(app, session, office):
    person = make.supporter(session)
    make.accepted(session, person, make.BASIC[:4], by=office)
    make.accepted(session, person, ["basic-5"], by=office)
    decision = queries.decision_of(session, person.id)

    with app.test_request_context():
        macro = app.jinja_env.get_template("components/qualification_paragraph.html").module.qualified_paragraph
        with reading_in("en"):
            desk, own = macro(decision), macro(decision, names=False)

    assert "(version 1 of its rules)" in desk
    assert desk.count("accepted by 見本 事務局 on") == 5
    assert "見本 事務局" not in own
    assert "It stays so, even if the rules change." in own
