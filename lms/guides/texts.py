"""A guide in the reader's language, from its Markdown file under docs/."""

import re
from dataclasses import dataclass, replace
from functools import cache

from markdown_it import MarkdownIt

from lms.kernel import i18n
from lms.kernel.furigana import set_apart
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


def guide(name: str, code: str) -> Guide:
    """The guide in this language, or in the next of its fallbacks that it was written in."""
    written = {file.stem for file in (docs_dir() / name).glob("*.md")}
    return _read(name, next(language for language in i18n.chain(code) if language.code in written))


@cache
def _read(name: str, language: Language) -> Guide:
    title, _, text = (docs_dir() / name / f"{language.code}.md").read_text("utf-8").removeprefix("# ").partition("\n")
    html = MarkdownIt("commonmark").enable("table").render(text)
    return Guide(set_apart(title.strip()), set_apart(html), language)
