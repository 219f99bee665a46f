"""Sets files in a process of its own, which ends afterwards: typst keeps what it has set in memory for good.

Run by path with nothing of ours importable: what to set comes as JSON on standard input, the PDF goes to standard
output.
"""

import json
import sys
from pathlib import Path

import typst


def main() -> int:
    """Set one file after the other; the last goes to standard output, the others beside the sources.

    0 if all went well, otherwise the error is on standard error.
    """
    job = json.load(sys.stdin.buffer)
    folder = Path(job["folder"])
    try:
        for order in job["orders"]:
            pdf = typst.compile(
                folder / order["main"],
                root=folder,
                font_paths=[job["fonts"]],
                ignore_system_fonts=True,
                sys_inputs={"data": order["data"]},
            )
            if order["name"]:
                (folder / order["name"]).write_bytes(pdf)
    except typst.TypstError as error:
        print(error, file=sys.stderr)
        return 1
    sys.stdout.buffer.write(pdf)
    return 0


if __name__ == "__main__":
    sys.exit(main())
