"""Makers for batches: memoranda that are due, and a batch brought to a state."""

from datetime import date
from itertools import count

import sqlalchemy as sa
from sqlalchemy.orm import object_session

from courses.models import ProgrammeRow
from lms.kernel import clock
from lms.kernel.identity import Role, format_network_id
from lms.memoranda import services as papers
from lms.memoranda.batches import services
from lms.memoranda.models import Posting
from lms.memoranda.rules import Route, Service
from lms.qualification import services as qualification
from lms.supporters.models import Mail, Supporter
from lms.supporters.rules import Wish, address_of
from tests import make

DESK = "/secretariat/memoranda/batches"
_numbers = count(500_000)


def due(session, people=1, *, address="", postal_code="110-0015", made=True, **given):
    """Memoranda that are due, each of somebody with a room of their own, their papers made unless told not to."""
    programme = session.scalars(sa.select(ProgrammeRow)).first()
    memos = []
    for _ in range(people):
        number = next(_numbers)
        values = {
            "network_id": format_network_id(number),
            "email": f"batch-{number}@example.jp",
            "password_hash": "none",
            "display_name": f"見本 {number}",
            "name_kana": "ミホン",
            "role": Role.SUPPORTER,
            "locale": "en",
            "wish": Wish.ACCOMPANY,
            "experience_declared": False,
            "postal_code": postal_code,
            "address": f"東京都台東区東上野1-12-6\n見本荘{number}号室" if address == "" else address,
            "registered_at": make.now(),
        }
        person = Supporter(**values | given)
        session.add(person)
        session.flush()
        memo = papers.make_due(
            session, supporter=person.id, programme_id=programme.id, year=2026, route=Route.COURSE, now=make.now()
        )
        if made:
            memo.pack_key, memo.pack_sha256, memo.template_version = "packs/none", "0", "1"
        memos.append(memo)
    session.commit()
    return memos


def batch_of(session, office, memos, **given):
    made = services.make(session, memorandum_ids=[memo.id for memo in memos], by=office.id, now=make.now(), **given)
    session.commit()
    return made


def step(batch, office):
    """What every step asks for, of somebody who sees the batch as it is."""
    object_session(batch).flush()
    return {"batch": batch, "by": office.id, "now": make.now(), "seen_version": batch.version}


def released(session, office, memos, *, service=Service.RECORDED):
    """A batch that is released, with a file that does not matter to the test."""
    batch = batch_of(session, office, memos)
    services.release(session, **step(batch, office), service=service, today=today())
    batch.pdf_keys = ["batches/none.pdf"]
    session.commit()
    return batch


def printed(session, office, memos, *, service=Service.RECORDED):
    batch = released(session, office, memos, service=service)
    services.mark_printed(session, **step(batch, office))
    session.commit()
    return batch


def today() -> date:
    return clock.tokyo_day(make.now())


def move(session, memo, text="東京都台東区東上野9-9-9\n新荘1号室", postal_code="110-0015"):
    """The supporter enters another address."""
    where = address_of(postal_code, text)
    qualification.change_address(session, supporter=memo.supporter_id, address=where, phone=None, now=make.now())
    session.commit()


def numbers(page):
    return [cell.get_text(strip=True) for cell in page.soup.select("table .code")]


def tracking(n):
    """A number of 特定記録 with its check digit."""
    ten = f"51312{n:05d}"
    return f"{ten[:3]}-{ten[3:5]}-{ten[5:]}-{int(ten) % 7}"


def postings(session):
    return list(session.scalars(sa.select(Posting).order_by(Posting.id)))


def mails(session, message):
    return session.scalar(sa.select(sa.func.count(Mail.id)).where(Mail.message == message))


def form(batch, **given):
    return {
        "version": str(batch.version),
        "posted_on": today().isoformat(),
        "service": "recorded",
        "pasted": "",
    } | given
