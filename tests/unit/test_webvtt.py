"""Caption files: what they say, what is wrong with them and in which line, and that nothing is lost on the way."""

from time import monotonic

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.captions import webvtt
from courses.captions.encodings import decode
from courses.captions.markup import Piece, normal, parse, plain, to_html, to_typed, to_webvtt
from courses.captions.webvtt import Cue, cue, kept, read_captions, read_chapters, shifted, untangled, write
from lms.kernel.errors import Invalid

MINUTE = 60_000

texts = st.text(
    st.one_of(st.sampled_from("a漢かア&<>{}|-/ \n\t'\"=.v0"), st.characters(exclude_categories=["Cs"])), max_size=12
)
styles = st.sampled_from(["", "b", "i", "u", "bi", "biu"])
pieces = st.builds(
    Piece, text=texts, reading=st.one_of(st.just(""), texts), voice=st.one_of(st.just(""), texts), styles=styles
)
runs = st.lists(pieces, max_size=4).map(normal)


def read(text, *, duration_ms=10 * MINUTE):
    return read_captions(text, duration_ms=duration_ms)


def wrong(text, **given):
    return [(found.line, found.message % found.params) for found in read(text, **given).findings if found.is_error]


@given(st.lists(st.tuples(st.integers(0, 1000), st.integers(1, 1000), runs), max_size=5))
def test_what_is_written_is_read_again(given_cues):
    cues, here = [], 0
    for gap, length, run in given_cues:
        cues.append(Cue(here + gap, here + gap + length, run or (Piece("x"),)))
        here += gap + length

    assert read(write(cues)) == webvtt.Reading(tuple(cues), () if cues else read("").findings)
    assert kept(write(cues)) == tuple(cues)


@given(runs)
def test_what_stands_in_the_editor_is_read_again(run):
    assert parse(to_typed(run)).pieces == run
    assert parse(to_webvtt(run)).pieces == run
    assert normal(run) == run


@given(st.text(st.characters(exclude_categories=["Cs"])) | st.binary().map(lambda sent: sent.decode("latin-1")))
def test_whatever_comes_gives_sentences_and_no_crash(text):
    assert isinstance(read(text).findings, tuple)
    assert isinstance(read_chapters(text, duration_ms=MINUTE).findings, tuple)


@pytest.mark.parametrize("text", ["<v" + " " * 100_000, "a" + " " * 100_000 + "b"])
def test_a_line_of_blanks_is_read_at_once(text):
    begun = monotonic()

    read(f"00:01.000 --> 00:02.000\n{text}\n")

    assert monotonic() - begun < 5


def test_a_file_with_everything_is_understood():
    found = read(
        "WEBVTT - from somewhere\nX-TIMESTAMP-MAP=LOCAL:0\n\nNOTE\nfor the translator\n\nSTYLE\n::cue { color: red }\n\n"
        "intro\n00:01.000 --> 00:02.500 align:start position:10%\n<v.loud 田中>{在留資格|ざいりゅうしかく}&amp;<c.big>旅券</c>\n\n"
        "00:00:02.500 --> 01:00:03.000\n<ruby>漢<rt>かん</rt>字<rt>じ</ruby>と <i>x</i>\n",
        duration_ms=2 * 60 * MINUTE,
    )

    assert found.cues == (
        Cue(1000, 2500, (Piece("在留資格", "ざいりゅうしかく", "田中"), Piece("&旅券", "", "田中"))),
        Cue(2500, 60 * MINUTE + 3000, (Piece("漢", "かん"), Piece("字", "じ"), Piece("と "), Piece("x", styles="i"))),
    )
    assert [(f.line, f.message, f.is_error) for f in found.findings] == [(7, webvtt.NOT_KEPT, False)]


def test_srt_is_understood_with_commas_numbers_and_its_own_tags():
    found = read(
        "\ufeff1\r\n00:00:01,000 --> 00:00:02,5\r\n{\\an8}<font color=#fff>Xin chào</font>\r\n\r\n2\r\n00:00:03,000 --> 00:00:04,000\r\n5 < 6\r\n"
    )

    assert [(c.start, c.end, plain(c.pieces)) for c in found.cues] == [(1000, 2500, "Xin chào"), (3000, 4000, "5 < 6")]
    assert found.is_usable


