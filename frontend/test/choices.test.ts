import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { choicesFor } from "../src/player/choices.ts";

const LANGUAGES = ["ja", "ja@easy", "vi", "en"];
const reader = (language: string, furigana = false): { language: string; furigana: boolean } => ({
  language,
  furigana,
});

describe("captions, as long as nothing was chosen", () => {
  test("are in the reader's language, and on unless the pages are read in Japanese", () => {
    const { shown, first, second } = choicesFor(LANGUAGES, reader("vi"), {});
    assert.deepEqual({ shown, first, second }, { shown: true, first: "vi", second: "" });
    assert.equal(choicesFor(LANGUAGES, reader("ja"), {}).shown, false);
    assert.equal(choicesFor(LANGUAGES, reader("ja@easy"), {}).first, "ja@easy");
  });

  test("are in the nearest language there is, else in Japanese, else in any", () => {
    assert.equal(choicesFor(["ja", "pt-BR"], reader("pt"), {}).first, "pt-BR");
    assert.equal(choicesFor(["en", "ja"], reader("es"), {}).first, "ja");
    assert.equal(choicesFor(["en"], reader("es"), {}).first, "en");
  });

  test("have furigana, unless the pages in Japanese have none", () => {
    assert.deepEqual(
      [reader("vi"), reader("ja@easy"), reader("ja", true), reader("ja")].map(
        (one) => choicesFor(LANGUAGES, one, {}).furigana,
      ),
      [true, true, true, false],
    );
  });
});

describe("what was chosen once", () => {
  test("holds for every lecture that has it", () => {
    const kept = { shown: true, first: "vi", second: "ja", furigana: false, large: true, transcript: true };
    assert.deepEqual(choicesFor(LANGUAGES, reader("ja"), kept), kept);
  });

  test("gives way where a lecture has no such captions", () => {
    const { first, second } = choicesFor(["ja", "en"], reader("ja"), { first: "vi", second: "es" });
    assert.deepEqual({ first, second }, { first: "ja", second: "" });
  });

  test("is never the same language twice", () => {
    assert.equal(choicesFor(LANGUAGES, reader("vi"), { first: "en", second: "en" }).second, "");
  });
});
