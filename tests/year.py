"""A fiscal year of a whole site, day by day: people, an office of one, the worker at night, a clock moved by hand."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from courses import programmes as kept
from courses.models import Recording
from courses.programme_file import ProgrammeEntry
from lms.app import worker_for
from lms.kernel import clock
from lms.kernel.identity import Role, SupporterId
from lms.memoranda import queries as memoranda
from lms.memoranda import services as papers
from lms.memoranda.batches import queries as batch_queries
from lms.memoranda.batches import services as batches
from lms.memoranda.batches.proof import proof
from lms.memoranda.models import Batch, Memorandum
from lms.memoranda.returns import services as returns
from lms.memoranda.rules import Fault, Service, Signing, State
from lms.qualification import queries, services
from lms.qualification.programmes import services as programmes
from lms.qualification.programmes.rules import WhatIf
from lms.supporters import services as supporters
from lms.supporters.models import Supporter
from lms.supporters.rules import Participation, address_of
from surveys import queries as surveys
from surveys.models import Response
from surveys.rules import ResponseState
from tests import make
from tests.people import Fate, Life
from tests.watching import Tab

Act = Callable[[Session], object]
READ_A_DAY = 25


class Clock:
    """The site's clock, moved by hand; it goes on a little whenever it is asked, so that no two moments are one."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        self.at += timedelta(milliseconds=1)
        return self.at

    def move_to(self, day: date, hour: int) -> None:
        there = datetime.combine(day, time(hour), clock.TOKYO)
        self.at = max(self.at, there.astimezone(self.at.tzinfo))


