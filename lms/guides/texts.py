"""A guide in the reader's language, from its Markdown file under docs/."""

import re
from dataclasses import dataclass, replace
from functools import cache

from markdown_it import MarkdownIt

from lms.kernel import i18n
from lms.kernel.languages import Language
from lms.kernel.resources import docs_dir


TAG = re.compile(r"(<[^>]*>)")


@dataclass(frozen=True)
class Guide:
    """`html` is the text without its first heading, which is `title`; `language` is the one it is written in."""

    title: str
    html: str
    language: Language

    def texts(self) -> list[str]:
        """What stands between its tags, as the readings know it."""
        return [self.title, *(piece for piece in TAG.split(self.html)[::2] if piece.strip())]

    def aloud(self) -> "Guide":
        """The same with readings over the kanji, for those who want them."""
        pieces = TAG.split(self.html)
        pieces[::2] = map(i18n.aloud, pieces[::2])
        return replace(self, title=i18n.aloud(self.title), html="".join(pieces))


@cache
def guide(name: str, code: str) -> Guide:
    """The guide in this language, or in the next of its fallbacks that it was written in."""
    wanted = i18n.language(code)
    for choice in (wanted.code, *wanted.fallback, i18n.DEFAULT):
        file = docs_dir() / name / f"{choice}.md"
        if file.is_file():
            break
    title, _, text = file.read_text("utf-8").removeprefix("# ").partition("\n")
    return Guide(title.strip(), MarkdownIt("commonmark").enable("table").render(text), i18n.language(choice))
