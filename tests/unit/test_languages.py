"""Languages are folders; one that would fail in front of its readers is refused at the start, in a sentence."""

import pytest

from lms.kernel import i18n
from lms.kernel.languages import LanguageError, best_match, read_languages

GOOD = 'tag = "fr"\nown_name = "Français"\n'
PO = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\nmsgid "Call %(phone)s"\nmsgstr "{}"\n'


def a_language(folder, *, code="fr", settings=GOOD, sentence="Appelez le %(phone)s"):
    (folder / code / "LC_MESSAGES").mkdir(parents=True)
    (folder / code / "language.toml").write_text(settings)
    (folder / code / "LC_MESSAGES" / "messages.po").write_text(PO.format(sentence))
    return folder


@pytest.fixture(autouse=True)
def shipped_again():
    yield
    i18n.open_languages(None)


def test_a_folder_adds_a_language_to_the_shipped_ones(tmp_path):
    i18n.open_languages(a_language(tmp_path))

    assert i18n.codes() == ("ja", "ja@easy", "en", "vi", "es", "fr")
    assert [one.code for one in i18n.chain("fr")] == ["fr", "en", "ja"]
    assert i18n.messages("fr") == (("Call %(phone)s", "Appelez le %(phone)s"),)


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        ({"settings": 'tag = "fr"'}, "own_name is missing"),
        ({"settings": GOOD + 'color = "red"'}, "unknown key color"),
        ({"settings": GOOD + 'place = "3"'}, "place = '3' is of the wrong kind"),
        ({"settings": GOOD + "fallback = [1]"}, "of the wrong kind"),
        ({"settings": GOOD + 'fallback = ["xx"]'}, "there is no language xx"),
        ({"settings": "tag ="}, "language.toml"),
        ({"settings": 'tag = "ar"\nown_name = "Français"'}, "not of the language fr"),
        ({"code": "tl", "settings": 'tag = "tl"\nown_name = "Tagalog"'}, "is called fil_PH"),
        ({"code": "nowhere"}, "nowhere"),
        ({"sentence": "Appelez le %(fone)s"}, "a placeholder is wrong in: Appelez le %(fone)s"),
        ({"sentence": "Appelez à 100%"}, "a placeholder is wrong"),
        ({"sentence": 'Appelez"\nnous "'}, "messages.po"),
    ],
)
def test_a_folder_that_cannot_be_used_is_refused_and_nothing_changes(tmp_path, given, complaint):
    a_language(tmp_path, **given)

    with pytest.raises(LanguageError, match=complaint.replace("(", r"\(").replace(")", r"\)")):
        i18n.open_languages(tmp_path)

    assert "fr" not in i18n.codes()


def test_bad_letters_in_a_catalogue_are_refused(tmp_path):
    a_language(tmp_path)
    (tmp_path / "fr" / "LC_MESSAGES" / "messages.po").write_bytes(b'msgid "a"\nmsgstr "\xff"\n')

    with pytest.raises(LanguageError):
        i18n.open_languages(tmp_path)


def test_a_folder_that_is_not_there_is_said(tmp_path):
    with pytest.raises(LanguageError, match="There is no folder"):
        read_languages(tmp_path / "none")


def test_the_nearest_language_of_a_browser_is_found_and_easy_japanese_only_by_hand():
    offered = list(read_languages(i18n.translations_dir()).values())

    found = {tags: best_match(tags.split(), offered) for tags in ("ja-JP en", "th vi-VN", "EN_us", "th")}

    assert {tags: one and one.code for tags, one in found.items()} == {
        "ja-JP en": "ja", "th vi-VN": "vi", "EN_us": "en", "th": None,
    }  # fmt: skip
