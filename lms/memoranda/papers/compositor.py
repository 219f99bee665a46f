"""Sets one file in a process of its own, which ends afterwards: typst keeps what it has set in memory for good.

Run by path with nothing of ours importable: what to set comes as JSON on standard input, the PDF goes to standard
output.
"""

import json
import sys
from pathlib import Path

import typst


def main() -> int:
    """Set the file; 0 if all went well, otherwise the error is on standard error."""
    order = json.load(sys.stdin.buffer)
    folder = Path(order["folder"])
    try:
        pdf = typst.compile(
            folder / order["main"],
            root=folder,
            font_paths=[order["fonts"]],
            ignore_system_fonts=True,
            sys_inputs={"data": order["data"]},
        )
    except typst.TypstError as error:
        sys.stderr.write(str(error))
        return 1
    sys.stdout.buffer.write(pdf)
    return 0


if __name__ == "__main__":
    sys.exit(main())
