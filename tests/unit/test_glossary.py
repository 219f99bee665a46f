"""The glossary as data: what a good file gives, what each fault is called, what a search and a text find."""

import re
from datetime import date
from itertools import chain

import pytest
from markupsafe import Markup

from courses.glossary.file import KANA, Term, read_glossary
from courses.glossary.marking import find_terms, mark_terms
from courses.glossary.terms import folded, glossary, groups, search
from lms.kernel.content import ContentError
from lms.kernel.furigana import NOTATION
from lms.kernel.i18n import codes, language, offered

LECTURES = ["basic-1", "basic-2"]
DAY = "as_of = 2026-11-22\n"
ONE = """\
[[term]]
key = "shakin"
reading = "しゃきん"
term.ja = "謝金"
term."ja@easy" = "{謝金|しゃきん}"
term.en = "Honorarium"
term.vi = "Tiền bồi dưỡng"
term.es = "Honorario"
forms.en = ["honorarium", "honoraria"]
text.ja = "お礼のお金です。"
text."ja@easy" = "お{礼|れい}の お{金|かね}です。"
text.en = "Money given as thanks."
text.vi = "Tiền cảm ơn."
text.es = "Dinero de agradecimiento."
lectures = ["basic-2"]
"""
TWO = ONE.replace("shakin", "oboegaki").replace("しゃきん", "おぼえがき").replace("謝金", "覚書")


def read(tmp_path, *texts):
    files = []
    for number, text in enumerate(texts):
        files.append(tmp_path / f"{number}.toml")
        files[-1].write_text(DAY + text)
    return read_glossary(files, languages=offered(), lectures=LECTURES)


def names(terms):
    return [term.key for term in terms]


def test_a_term_says_how_lectures_say_it_and_is_else_what_it_is_called(tmp_path):
    (term,) = read(tmp_path, ONE)

    assert term == Term(
        key="shakin",
        reading="しゃきん",
        term={
            "ja": "謝金", "ja@easy": "{謝金|しゃきん}", "en": "Honorarium", "vi": "Tiền bồi dưỡng", "es": "Honorario",
        },
        forms={
            "ja": ("謝金",), "en": ("honorarium", "honoraria"), "vi": ("Tiền bồi dưỡng",), "es": ("Honorario",),
        },
        text={
            "ja": "お礼のお金です。", "ja@easy": "お{礼|れい}の お{金|かね}です。", "en": "Money given as thanks.",
            "vi": "Tiền cảm ơn.", "es": "Dinero de agradecimiento.",
        },
        related=(),
        lectures=("basic-2",),
        as_of=date(2026, 11, 22),
    )  # fmt: skip


def test_terms_of_several_files_may_speak_of_each_other(tmp_path):
    first, second = read(tmp_path, ONE + 'related = ["oboegaki"]\n', TWO + 'related = ["shakin"]\n')

    assert (first.related, second.related) == (("oboegaki",), ("shakin",))


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        (ONE.replace('"しゃきん"', '"シャキン"'), 4, "'reading' must be in hiragana, not 'シャキン'"),
        (ONE.replace('term.vi = "Tiền bồi dưỡng"\n', ""), 5, "'term' is missing in the language 'vi'"),
        (ONE.replace('text.es = "Dinero de agradecimiento."\n', ""), 11, "'text' is missing in the language 'es'"),
        (ONE.replace("お{礼|れい}の", "お礼の"), 12, "the text in the language 'ja@easy' has no reading for '礼'"),
        (ONE.replace("basic-2", "basic-9"), 16, "unknown lectures 'basic-9', known are 'basic-1', 'basic-2'"),
        (ONE.replace("forms.en", "forms.xx"), 10, "'forms' is in unknown language 'xx'"),
        (ONE.replace('"honoraria"', '"honorarium"'), 10, "en 'honorarium' is already in line 10"),
        (ONE + 'related = ["nothing"]\n', 17, "there is no other term 'nothing'"),
        (ONE + 'related = ["shakin"]\n', 17, "there is no other term 'shakin'"),
        (ONE + "note = 1\n", 17, "unknown key 'note', known are"),
        (ONE + ONE, 18, "key 'shakin' is already in 0.toml, line 3"),
    ],
)
def test_whoever_edits_the_file_is_told_the_line_and_what_is_wrong(tmp_path, text, line, problem):
    with pytest.raises(ContentError) as raised:
        read(tmp_path, text)

    assert (raised.value.line, raised.value.problem[: len(problem)]) == (line, problem)


