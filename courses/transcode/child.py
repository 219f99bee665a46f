"""Become the encoder: gentle to everybody else, and gone as soon as the process that asked for it is gone.

Run as a script by `ffmpeg.run`, with the caller's process number and then the command. Calling prctl here, after the
fork and in a fresh interpreter, is safe in a program with threads; subprocess's `preexec_fn` is not.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1
NICENESS = 15


def main() -> None:
    caller, command = int(sys.argv[1]), sys.argv[2:]
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    # The caller may have died before the kernel knew our wish; then somebody else is the parent by now.
    if os.getppid() == caller:
        os.nice(NICENESS)
        os.execv(command[0], command)  # noqa: S606 - the command is a list made by ffmpeg.run, and no shell sees it


if __name__ == "__main__":
    main()
