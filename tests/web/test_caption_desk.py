"""Captions at the desk: files with all their faults, the editor, two people at once, what a new recording takes over."""

from io import BytesIO
from time import monotonic

import pytest

from courses.captions import queries as captions
from courses.captions.rules import CaptionKind, CaptionState
from courses.captions.services import add_draft
from courses.captions.webvtt import cue
from courses.models import Caption, CaptionLine
from lms.kernel.history import steps_of
from tests import make

TEXT = "00:01.000 --> 00:04.000\n{在留資格|ざいりゅうしかく}とは\n\n00:05.000 --> 00:09.000\nパスポートを{見|み}る\n"
VIETNAMESE = "00:01.000 --> 00:04.000\nTư cách lưu trú là gì?\n"
CHAPTERS = "0:00 {始|はじ}め\n0:05 {旅券|りょけん}\n"


@pytest.fixture
def film(session):
    recording = make.recording(session, "basic-2")
    make.captions(session, recording, {"ja": TEXT, "vi": VIETNAMESE})
    make.captions(session, recording, {"ja": CHAPTERS}, kind="chapters")
    session.commit()
    return recording


@pytest.fixture
def learner(session, browser_of):
    return browser_of(make.supporter(session))


@pytest.fixture
def desk(browser_of, office):
    return browser_of(office)


def address(film, kind="captions", language="ja"):
    return f"/secretariat/recordings/{film.id}/captions/{kind}/{language}"


def typed(page):
    return page.one("textarea").text.strip()


def kept(session, film, kind=CaptionKind.CAPTIONS, language="ja"):
    session.expire_all()
    return captions.one(session, recording_id=film.id, kind=kind, language=language)


def send(desk, film, text, *, version=1, status=303, **more):
    return desk.post(address(film, **more), {"text": text, "version": str(version)}, status=status)


def upload(desk, film, content, *, language="ja", kind="captions", name="film.vtt", status=303):
    form = {"kind": kind, "language": language, "file": (BytesIO(content), name)}
    return desk.post(f"/secretariat/recordings/{film.id}/captions", form, status=status)


def test_a_file_in_an_old_encoding_is_taken_in_and_says_so(session, desk):
    film = make.recording(session, "basic-1")

    page = desk.follow(upload(desk, film, ("1\r\n" + TEXT.replace(".000", ",000")).encode("cp932"), name="a.srt"))

    assert "The file was read as Shift_JIS." in page.html
    assert typed(page) == TEXT.replace("00:0", "00:00:0").strip()
    assert kept(session, film).state is CaptionState.SHOWN
    assert [step.step for step in steps_of(session, kind="recording", subject=film.id)][
        -1
    ] == "recording.captions_saved"


def test_a_file_with_faults_stands_in_the_editor_with_their_lines(session, desk):
    film = make.recording(session, "basic-1")

    page = upload(desk, film, b"WEBVTT\n\n00:03.000 --> 00:02.000\nx < y\n\n00:01.000 --> 00:02.000\n\n", status=422)

    assert [li.get_text(" ", strip=True).split(" :")[0] for li in page.soup.select(".error-summary li")] == [
        "Line 3",
        "Line 6",
        "Line 6",
    ]
    assert {"#line-3", "#line-6"} <= page.links()
    assert {li["id"] for li in page.soup.select(".lines__wrong")} == {"line-3", "line-6"}
    assert "x < y" in typed(page)
    assert kept(session, film) is None


def test_the_lines_of_a_file_from_an_old_mac_are_counted_likewise(session, desk):
    film = make.recording(session, "basic-1")

    page = upload(desk, film, b"WEBVTT\r\r00:03.000 --> 00:02.000\rx\r", status=422)

    assert [li.get_text() for li in page.soup.select(".lines__wrong")] == ["300:03.000 --> 00:02.000"]


