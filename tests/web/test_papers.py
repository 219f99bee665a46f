"""Envelopes, labels and the archive at the desk: what was posted can be proved, and is set again after years."""

import json
from datetime import timedelta
from io import BytesIO

import pytest
import sqlalchemy as sa
from pypdf import PdfReader

from courses.models import ProgrammeRow
from lms.kernel import clock, i18n
from lms.memoranda import services as papers
from lms.memoranda.batches import services
from lms.memoranda.models import Memorandum
from lms.memoranda.papers import archive
from lms.memoranda.papers.archive import Verdict
from lms.memoranda.papers.envelopes import envelopes_of
from lms.memoranda.papers.models import ArchivedPaper, PaperKind
from lms.memoranda.papers.queries import addressees, follow_up_of, pack_of
from lms.memoranda.papers.rendering import render_follow_up
from lms.memoranda.papers.texts import texts_of
from lms.memoranda.rules import Service, State
from lms.qualification import services as qualification
from lms.supporters.rules import Participation
from tests import make
from tests.batches import batch_of, due, step, today


@pytest.fixture
def memo(session, office, worker):
    """A memorandum that is due and whose papers have been made."""
    person = make.supporter(session, participation=Participation.EXPERIENCED)
    make.address(session, person)
    qualification.confirm_experience(session, supporter=person.id, by=office.id, now=make.now())
    session.commit()
    worker.drain()
    return session.scalars(sa.select(Memorandum).where(Memorandum.supporter_id == person.id)).one()


def posted(session, memo, office):
    step = {"memorandum": memo, "by": office.id, "now": clock.now()}
    papers.mark_printed(session, **step)
    on = clock.tokyo_day(clock.now())
    papers.mark_posted(session, posted_on=on, service=Service.LETTER, tracking=None, today=on, **step)
    session.commit()


def verdicts(session, house):
    return [paper.verdict for paper in archive.verify(session, storage=house.storage)]


def test_papers_are_kept_with_all_they_were_set_from_and_can_be_set_again(session, house, memo):
    session.refresh(memo)

    kept = archive.of_memorandum(session, memo.id)

    assert [(paper.sha256, paper.storage_key, paper.kind) for paper in kept] == [
        (memo.pack_sha256, memo.pack_key, PaperKind.PACK)
    ]
    assert kept[0].template_version == memo.template_version
    assert verdicts(session, house) == [Verdict.SAME]


def test_name_and_address_lie_encrypted_in_the_archive(session, memo):
    raw = session.scalar(sa.text("SELECT data FROM archived_paper"))

    assert (raw.startswith("gAAAA"), "mihon" in raw) == (True, False)


def test_a_paper_is_set_again_after_the_words_have_changed(session, house, memo, tmp_path):
    words = i18n.language("ja").folder
    own = tmp_path / "ja"
    own.mkdir()
    for name in ("language.toml", "letters.toml"):
        (own / name).write_text((words / name).read_text("utf-8").replace("敬具", "かしこ"), "utf-8")
    (own / "LC_MESSAGES").symlink_to(words / "LC_MESSAGES")

    i18n.open_languages(tmp_path)
    try:
        now_said = texts_of("ja", programme="").version
        again = verdicts(session, house)
    finally:
        i18n.open_languages(None)

    assert now_said != texts_of("ja", programme="").version
    assert again == [Verdict.SAME]


def test_a_file_that_is_gone_or_was_changed_is_told_apart(session, house, memo):
    session.refresh(memo)
    house.storage.put(memo.pack_key, b"something else")
    changed = verdicts(session, house)
    house.storage.delete(memo.pack_key)

    assert (changed, verdicts(session, house)) == ([Verdict.FILE_CHANGED], [Verdict.FILE_MISSING])


def test_a_paper_of_another_typesetter_is_proved_by_its_hash(session, house, memo):
    paper = session.scalars(sa.select(ArchivedPaper)).one()
    paper.data = paper.data.replace(memo.number, "2026-99999-9")  # so that it comes out otherwise
    session.flush()
    of_today = verdicts(session, house)
    paper.typesetter = "typst 0.1"
    session.flush()

    assert (of_today, verdicts(session, house)) == ([Verdict.DIFFERS], [Verdict.OTHER_TYPESETTER])
    assert (Verdict.DIFFERS.is_proof, Verdict.OTHER_TYPESETTER.is_proof) == (False, True)


def test_papers_with_an_old_address_leave_no_trace_unless_they_were_posted(session, house, office, memo, worker):
    before = memo.pack_key
    moved(session, memo)
    worker.drain()
    session.refresh(memo)
    unposted = (archive.count(session), house.storage.keys(f"packs/{memo.id}"))
    posted(session, memo, office)
    papers.post_again(session, memorandum=memo, by=office.id, now=clock.now())
    session.commit()
    moved(session, memo, line="別の町9-9")
    worker.drain()
    session.refresh(memo)

    assert before not in unposted[1]
    assert (unposted[0], len(unposted[1])) == (1, 1)
    assert (archive.count(session), len(house.storage.keys(f"packs/{memo.id}"))) == (2, 2)
    assert verdicts(session, house) == [Verdict.SAME, Verdict.SAME]


