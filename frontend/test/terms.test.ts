import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { finder, type Term } from "../src/player/terms.ts";

const term = (key: string, forms: Term["forms"]): Term => ({ key, forms, term: key, reading: "", text: "", easy: "" });
const TERMS = [
  term("status", { ja: ["在留資格", "ビザ"], en: ["status of residence"], vi: ["tư cách lưu trú"], ar: ["إقامة"] }),
  term("change", { ja: ["在留資格変更"], en: ["change of status of residence"] }),
  term("visa", { en: ["visa", "VISA"] }),
  term("re-entry", { en: ["re-entry permit", "worker's visa (re-entry)"] }),
];

const found = (text: string, language: string): [key: string, words: string][] =>
  finder(TERMS, language)(text).map(({ term, place }) => [term.key, text.slice(...place)]);

describe("terms of the glossary in a text", () => {
  test("are found in the spellings of its language", () => {
    assert.deepEqual(found("在留資格を確かめる", "ja"), [["status", "在留資格"]]);
    assert.deepEqual(found("在留資格を確かめる", "en"), []);
  });

  test("are those of Japanese in easy Japanese, as long as it has none of its own", () => {
    assert.deepEqual(found("在留資格を 見ます", "ja@easy"), [["status", "在留資格"]]);
  });

  test("the longest comes first, and none lies in another", () => {
    assert.deepEqual(found("在留資格変更と在留資格", "ja"), [
      ["change", "在留資格変更"],
      ["status", "在留資格"],
    ]);
  });

  test("are whole words where words are apart, in capitals or not", () => {
    assert.deepEqual(found("A Visa, not a visage or an e-visa.", "en"), [
      ["visa", "Visa"],
      ["visa", "visa"],
    ]);
  });

  test("are no part of a longer word in katakana", () => {
    assert.deepEqual(found("ビザの話。ビザンチンの話。", "ja"), [["status", "ビザ"]]);
  });

  test("may go over the end of a line", () => {
    assert.deepEqual(found("your status of\nresidence", "en"), [["status", "status of\nresidence"]]);
  });

  test("know their marks: tư cách is not tu cach", () => {
    assert.deepEqual(found("Tư cách lưu trú", "vi"), [["status", "Tư cách lưu trú"]]);
    assert.deepEqual(found("tu cach luu tru", "vi"), []);
  });

  test("may have signs in them that mean something elsewhere", () => {
    assert.deepEqual(found("A re-entry permit; a worker's visa (re-entry).", "en"), [
      ["re-entry", "re-entry permit"],
      ["re-entry", "worker's visa (re-entry)"],
    ]);
  });

  test("are none in a language without any", () => {
    assert.deepEqual(found("tư cách lưu trú", "es"), []);
  });
});