def test_a_file_for_a_language_that_is_there_is_looked_at_before_it_replaces(session, film, desk):
    page = upload(desk, film, "00:01.000 --> 00:02.000\n新しい\n".encode(), status=200)

    assert "Not saved yet" in page.text
    assert "在留資格" in kept(session, film).webvtt
    send(desk, film, typed(page), version=page.one("input[name=version]")["value"])
    assert "新しい" in kept(session, film).webvtt


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"PK\x03\x04xxxx", "This is not a caption file"),
        (b"one\n\x81\x00\n", "This is not a caption file"),
        (b"one\n\xff\xff", "Line 2 cannot be read"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_beside_its_field(session, desk, content, said):
    film = make.recording(session, "basic-1")

    page = upload(desk, film, content, status=422)

    assert said in page.one("#file-error").get_text()


def test_without_a_file_one_begins_with_an_empty_text(session, desk):
    film = make.recording(session, "basic-1")

    page = desk.follow(desk.post(f"/secretariat/recordings/{film.id}/captions", {"kind": "chapters", "language": "ne"}))
    send(
        desk,
        film,
        "0:00 सुरु\n0:10 अन्त्य",
        version=page.one("input[name=version]")["value"],
        kind="chapters",
        language="ne",
    )

    assert "नेपाली" in page.h1
    assert kept(session, film, CaptionKind.CHAPTERS, "ne").version == 1


def test_no_language_is_refused_and_what_was_chosen_stays(session, desk):
    film = make.recording(session, "basic-1")

    page = desk.post(f"/secretariat/recordings/{film.id}/captions", {"kind": "chapters", "language": ""}, status=422)

    assert "Choose a language." in page.text
    assert page.one("input[value=chapters]").has_attr("checked")


def test_a_language_nobody_offers_is_no_page(film, desk):
    desk.get(address(film, language="xx"), 404)
    desk.get(address(film, kind="poems"), 404)


def test_what_is_corrected_is_seen_at_once(session, film, desk, learner):
    page = desk.get(address(film))
    send(desk, film, typed(page).replace("パスポート", "{旅券|りょけん}"))

    assert "<ruby>旅券<rt>りょけん</rt></ruby>" in learner.client.get("/courses/basic-2/captions/ja.vtt").text
    assert "Found in one place." in learner.get("/courses/search?q=りょけん").text
    assert kept(session, film).version == 2


def test_refused_text_comes_back_whole(session, film, desk):
    text = "00:01.000 --> 00:04.000\n{在留|ざいりゅう}\n\nno time\n\n00:02.000 --> 00:09.000\n<q>見る\n"

    page = send(desk, film, text, status=422)

    assert typed(page) == text.strip()
    assert page.one("#text").get("aria-invalid") == "true"
    assert kept(session, film).version == 1


def test_two_people_at_once_lose_nothing(session, film, desk, browser_of):
    other = browser_of(make.secretariat(session))
    send(other, film, TEXT.replace("パスポート", "旅券"), version=1)

    page = send(desk, film, TEXT.replace("とは", "って何"), version=1, status=409)

    assert "Somebody else saved this meanwhile" in page.text
    assert "って何" in typed(page)
    assert [li.code.get_text() for li in page.soup.select(".differences__theirs")] == [
        "{在留資格|ざいりゅうしかく}とは",
        "旅券を{見|み}る",
    ]
    assert "旅券" in kept(session, film).webvtt
    send(desk, film, typed(page), version=page.one("input[name=version]")["value"])
    assert "って何" in kept(session, film).webvtt


def test_two_long_texts_with_nothing_in_common_are_compared_at_once(session, desk):
    film = make.recording(session, "basic-1", duration_ms=3_600_000)
    theirs, mine = (
        "\n".join(f"{n // 60:02d}:{n % 60:02d}.{part} --> {n // 60:02d}:{n % 60:02d}.900\n{word} {n * 7919}\n" for n in range(900))
        for part, word in (("100", "在留資格"), ("200", "パスポート"))
    )  # fmt: skip
    make.captions(session, film, {"ja": theirs})
    session.commit()
    begun = monotonic()

    page = send(desk, film, mine, version=0, status=409)

    assert monotonic() - begun < 10
    assert [len(page.soup.select(f".differences__{side}")) for side in ("theirs", "mine")] == [1800, 1800]


def test_tangled_times_are_put_in_order_by_machine_but_saved_by_a_person(session, film, desk):
    text = "00:03.000 --> 00:05.000\nb\n\n00:01.000 --> 00:04.000\na\n"
    refused = send(desk, film, text, status=422)
    assert refused.one("button[name=untangle]") is not None

    page = desk.post(address(film), {"text": text, "version": "1", "untangle": "1"}, status=200)

    assert typed(page) == "00:00:01.000 --> 00:00:03.000\na\n\n00:00:03.000 --> 00:00:05.000\nb"
    assert kept(session, film).version == 1


def test_captions_are_downloaded_as_webvtt_and_as_srt(film, desk):
    webvtt = desk.client.get(f"{address(film)}/file")
    srt = desk.client.get(f"{address(film)}/file?as=srt")

    assert webvtt.text.startswith("WEBVTT\n\n00:00:01.000")
    assert srt.text.startswith("1\n00:00:01,000 --> 00:00:04,000\n在留資格（ざいりゅうしかく）とは\n\n2\n")
    assert "basic-2-captions-ja.srt" in srt.headers["Content-Disposition"]


def test_captions_are_deleted_and_leave_the_search(session, film, desk, learner):
    desk.post(f"{address(film)}/delete")

    assert kept(session, film) is None
    assert "is not said in any lecture" in learner.get("/courses/search?q=パスポート").text
    assert steps_of(session, kind="recording", subject=film.id)[-1].step == "recording.captions_deleted"


def test_a_new_recording_takes_over_what_was_written_for_the_one_before(session, film, desk, learner):
    newer = make.recording(session, "basic-2")
    make.captions(session, newer, {"vi": "00:01.000 --> 00:02.000\nmới\n"})
    session.commit()

    refused = desk.post(f"/secretariat/recordings/{newer.id}/captions/take-over", {"seconds": "ein"}, status=422)
    page = desk.follow(desk.post(f"/secretariat/recordings/{newer.id}/captions/take-over", {"seconds": "-2,5"}))

    assert "Write a number of seconds" in refused.text
    assert "Taken over: 日本語. Please look whether the times fit." in page.html
    assert "00:00:00.000 --> 00:00:01.500" in learner.client.get("/courses/basic-2/captions/ja.vtt").text
    assert "mới" in learner.client.get("/courses/basic-2/captions/vi.vtt").text


def test_there_may_be_nothing_to_take_over(session, film, desk):
    newer = make.recording(session, "basic-2")
    far = desk.post(f"/secretariat/recordings/{newer.id}/captions/take-over", {"seconds": "900"}, status=422)

    assert "There is nothing to take over." in far.text


def test_a_draft_is_for_the_desk_until_somebody_saves_it(session, desk, learner):
    film = make.recording(session, "basic-1")
    add_draft(session, recording_id=film.id, language="ja", cues=[cue(0, 1000, "聞こえた")], now=make.now())
    session.commit()

    page = desk.get(address(film))

    assert "A machine wrote this draft." in page.text
    assert learner.client.get("/courses/basic-1/captions/ja.vtt").status_code == 404
    send(desk, film, typed(page))
    assert learner.client.get("/courses/basic-1/captions/ja.vtt").status_code == 200


def test_nobody_is_offered_a_machine_that_is_not_there(film, desk):
    page = desk.get(f"/secretariat/recordings/{film.id}/captions")

    assert "by machine" not in page.text
    desk.post(f"/secretariat/recordings/{film.id}/captions/draft", status=404)
    assert desk.client.get(f"/secretariat/recordings/{film.id}/captions/draft").json == {"done": True, "share": 1.0}


def test_learners_do_not_come_to_the_desk(film, learner):
    learner.get(address(film), 404)
    learner.post(address(film), {"text": TEXT, "version": "1"}, status=404)


def test_captions_as_long_as_two_hours_of_talk_are_saved(session, desk):
    film = make.recording(session, "basic-1", duration_ms=7_200_000)
    line = "{在留資格|ざいりゅうしかく}について、もう{一度|いちど}お{話|はな}しします。"
    text = "\n".join(
        f"{n // 3600:02d}:{n // 60 % 60:02d}:{n % 60:02d}.000 --> {n // 3600:02d}:{n // 60 % 60:02d}:{n % 60:02d}.900\n{line}\n"
        for n in range(0, 7200, 4)
    )

    send(desk, film, text, version=0)

    assert session.query(CaptionLine).count() == 1800
    assert session.query(Caption).one().version == 1
