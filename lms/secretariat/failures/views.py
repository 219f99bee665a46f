"""The desk's pages about what did not come about by itself."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from lms.kernel.i18n import gettext
from lms.kernel.identity import SupporterId
from lms.secretariat.failures import queries, services
from lms.supporters.mail import subject_of
from lms.web.access import me, secretariat_only
from lms.web.context import house, now, session
from lms.web.pages import onward, page

bp = Blueprint("failures", __name__, url_prefix="/secretariat")


@bp.get("/failed-mails")
@secretariat_only
def mails() -> ResponseReturnValue:
    """Mails that did not reach their receiver: which, to whom, why."""
    settings = house().settings
    rows = [
        (mail, person, subject_of(mail, to=person, settings=settings))
        for mail, person in queries.failed_mails(session())
    ]
    return page("secretariat/failed_mails.html", rows=rows)


@bp.post("/failed-mails/<int:mail_id>/again")
@secretariat_only
def send_again(mail_id: int) -> ResponseReturnValue:
    """Try it once more."""
    services.send_again(session(), mail_id=mail_id, by=me(), now=now())
    return onward("failures.mails", said=gettext("The mail is being sent again."))


@bp.post("/failed-mails/<int:mail_id>/settled")
@secretariat_only
def settle(mail_id: int) -> ResponseReturnValue:
    """The person was told in another way, or need not be told any more."""
    services.settle(session(), mail_id=mail_id, by=me(), now=now())
    return onward("failures.mails", said=gettext("Settled."))


@bp.post("/supporters/<int:supporter_id>/mails/<int:mail_id>/came-back")
@secretariat_only
def came_back(supporter_id: int, mail_id: int) -> ResponseReturnValue:
    """A mail that seemed to have arrived came back."""
    services.mark_came_back(session(), supporter=SupporterId(supporter_id), mail_id=mail_id, by=me(), now=now())
    return onward("failures.mails", said=gettext("Written down: this mail did not arrive."))


@bp.get("/failed-work")
@secretariat_only
def work() -> ResponseReturnValue:
    """Work that was tried many times and given up."""
    return page("secretariat/failed_work.html", rows=queries.failed_work(session()))


@bp.post("/failed-work/<int:work_id>/again")
@secretariat_only
def try_again(work_id: int) -> ResponseReturnValue:
    """Try it once more."""
    services.try_again(session(), work_id=work_id, by=me(), now=now())
    return onward("failures.work", said=gettext("The work is being tried again."))
