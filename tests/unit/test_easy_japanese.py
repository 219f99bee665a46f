"""Easy Japanese keeps the rules that a machine can check, and each rule is shown to bite."""

import tomllib

import pytest
from babel.messages.pofile import read_po

from lms.kernel.content import EASY
from tests.processes import ROOT
from translations.easy import CHECKS, LONGEST_SENTENCE, LONGEST_STRETCH, Finding, findings, plain, sentences

CATALOGUE = ROOT / "translations" / EASY / "LC_MESSAGES" / "messages.po"
LETTERS = ROOT / "translations" / EASY / "letters.toml"
CONTENT = sorted(
    path for folder in ("courses", "lms", "surveys") for path in (ROOT / folder).rglob("content/**/*.toml")
)

BAD = [
    ("kanji without a reading", "見", "{講義|こうぎ}を 見て ください。"),
    ("kanji without a reading", "人々", "人々と {話|はな}します。"),
    ("kanji without a reading", "|", "{話|はなし}を|{聞|き}きます。"),
    ("reading not in hiragana", "コウギ", "{講義|コウギ}です。"),
    ("reading not in hiragana", "kougi", "{講義|kougi}です。"),
    ("reading not in hiragana", "", "{講義|}です。"),
    ("reading not over kanji alone", "こうぎ", "{こうぎ|こうぎ}です。"),
    ("reading not over kanji alone", "見る", "{見る|みる} ことが できます。"),
    ("sentence without です or ます", "講義を 見る。", "{講義|こうぎ}を {見|み}る。"),
    ("sentence without です or ます", "三つの 書類。", "{三|みっ}つの {書類|しょるい}。{見|み}て ください。"),
    ("sentence without です or ます", "見た。", "{見|み}た（{全部|ぜんぶ} {見|み}ました）。"),
    ("words written together", "ている", "{見|み}ている {人|ひと}です。"),
    ("words written together", "でいます", "{読|よ}んでいます。"),
    ("words written together", "てください", "{見|み}てください。"),
    ("words written together", "もう一", "もう{一度|いちど} {見|み}ます。"),
    ("words written together", "ること", "{見|み}ることが できます。"),
    ("words written together", "いとき", "ないとき"),
    ("double negative", "ないことはありません", "できない ことは ありません。"),
    ("double negative", "なくはありません", "できなくは ありません。"),
    ("double negative", "ないわけではない", "できない わけでは ないです。"),
    ("double negative", "ざるを得", "{行|い}かざるを {得|え}ません。"),
    ("double negative", "なければなり", "{行|い}かなければ なりません。"),
    ("honorific", "いただ", "{見|み}て いただきます。"),
    ("honorific", "くださいませ", "お{待|ま}ち くださいませ。"),
    ("honorific", "お待ちください", "お{待|ま}ちください。"),
    ("honorific", "お書きになり", "お{書|か}きになります。"),
    ("honorific", "お送りします", "{明日|あした} お{送|おく}りします。"),
    ("honorific", "ご確", "{明日|あした} ご{確認|かくにん}ください。"),
    ("honorific", "いらっしゃ", "{誰|だれ}が いらっしゃいますか。"),
    ("honorific", "ございま", "ここに ございます。"),
    ("honorific", "いたしま", "{説明|せつめい}いたします。"),
    ("honorific", "ております", "{待|ま}っております。"),
    ("honorific", "申し", "{田中|たなか}と {申|もう}し{上|あ}げます。"),
    ("word that imitates", "どきどき", "どきどき します。"),
    ("word that imitates", "ニコニコ", "ニコニコ して います。"),
    ("roman letters", "check", "check して ください。"),
    ("roman letters", "OK", "OKです。"),
    ("Japanese era", "令和", "{令和|れいわ}8{年|ねん}です。"),
    ("mark instead of から and まで", "〜", "10{時|じ}〜です。"),
    ("hour after noon not in 午前 and 午後", "15時", "15{時|じ}に {始|はじ}まります。"),
    ("hour after noon not in 午前 and 午後", "18:30", "18:30に {始|はじ}まります。"),
    ("date with a slash", "7/3", "7/30に {送|おく}ります。"),
]
"""A rule, the spot that breaks it, and the text it stands in."""


def strings(value, inside):
    """Every text under a key `ja@easy`, or every text at all once `inside`."""
    if isinstance(value, str):
        return [value] if inside else []
    if isinstance(value, dict):
        return [text for key, part in value.items() for text in strings(part, inside or key == EASY)]
    if isinstance(value, list):
        return [text for part in value for text in strings(part, inside)]
    return []