def test_a_forgotten_empty_line_does_not_swallow_the_next_caption():
    found = read("1\n00:01.000 --> 00:02.000\none\n2\n00:03.000 --> 00:04.000\ntwo")

    assert [plain(c.pieces) for c in found.cues] == ["one", "two"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_kind_of_line_end_counts_the_same(end):
    text = end.join(["WEBVTT", "", "00:01.000 --> 00:02.000", "one", "", "00:05.000 --> 00:04.000", "two"])

    assert [line for line, _ in wrong(text)] == [6]


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("", 1, "There is not one caption in it."),
        ("WEBVTT\n\nNOTE nothing yet", 1, "There is not one caption in it."),
        ("Dear all,\nhere are the captions.", 1, "This text has no line with times above it."),
        ("00:01.000 --> 00:02.000\none\n\nlost words", 4, "This text has no line with times above it."),
        ("00:01 -> 00:02\none", 1, "This text has no line with times above it."),
        ("00:61.000 --> 00:02.000\none", 1, "These times cannot be read"),
        ("0:1:2:3 --> 00:02.000\none", 1, "These times cannot be read"),
        ("00:01.000 -->\none", 1, "These times cannot be read"),
        ("00:01.000 --> 00:02.000\n\n00:03.000 --> 00:04.000\nx", 1, "This caption has no text."),
        ("00:01.000 --> 00:02.000\n<i></i>", 1, "This caption has no text."),
        ("\n00:02.000 --> 00:02.000\none", 2, "ends at 00:00:02.000, but it begins at 00:00:02.000"),
        ("00:02.000 --> 00:03.000\nb\n\n00:01.000 --> 00:01.500\na", 4, "begins at 00:00:01.000, earlier than the one above"),
        ("00:01.000 --> 00:03.000\na\n\n00:02.999 --> 00:04.000\nb", 4, "but the one above it ends only at 00:00:03.000"),
        ("00:01.000 --> 11:00.000\na", 1, "ends at 00:11:00.000, but the recording is only 10:00 long"),
        ("00:01.000 --> 00:02.000\none\n<q>two</q>", 3, "The tag <q> is not known."),
        ("00:01.000 --> 00:02.000\n<i>one", 2, "The tag <i> is opened but not closed."),
        ("00:01.000 --> 00:02.000\none</b>", 2, "The tag </b> closes what was not opened."),
        ("00:01.000 --> 00:02.000\n<ruby>漢<rt>かん", 2, "The tag <ruby> is opened but not closed."),
        ("00:01.000 --> 00:02.000\nkh\ufffdng", 2, "A sign here could not be read"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_line(text, line, said):
    found = wrong(text)

    assert found[0][0] == line
    assert said in found[0][1]


def test_captions_that_touch_are_in_order():
    assert wrong("00:01.000 --> 00:02.000\na\n\n00:02.000 --> 00:03.000\nb") == []


def test_a_last_caption_that_outlasts_the_film_by_a_moment_is_cut():
    found = read("00:01.000 --> 00:11.200\na", duration_ms=10_000)

    assert (found.cues, found.findings) == ((cue(1000, 10_000, "a"),), ())


def test_tangled_times_can_be_put_in_order_and_nothing_is_lost():
    found = read("00:03.000 --> 00:05.000\nc\n\n00:01.000 --> 00:04.000\na\n\n00:03.000 --> 00:04.000\nd")

    assert (found.is_usable, found.is_only_tangled) == (False, True)
    assert untangled(found.cues) == (cue(1000, 3000, "a"), cue(3000, 5000, "c\nd"))


def test_other_faults_are_not_for_a_machine_to_mend():
    assert read("00:03.000 --> 00:05.000\nc\n\n00:01.000 --> 00:04.000\n").is_only_tangled is False
    assert read("00:03.000 --> 00:05.000\nc").is_only_tangled is False


def test_chapters_last_until_the_next_begins():
    found = read_chapters("0:00 はじめに\n\n1:02:03 {質問|しつもん}の時間", duration_ms=2 * 60 * MINUTE)

    assert found.cues == (cue(0, 3_723_000, "はじめに"), cue(3_723_000, 2 * 60 * MINUTE, "{質問|しつもん}の時間"))
    assert webvtt.typed_chapters(found.cues) == "0:00 はじめに\n1:02:03 {質問|しつもん}の時間\n"


def test_chapters_come_as_a_file_too():
    assert read_chapters(write([cue(0, 500, "a"), cue(500, 900, "b")]), duration_ms=MINUTE).cues == (
        cue(0, 500, "a"),
        cue(500, MINUTE, "b"),
    )


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("", 1, "There is not one chapter in it."),
        ("0:00 a\nwithout a time", 2, "Write the time at which the chapter begins"),
        ("0:00 a\n0:30", 2, "Write the time at which the chapter begins"),
        ("0:30 a\n0:30 b", 2, "does not begin after the one above it"),
        ("0:00 a\n1:00 b", 2, "begins at 1:00, but the recording is only 1:00 long"),
        ("0:00 <b>a", 1, "The tag <b> is opened but not closed."),
    ],
)
def test_what_is_wrong_with_chapters_is_said_with_its_line(text, line, said):
    found = read_chapters(text, duration_ms=MINUTE).findings

    assert found[0].line == line
    assert said in found[0].message % found[0].params