def test_the_archive_keeps_the_terms_with_which_a_batch_was_printed(session, office, worker):
    memo = due(session, made=False)[0]
    worker.drain()
    session.expire_all()
    first = memo.pack_key
    session.get_one(ProgrammeRow, memo.programme_id).claim_within_months = 7
    batch = batch_of(session, office, [memo])
    services.release(session, **step(batch, office), service=Service.LETTER, today=today())
    session.commit()
    worker.drain()
    session.expire_all()

    [kept] = archive.of_memorandum(session, memo.id)
    assert (kept.storage_key, json.loads(kept.data)["programme"]["claim_within_months"]) == (memo.pack_key, 7)
    assert (memo.pack_key == first, len(batch.pdf_keys)) == (False, 1)


def moved(session, memo, line="新しい町1-1"):
    person = session.get_one(type(make.supporter(session)), memo.supporter_id)
    person.address = line
    session.flush()
    papers.owe_pack(session, memorandum=memo, now=clock.now())
    session.commit()


def test_a_letter_about_what_is_missing_is_kept_too_and_once(session, house, memo):
    letter = follow_up_of(
        session,
        memo,
        settings=house.settings,
        issued_on=clock.tokyo_day(make.now()),
        sentences_ja=("署名がありません。",),
        sentences=("The signature is missing.",),
        needs_memorandum=True,
        needs_bank_form=False,
    )
    pdf = render_follow_up([letter])

    for _ in range(2):
        paper = {"memorandum_id": memo.id, "kind": PaperKind.FOLLOW_UP}
        stored = archive.store(pdf, storage=house.storage, **paper)
        archive.enter(session, stored=stored, data=letter, now=clock.now(), **paper)

    assert archive.count(session) == 2
    assert verdicts(session, house) == [Verdict.SAME, Verdict.SAME]


def test_the_code_on_the_sheets_leads_to_the_page_of_their_return(session, house, memo):
    pack = pack_of(session, memo, settings=house.settings)

    assert pack.scan_url == f"{house.settings.url}/r/{memo.number}"


def test_a_letter_is_dated_on_the_day_its_papers_became_due_and_due_again(session, house, office, memo):
    first = pack_of(session, memo, settings=house.settings)
    later = clock.now() + timedelta(days=40)
    papers.mark_printed(session, memorandum=memo, by=office.id, now=later)

    papers.unmark_printed(session, memorandum=memo, by=office.id, now=later)
    session.flush()

    again = pack_of(session, memo, settings=house.settings)
    assert (first.issued_on, again.issued_on) == (clock.tokyo_day(memo.due_at), clock.tokyo_day(later))


def test_the_desk_checks_the_newest_papers(browser_of, office, memo):
    page = browser_of(office).post("/secretariat/papers/verify", status=200)

    assert "The same: set again, it has the very same bytes." in page.text
    assert memo.number in page.text


def labels_form(**given):
    return {"whose": "due", "batch": "", "sheet": "12", "start": "1", "right": "0", "down": "0"} | given


def test_labels_are_printed_for_whoever_has_an_address(browser_of, session, office, memo):
    make.supporter(session)  # without an address

    answer = browser_of(office).client.post("/secretariat/papers/labels", data=labels_form(start="3", right="-1.5"))

    person = session.get_one(type(office), memo.supporter_id)
    [page] = PdfReader(BytesIO(answer.data)).pages
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert person.display_name in page.extract_text()
    assert [one.name for one in addressees(session, state=State.DUE)] == [person.display_name]


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"start": "13"}, "Labels on this sheet are counted from 1 to 12."),
        ({"start": "0"}, "Labels on this sheet are counted from 1 to 12."),
        ({"start": "25", "sheet": "24"}, "Labels on this sheet are counted from 1 to 24."),
        ({"start": ""}, "Enter the number of the first label."),
        ({"right": "11"}, "Enter millimetres from -10 to 10."),
        ({"right": "NaN"}, "Enter millimetres from -10 to 10."),
        ({"down": "far"}, "Enter millimetres from -10 to 10."),
        ({"whose": "batch"}, "Enter the number of the batch."),
        ({"whose": "batch", "batch": "x"}, "Enter the number of the batch."),
        ({"whose": "batch", "batch": "9" * 20}, "Enter the number of the batch."),
        ({"whose": "batch", "batch": "999"}, "Nobody with an address is among them."),
        ({"whose": "printed"}, "Nobody with an address is among them."),
    ],
)
def test_what_labels_cannot_be_printed_from_is_said_beside_what_was_typed(browser_of, office, memo, given, sentence):
    page = browser_of(office).post("/secretariat/papers/labels", labels_form(**given), status=422)

    assert sentence in page.text
    assert page.one("input[name=start]")["value"] == labels_form(**given)["start"]


def test_each_envelope_has_a_sheet_to_lay_into_it(browser_of, house, office):
    browser = browser_of(office)

    links = [link for link in browser.get("/secretariat/papers").links() if "calibration" in link]

    assert len(links) == len(envelopes_of(house.settings))
    assert {browser.client.get(link).mimetype for link in links} == {"application/pdf"}
    assert browser.client.get("/secretariat/papers/calibration/none").status_code == 404