def faults(texts):
    return {text: found for text in texts if (found := findings(text))}


def broken(text):
    return [(found.rule, found.excerpt) for found in findings(text)]


def test_every_message_keeps_the_rules():
    with CATALOGUE.open("rb") as file:
        catalog = read_po(file, locale=EASY)
    forms = [(m.string,) if isinstance(m.string, str) else m.string for m in catalog if m.id]

    assert len(forms) > 500
    assert faults(text for each in forms for text in each) == {}


@pytest.mark.parametrize("path", CONTENT, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_text_of_the_content_files_keeps_the_rules(path):
    assert faults(strings(tomllib.loads(path.read_text()), inside=False)) == {}


def test_every_text_of_the_letters_keeps_the_rules():
    texts = strings(tomllib.loads(LETTERS.read_text()), inside=True)

    assert len(texts) > 50
    assert faults(texts) == {}


def test_the_content_files_have_easy_japanese_to_look_at():
    texts = [text for path in CONTENT for text in strings(tomllib.loads(path.read_text()), inside=False)]

    assert len(texts) > 100


@pytest.mark.parametrize(
    "text",
    [
        "{講義|こうぎ}を {見|み}て ください。",
        "{1日|いちにち}だけ、{食|た}べ{物|もの}を {買|か}いました。",
        "%(name)sさんの {答|こた}えが %(num)d{個|こ} あります。",
        "{name} さんへ",
        "{覚書|おぼえがき}〈{約束|やくそく}の {紙|かみ}〉を {読|よ}みます。",
        "これは {何|なん}ですか。",
        "{登録|とうろく}しました（{経験|けいけん}が あります）。",
        "{来|き}て くれて、ありがとうございます。",
        "「{学|まな}びたいです」を {選|えら}んで ください。",
        "{伴走支援|ばんそうしえん}を する",
        "{労働基準監督署|ろうどうきじゅんかんとくしょ}に {行|い}きます。",
        "お{金|かね}に なります。お{礼|れい}を {言|い}います。",
        "{午前|ごぜん}10{時|じ}から {午後|ごご}3{時|じ}までです。24{時間|じかん}では ありません。",
        "2026{年|ねん} 11{月|がつ}22{日|にち}です。",
        "いろいろな {人|ひと}が ときどき {来|き}ます。",
        "{例|れい}：name@example.jp",
        "MP4（H.264）で、%(limit)d MBまでです。8Kより {小|ちい}さいです。",
        "あなたが する ことは ありません。{出|だ}す ものも ありません。",
        "{言葉|ことば}を {覚|おぼ}えます。{多|おお}い ところも あります。",
        "{書|か}いても いいです。{書|か}かなくても いいです。",
    ],
)
def test_good_easy_japanese_passes(text):
    assert broken(text) == []


@pytest.mark.parametrize(("rule", "excerpt", "text"), BAD)
def test_what_goes_against_a_rule_is_found(rule, excerpt, text):
    assert (rule, excerpt) in broken(text)


def test_a_sentence_may_be_just_so_long():
    longest = "あ い " * ((LONGEST_SENTENCE - 4) // 2) + "{見|み}ます。"

    assert len(plain(longest).replace(" ", "")) == LONGEST_SENTENCE
    assert findings(longest) == []
    assert findings("あ " + longest) == [Finding("sentence too long", "あ " + plain(longest))]


def test_a_long_explanation_does_not_make_a_sentence_long():
    text = "これは {覚書|おぼえがき}〈" + "あ い " * LONGEST_SENTENCE + "〉です。"

    assert findings(text) == []


def test_words_may_stand_together_just_so_long():
    fits = "アカサタナハマヤラワイキシチニ"[:LONGEST_STRETCH]

    assert findings(f"{fits} です。「{fits}」です。") == []
    assert findings(f"ネ{fits} です。") == [Finding("stretch without a space", f"ネ{fits}")]


def test_a_line_ends_a_sentence_and_a_heading_needs_no_full_stop():
    assert sentences("{全部|ぜんぶ}の {講義|こうぎ}\nどうぞ！ {見|み}て ください。") == [
        "全部の 講義",
        "どうぞ！",
        "見て ください。",
    ]


def test_every_rule_has_been_shown_to_bite():
    measured = {"sentence too long", "stretch without a space"}

    assert {rule for rule, _, _ in BAD} | measured == set(CHECKS)