class Year:
    """Days of people and office. What a life does later is written into `agenda` under its day."""

    def __init__(self, app: Flask, hands: Clock, *, people: list[Life]) -> None:
        self.house, self.worker, self.clock = app.extensions["house"], worker_for(app), hands
        self.lives: dict[SupporterId, Life] = {}
        self.agenda: dict[date, list[Act]] = defaultdict(list)
        self.letterbox: dict[date, list[Act]] = defaultdict(list)
        self.mended: set[tuple[int, int]] = set()
        self.seen: set[int] = set()
        for life in people:
            self.agenda[life.registers_on].append(self._register(life))
        with self.house.database.write() as session:
            details = make.registration(
                display_name="見本 事務局", email="office@example.jp", participation=Participation.LEARN
            )
            self.office = supporters.register(session, details=details, role=Role.SECRETARIAT, now=self.clock()).id
            self.film = make.recording(session, "basic-1", duration_ms=60_000).id

    # -- days

    def live(self, day: date, *, until: date) -> None:
        """From the morning of a day to the night of another."""
        while day <= until:
            self.today = day
            self.clock.move_to(day, 9)
            for act in self.agenda.pop(day, []):
                self.do(act)
            self.clock.move_to(day, 14)
            if day.weekday() < 5:
                self._work_in_office(day)
            self.clock.move_to(day, 22)
            if day.weekday() in {0, 3}:  # the nightly sweeps: two nights a week show as much as seven
                self.worker.owe_daily()
            self.worker.drain()
            day += timedelta(days=1)

    def do(self, act: Act) -> None:
        with self.house.database.write() as session:
            act(session)

    def ask(self, question: sa.Select) -> list:
        with self.house.database.read() as session:
            return list(session.execute(question))

    def later(self, days: int, act: Act) -> None:
        self.agenda[self.today + timedelta(days=max(days, 1))].append(act)

    # -- people

    def _register(self, life: Life) -> Act:
        def act(session: Session) -> None:
            details = make.registration(
                display_name=life.name,
                name_kana=life.kana,
                email=life.email,
                participation=life.way,
                locale=life.locale,
            )
            person = supporters.register(session, details=details, now=self.clock()).id
            self.lives[person] = life
            if life.address_after is not None:
                self.later(life.address_after, self._move(person, f"見本県見本市見本町{life.number}-1"))
            if life.moves_on_after is not None:
                self.later(life.moves_on_after, self._move_on(person))
            if life.surveys:
                self.later(life.every, self._watch(person))
            for number in range(life.surveys):
                self.later(life.every * (number + 1), self._answer(person, number))

        return act

    def _watch(self, person: SupporterId) -> Act:
        def act(session: Session) -> None:
            film = session.get_one(Recording, self.film)
            tab = Tab(session, session.get_one(Supporter, person), film, opened=self.clock(), lecture="basic-1")
            tab.play(0, 60)
            tab.leave()

        return act

    def _answer(self, person: SupporterId, number: int) -> Act:
        code = make.BASIC[number]

        def act(session: Session) -> None:
            found = queries.programme_on(session, on=self.today)
            assert found is not None
            if found[1].hides(code, on=self.today):  # nobody answers what cannot be watched; the eager look again
                if self.lives[person].surveys == len(make.BASIC):
                    self.later(30, self._answer(person, number))
                return
            answers = make.answers(session, code)
            services.submit_survey(session, supporter=person, lecture=code, answers=answers, now=self.clock())

        return act

    def _move(self, person: SupporterId, where: str) -> Act:
        address = address_of("000-0000", where)
        return lambda session: services.change_address(
            session, supporter=person, address=address, phone=None, now=self.clock()
        )

    def _move_on(self, person: SupporterId) -> Act:
        return lambda session: services.move_on(session, supporter=person, experienced=False, now=self.clock())

    # -- office

    def _work_in_office(self, day: date) -> None:
        for letters_day in sorted(d for d in self.letterbox if d <= day):
            for act in self.letterbox.pop(letters_day):
                self.do(act)
        waiting = (
            sa.select(Response.id).where(Response.state == ResponseState.SUBMITTED).order_by(Response.submitted_at)
        )
        for (response,) in self.ask(waiting.limit(READ_A_DAY)):
            self.do(self._read(response))
        if day.weekday() == 2:
            with self.house.database.read() as session:
                experienced = [person.id for person in queries.experience_waiting(session)]
            for person in experienced:
                self.do(self._confirm(person))
        self._hold_and_let_go()
        if day.weekday() == 1 and day.isocalendar().week % 2:
            self._make_batch()
        elif day.weekday() == 3:
            self._post_batch()
        self._look_at_returns()

    def _read(self, response_id: int) -> Act:
        def act(session: Session) -> None:
            response = surveys.response(session, response_id)
            life, number = self.lives[response.supporter_id], make.BASIC.index(response.lecture.code)
            first = (response.supporter_id, number) not in self.mended
            if first and number in life.careless:
                self.mended.add((response.supporter_id, number))
                services.return_response(
                    session, response_id=response_id, comment="見本", by=self.office, now=self.clock()
                )
                if life.mends:
                    self.later(life.every, self._answer(response.supporter_id, number))
            else:
                services.accept_response(session, response_id=response_id, by=self.office, now=self.clock())

        return act

    def _confirm(self, person: SupporterId) -> Act:
        return lambda session: services.confirm_experience(session, supporter=person, by=self.office, now=self.clock())

    def _hold_and_let_go(self) -> None:
        for memorandum_id, person in self.ask(
            sa.select(Memorandum.id, Memorandum.supporter_id).where(Memorandum.state == State.DUE)
        ):
            if self.lives[person].fate is Fate.HELD and memorandum_id not in self.seen:
                self.seen.add(memorandum_id)
                self.do(self._step(memorandum_id, papers.hold, reason="見本の理由"))
                self.later(30, self._step(memorandum_id, papers.let_go))

    def _step(self, memorandum_id: int, step: Callable[..., object], **more: object) -> Act:
        return lambda session: step(
            session, memorandum=memoranda.memorandum(session, memorandum_id), by=self.office, now=self.clock(), **more
        )

    def _make_batch(self) -> None:
        self.worker.drain()  # it works all day; at night is only when we look
        with self.house.database.write() as session:
            chosen = batch_queries.choosable(session, most=batches.MOST)
            if not chosen:
                return
            batch = batches.make(session, memorandum_ids=chosen, by=self.office, now=self.clock())
            for envelope in proof(session, batch):
                keys = [finding.key for finding in envelope.open]
                batches.accept_finding(
                    session,
                    batch=batch,
                    memorandum_id=envelope.memorandum.id,
                    keys=keys,
                    by=self.office,
                    now=self.clock(),
                )
            session.flush()
            batches.release(
                session, batch=batch, service=Service.RECORDED, by=self.office, now=self.clock(), today=self.today,
                seen_version=batch.version,
            )  # fmt: skip
            number = batch.id
        self.worker.drain()
        self.do(self._step_of_batch(number, batches.mark_printed))

    def _step_of_batch(self, number: int, step: Callable[..., object], **more: object) -> Act:
        def act(session: Session) -> None:
            batch = batch_queries.batch(session, number)
            step(session, batch=batch, by=self.office, now=self.clock(), seen_version=batch.version, **more)

        return act

    def _post_batch(self) -> None:
        for (number,) in self.ask(sa.select(Batch.id).where(Batch.state == "printed")):
            with self.house.database.read() as session:
                sent = [(place.memorandum.id, place.supporter.id) for place in batch_queries.places(session, number)]
            tracking: Mapping[int, str] = {memo: f"9{memo:010}" for memo, _ in sent}
            post = self._step_of_batch(
                number,
                batches.mark_posted,
                posted_on=self.today,
                service=Service.RECORDED,
                tracking=tracking,
                today=self.today,
            )
            self.do(post)
            for memo, person in sent:
                self._posted(memo, person)

    # -- what comes back

    def _arrives(self, days: int, act: Act) -> None:
        self.letterbox[self.today + timedelta(days=days)].append(act)

    def _posted(self, memo: int, person: SupporterId) -> None:
        life = self.lives[person]
        soon = 5 + life.number % 14
        match life.fate:
            case Fate.GOOD | Fate.HELD:
                self._arrives(soon, self._return(memo))
            case Fate.LATE:
                self._arrives(30 + life.number % 20, self._return(memo))
            case Fate.FAULTY | Fate.NEVER_MENDED:
                self._arrives(soon, self._return(memo, faults=(Fault.BANK_FORM_MISSING,)))
            case Fate.MOVED | Fate.VANISHED if memo not in self.seen:
                self._arrives(8, self._came_back(memo, person))
            case Fate.MOVED:
                self._arrives(soon, self._return(memo))
            case Fate.WITHDRAWS:
                self._arrives(soon, self._step(memo, papers.withdraw, reason="見本の理由"))
            case _:
                pass

    def _return(self, memo: int, *, faults: tuple[Fault, ...] = ()) -> Act:
        def act(session: Session) -> None:
            self._step(
                memo, returns.record_return, returned_on=self.today, has_memorandum=True, signing=Signing.SIGNED,
                has_bank_form=not faults, faults=faults, note="", today=self.today,
            )(session)  # fmt: skip
            person = memoranda.memorandum(session, memo).supporter_id
            if faults and self.lives[person].fate is Fate.FAULTY:
                self._arrives(12, self._bank_form(memo))

        return act

    def _bank_form(self, memo: int) -> Act:
        def act(session: Session) -> None:
            self._step(
                memo, returns.record_return, returned_on=self.today, has_memorandum=False, signing=None,
                has_bank_form=True, faults=(), note="", today=self.today,
            )(session)  # fmt: skip

        return act

    def _came_back(self, memo: int, person: SupporterId) -> Act:
        def act(session: Session) -> None:
            self.seen.add(memo)
            self._step(memo, papers.mark_undeliverable, came_back_on=self.today, today=self.today)(session)
            if self.lives[person].fate is Fate.MOVED:
                self.later(10, self._move(person, f"見本県新見本市見本町{self.lives[person].number}-2"))

        return act

    def _look_at_returns(self) -> None:
        for (memo,) in self.ask(sa.select(Memorandum.id).where(Memorandum.state == State.CHECKED)):
            self.do(self._step(memo, papers.complete))
        for (memo,) in self.ask(sa.select(Memorandum.id).where(Memorandum.state == State.RETURNED)):
            self.do(self._step(memo, papers.mark_checked, memorandum_right=True, bank_form_right=True))

    # -- rules

    def changed(self, session: Session, **changes: object) -> tuple[ProgrammeEntry, int]:
        """The programme with changes, and the number of the version that they are made to."""
        row = kept.programme_of(session, "year")
        newest = kept.newest(session, row.id)
        return replace(kept.entry_of(row, newest), **changes), newest.number

    def change_programme(self, **changes: object) -> WhatIf:
        """The office looks at what a change would do to everybody, and saves it."""
        with self.house.database.read() as session:
            entry, seen = self.changed(session, **changes)
            looked = programmes.look(session, entry=entry, on=self.today)
        self.do(
            lambda session: programmes.save(
                session, entry=entry, seen=seen, note="見本の変更", agreed=looked.what_if.fingerprint, looked=looked,
                by=self.office, now=self.clock(),
            )
        )  # fmt: skip
        return looked.what_if