def test_captions_move_in_time_and_stay_within_the_film():
    moved = shifted([cue(0, 1000, "a"), cue(1000, 3000, "b"), cue(9000, 9900, "c")], by=-1500, duration_ms=8000)

    assert moved == (cue(0, 1500, "b"), cue(7500, 8000, "c"))


def test_an_srt_file_puts_readings_in_brackets():
    written = webvtt.write_srt([cue(1000, 2500, "<v A>{在留資格|ざいりゅうしかく}とは</v>")])

    assert written == "1\n00:00:01,000 --> 00:00:02,500\n在留資格（ざいりゅうしかく）とは\n"


def test_a_page_gets_no_tag_that_somebody_typed():
    run = parse("<v <b>>{<img|x>}&lt;script>\n<script>").pieces

    html = to_html(run, readings=True, marked=[(0, 3)])

    assert "<script" not in html.replace("&lt;script", "")
    assert "<img" not in html


JAPANESE = "WEBVTT\n\n00:00.000 --> 00:02.000\n在留資格についてのお話です。ビザとはちがいます。\n"
VIETNAMESE = "00:00.000 --> 00:02.000\nTư cách lưu trú là gì?\n"
SPANISH = "00:00.000 --> 00:02.000\n¿Qué es el estatus de residencia? Mañana.\n"


@pytest.mark.parametrize(
    ("text", "codec", "tag", "name"),
    [
        (JAPANESE, "utf-8", "ja", "UTF-8"),
        (JAPANESE, "utf-8-sig", "ja", "UTF-8"),
        (JAPANESE, "utf-16", "ja", "UTF-16"),
        (JAPANESE, "cp932", "ja", "Shift_JIS"),
        (JAPANESE, "euc_jp", "ja", "EUC-JP"),
        (JAPANESE, "iso2022_jp", "ja", "ISO-2022-JP"),
        (JAPANESE, "cp932", "vi", "Shift_JIS"),
        (VIETNAMESE, "utf-8", "vi", "UTF-8"),
        (SPANISH, "cp1252", "es", "Windows-1252"),
        ("00:00.000 --> 00:02.000\n居留资格是什么？\n", "gb18030", "zh-Hans", "GB18030"),
        ("00:00.000 --> 00:02.000\n체류자격이란\n", "cp949", "ko", "Windows-949"),
    ],
)
def test_the_encoding_is_found(text, codec, tag, name):
    found = decode(text.encode(codec), tag=tag)

    assert (found.text, found.encoding) == (text, name)


def test_big_endian_utf_16_is_found_by_its_mark():
    assert decode(b"\xfe\xff" + JAPANESE.encode("utf-16-be"), tag="ja").text == JAPANESE


def test_vietnamese_of_old_windows_is_found():
    # Windows-1258 keeps most tone marks apart from their letters.
    old = b"00:00.000 --> 00:02.000\nT\xfd ca\xecch l\xfdu tru\xec\n"

    found = decode(old, tag="vi")

    assert found.encoding == "Windows-1258"
    assert plain(read(found.text).cues[0].pieces) == "Tư cách lưu trú"


@pytest.mark.parametrize(
    ("data", "tag", "said"),
    [
        (b"PK\x03\x04 a document", "ja", "not a caption file"),
        (b"\0\0\0\x20ftypisom", "ja", "not a caption file"),
        (b"W\0E\0B\0V\0T\0T\0", "ja", "not a caption file"),
        (b"one\ntwo\xff\xfe\n", "ja", "Line 2 cannot be read"),
        (b"one\ntwo\n\x81\n", "ne", "Line 3 cannot be read"),
        (b"\xef\xbb\xbfone\n\xff", "en", "Line 2 cannot be read"),
        ("Línea".encode("cp1252"), "my", "Line 1 cannot be read"),
    ],
)
def test_what_cannot_be_told_is_refused_with_its_line(data, tag, said):
    with pytest.raises(Invalid, match=said):
        decode(data, tag=tag)
