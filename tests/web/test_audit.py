"""The export for the auditor: whole, without names unless they are asked for, and itself a step of history."""

import csv
import io
import json
import zipfile

from lms.kernel.history import steps_of
from lms.kernel.seals import seal_next
from lms.memoranda.papers.models import ArchivedPaper, PaperKind, PaperTemplate
from lms.memoranda.rules import State
from lms.qualification import services as qualification
from lms.supporters.rules import Participation
from tests import make
from tests.web.test_desk import brought_to

YEAR = {"first": "2020-04-01", "last": "2099-03-31"}


def exported(browser, **asked):
    answer = browser.client.post("/secretariat/reports/audit", data=YEAR | asked)
    with answer:
        return zipfile.ZipFile(io.BytesIO(answer.get_data()))


def rows(archive, name):
    return list(csv.DictReader(io.StringIO(archive.read(name).decode("utf-8-sig"))))


def test_every_step_says_who_did_what_to_whom_and_when(browser_of, office, session):
    memo = brought_to(session, office, State.COMPLETE, at=make.moment("2026-05-01 09:30"))
    person = session.get(type(office), memo.supporter_id)

    found = rows(exported(browser_of(office)), "history.csv")

    theirs = [row for row in found if row["supporter"] == person.network_id]
    assert [(row["step"], row["by"], row["role"], row["document_number"]) for row in theirs] == [
        ("supporter.registered", person.network_id, "supporter", ""),
        ("supporter.experience_confirmed", office.network_id, "secretariat", ""),
        ("qualification.decided", office.network_id, "secretariat", ""),
        ("memorandum.due", "", "site", memo.number),
        *(
            (f"memorandum.{state}", office.network_id, "secretariat", memo.number)
            for state in ("printed", "posted", "returned", "checked", "complete")
        ),
    ]
    assert {row["at"] for row in theirs} == {"2026-05-01 09:30:00"}
    assert json.loads(theirs[5]["facts"])["service"] == "letter"


def test_papers_are_listed_with_their_days_and_hashes(browser_of, office, session):
    memo = brought_to(session, office, State.COMPLETE, at=make.moment("2026-05-01 09:30"))

    archive = exported(browser_of(office))

    (papers,) = rows(archive, "memoranda.csv")
    (posted,), (returned,) = rows(archive, "postings.csv"), rows(archive, "returns.csv")
    assert (papers["document_number"], papers["state"], papers["papers_sha256"]) == (memo.number, "complete", "0")
    assert (posted["posted_on"], posted["service"]) == ("2026-05-01", "letter")
    assert (returned["returned_on"], returned["signing"], returned["bank_form"]) == ("2026-05-01", "signed", "yes")


def test_archived_papers_are_listed_with_their_hashes_but_without_what_stands_on_them(browser_of, office, session):
    memo = brought_to(session, office, State.DUE)
    session.add(PaperTemplate(version="2026-11", zipped=b"", first_used_at=make.now()))
    session.flush()
    session.add(
        ArchivedPaper(
            memorandum_id=memo.id, kind=PaperKind.PACK, template_version="2026-11", typesetter="typst", data="見本 花子",
            sha256="abc", storage_key="archive/abc.pdf", made_at=make.moment("2026-05-01 09:30"),
        )
    )  # fmt: skip
    session.commit()

    archive = exported(browser_of(office))

    assert rows(archive, "papers.csv") == [
        {
            "document_number": memo.number, "kind": "pack", "made_at": "2026-05-01 09:30:00",
            "template_version": "2026-11", "typesetter": "typst", "sha256": "abc",
        }
    ]  # fmt: skip


def test_what_lies_outside_the_days_is_not_in_it(browser_of, office, session):
    brought_to(session, office, State.COMPLETE, at=make.moment("2026-05-01 09:30"))

    archive = exported(browser_of(office), first="2026-05-02", last="2026-05-31")

    names = ("history.csv", "memoranda.csv", "postings.csv", "returns.csv")
    assert [rows(archive, name) for name in names] == [[], [], [], []]


def test_names_are_in_it_only_where_they_were_asked_for(browser_of, office, session):
    person = make.supporter(session, participation=Participation.EXPERIENCED, display_name="=見本 花子")
    make.address(session, person)
    qualification.confirm_experience(session, supporter=person.id, by=office.id, now=make.now())
    session.commit()
    desk = browser_of(office)

    without, with_names = exported(desk), exported(desk, names="y")

    everything = "".join(without.read(name).decode() for name in without.namelist())
    assert [word for word in ("花子", "見本県", "ミホン", person.email) if word in everything] == []
    assert "people.csv" not in without.namelist()
    (row,) = rows(with_names, "people.csv")
    assert (row["supporter"], row["name"], row["postcode"]) == (person.network_id, "'=見本 花子", "000-0000")


def test_making_an_export_is_a_step_of_history(browser_of, office, session):
    exported(browser_of(office), names="y")

    (step,) = steps_of(session, kind="audit", subject=office.id)
    assert (step.step, step.by_id, step.facts) == ("audit.exported", office.id, YEAR | {"names": True})


def test_it_says_whether_the_history_is_as_it_was_sealed(browser_of, office, session):
    seal_next(session, up_to=10**9, now=make.now())
    session.commit()
    desk = browser_of(office)
    make.supporter(session)

    readme = exported(desk).read("README.txt").decode()

    assert "sealed steps are as they were sealed." in readme
    assert "1 steps have happened since the last seal." in readme


def test_days_the_wrong_way_round_are_refused_beside_the_field(browser_of, office):
    page = browser_of(office).post(
        "/secretariat/reports/audit", {"first": "2026-05-02", "last": "2026-05-01", "names": "y"}, status=422
    )

    assert page.one("#last-error").get_text(strip=True) == "The last day lies before the first."
    assert page.one("#first")["value"] == "2026-05-02"
    assert page.one("#names").has_attr("checked")


def test_all_days_there_are_can_be_asked_for(browser_of, office, session):
    brought_to(session, office, State.DUE)

    everything = exported(browser_of(office), first="0001-01-01", last="9999-12-31")

    assert rows(everything, "history.csv") != []


def test_no_days_are_refused_each(browser_of, office):
    page = browser_of(office).post("/secretariat/reports/audit", {"first": "", "last": "soon"}, status=422)

    assert page.one("#first-error").get_text(strip=True) == "Enter the first day."
