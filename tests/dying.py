"""`python -m tests.dying MOMENT WORDS…`: `lms WORDS…`, which dies by SIGKILL at a moment of its work.

`before:3` right before the third transaction that writes is committed, `after:3` right after. Of a web server those of
requests count, of a worker those of its lanes; what either does when it starts is not meant.
"""

import os
import signal
import sys
import threading
from itertools import count

import sqlalchemy as sa
from flask import has_request_context
from sqlalchemy.orm import Session

from lms.cli import main


def die_at(moment: str) -> None:
    where, _, number = moment.partition(":")
    commits = count(1)

    def maybe(bind: sa.Connection | sa.Engine) -> None:
        counts = has_request_context() or threading.current_thread().name.startswith("lane-")
        if counts and bind.get_execution_options().get("write") and next(commits) == int(number):
            os.kill(os.getpid(), signal.SIGKILL)

    if where == "before":
        sa.event.listen(sa.Engine, "commit", maybe)
    else:
        sa.event.listen(Session, "after_commit", lambda session: maybe(session.get_bind()))


if __name__ == "__main__":
    die_at(sys.argv.pop(1))
    main()