def test_the_shipped_glossary_has_what_a_supporter_meets():
    assert len(glossary()) >= 60
    assert all(len(term.term) == len(term.text) == len(codes()) for term in glossary())


def test_no_two_terms_are_said_alike():
    said = [(tag, form.casefold()) for term in glossary() for tag, forms in term.forms.items() for form in forms]

    assert sorted(one for one in set(said) if said.count(one) > 1) == []


def test_what_lectures_say_has_no_brackets_and_no_asides():
    forms = chain.from_iterable(chain.from_iterable(term.forms.values()) for term in glossary())

    assert [form for form in forms if re.search(r"[()（）,、/]", form.replace("vợ/chồng", ""))] == []


def test_every_reading_is_that_of_the_easy_form_where_both_are_written_alike():
    for term in glossary():
        easy = term.term["ja@easy"].replace(" ", "")
        if NOTATION.sub(r"\1", easy) == term.term["ja"] and KANA.fullmatch(folded(NOTATION.sub(r"\2", easy))):
            assert folded(NOTATION.sub(r"\2", easy)) == term.reading


def test_nobody_is_called_illegal():
    texts = [text for term in glossary() for text in term.text.values()]
    calling = [text for text in texts if re.search("不法|illegal|bất hợp pháp|ilegal", text)]

    # One entry says that this word is not used of people.
    assert calling == [text for key, text in _term("hiseiki-taizai").text.items() if key != "ja@easy"]


def _term(key):
    return next(term for term in glossary() if term.key == key)


def test_japanese_readers_look_terms_up_by_rows_of_kana():
    rows = groups(glossary(), language=language("ja"))

    assert [row.name for row in rows] == list("あかさたなはまやら")
    assert names(rows[0].terms)[:2] == ["autorichi", "asesumento"]
    assert names(groups(glossary(), language=language("ja@easy"))[0].terms) == names(rows[0].terms)


def test_others_look_them_up_by_the_letters_of_their_own_language():
    english = groups(glossary(), language=language("en"))
    vietnamese = groups(glossary(), language=language("vi"))

    assert [row.name for row in english] == sorted(row.name for row in english)
    assert names(english[0].terms)[0] == "banso-shien"
    assert [row.name for row in vietnamese if row.name in "CDĐG"] == ["C", "Đ", "G"]


@pytest.mark.parametrize(
    ("typed", "code", "found"),
    [
        ("仮放免", "en", "karihomen"),
        ("かりほうめん", "es", "karihomen"),
        ("カリホウメン", "ja", "karihomen"),
        ("karihomen", "vi", "karihomen"),
        ("kari homen", "en", "karihomen"),
        ("provisional release", "ja", "karihomen"),
        ("PROVISIONAL", "en", "karihomen"),
        ("ｄｖ", "ja", "dv"),
        ("tu cach luu tru", "ja", "zairyu-shikaku"),
        ("dinh tru", "vi", "teijusha"),
        ("patria potestad", "vi", "shinken"),
        ("はろーわーく", "en", "harowaku"),
        ("パワハラ", "ja", "harasumento"),
        ("労基署", "ja", "rodo-kijun-kantokusho"),
    ],
)
def test_a_word_is_found_however_it_is_typed(typed, code, found):
    assert search(typed, terms=glossary(), language=language(code))[0].key == found


def test_what_a_term_is_called_comes_before_what_an_explanation_says():
    found = names(search("在留資格", terms=glossary(), language=language("ja")))

    assert found[0] == "zairyu-shikaku"
    assert found.index("zairyu-shikaku-torikeshi") < found.index("zairyu-card")


def test_all_words_of_a_search_must_be_there():
    assert names(search("minimum wage", terms=glossary(), language=language("en"))) == ["saitei-chingin"]
    assert search("minimum nothing", terms=glossary(), language=language("en")) == ()


def found_in(text, code):
    return [(found.key, text[found.start : found.end]) for found in find_terms(text, code)]


@pytest.mark.parametrize(
    ("text", "code", "found"),
    [
        ("在留特別許可を申請します", "ja", [("zairyu-tokubetsu-kyoka", "在留特別許可")]),
        ("みなし再入国許可と再入国", "ja", [("sainyukoku-kyoka", "みなし再入国許可"), ("sainyukoku-kyoka", "再入国")]),
        ("在留資格が あります", "ja@easy", [("zairyu-shikaku", "在留資格")]),
        ("認知症の人", "ja", []),
        ("DVDを見る", "ja", []),
        ("DVを受けた", "ja", [("dv", "DV")]),
        ("コミュニオンとユニオン", "ja", [("rodo-kumiai", "ユニオン")]),
        ("A Residence  Card, please", "en", [("zairyu-card", "Residence  Card")]),
        ("sheltered housing", "en", []),
        ("người tị nạn", "vi", [("nanmin", "người tị nạn")]),
        ("los sindicatos", "es-419", [("rodo-kumiai", "sindicatos")]),
        ("在留資格", "zh-Hans", []),
    ],
)
def test_terms_are_found_as_whole_words_the_longest_first(text, code, found):
    assert found_in(text, code) == found


@pytest.fixture
def request_context(app):
    with app.test_request_context():
        yield


def link(key, inside):
    return f'<a class="term" href="/glossary#term-{key}">{inside}</a>'


@pytest.mark.usefixtures("request_context")
@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("<b>謝金</b>", f"&lt;b&gt;{link('shakin', '謝金')}&lt;/b&gt;"),
        (Markup("<b>謝金</b>"), f"<b>{link('shakin', '謝金')}</b>"),
        ("謝金と謝金", f"{link('shakin', '謝金')}と謝金"),
        (
            Markup("<ruby>在留<rp>（</rp><rt>ざいりゅう</rt></ruby><ruby>資格<rt>しかく</rt></ruby>を"),
            link("zairyu-shikaku", "<ruby>在留<rp>（</rp><rt>ざいりゅう</rt></ruby><ruby>資格<rt>しかく</rt></ruby>")
            + "を",
        ),
        (
            Markup("<ruby>謝金額<rt>しゃきんがく</rt></ruby>です"),
            link("shakin", "<ruby>謝金額<rt>しゃきんがく</rt></ruby>") + "です",
        ),
        (Markup("<i>謝</i>金"), link("shakin", "<i>謝</i>金")),
        (Markup("お<b>礼の謝</b>金"), "お<b>礼の謝</b>金"),
        (Markup("在留<mark>資格</mark>"), link("zairyu-shikaku", "在留<mark>資格</mark>")),
        (Markup('<a href="/x">謝金</a>と謝金'), f'<a href="/x">謝金</a>と{link("shakin", "謝金")}'),
        (Markup("<ruby>社<rt>謝金</rt></ruby>"), "<ruby>社<rt>謝金</rt></ruby>"),
        (Markup('<span title="謝金">お金</span>'), '<span title="謝金">お金</span>'),
        ("お金 & more", "お金 &amp; more"),
        ("", ""),
    ],
)
def test_a_term_in_a_text_becomes_a_link_and_nothing_else_changes(text, marked):
    assert mark_terms(text, "ja") == Markup(marked)
