import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { searchable, widened, type Piece, type Place } from "../src/player/line.ts";

/** 在留資格を確かめる, with readings. */
const LINE: Piece[] = [
  { text: "在留資格", reading: "ざいりゅうしかく" },
  { text: "を" },
  { text: "確", reading: "たし" },
  { text: "かめる" },
];

const found = (line: string | Piece[], query: string): Place[] =>
  searchable(typeof line === "string" ? [{ text: line }] : line)(query);

describe("a search in a line", () => {
  test("finds what is written, wherever it stands", () => {
    assert.deepEqual(found("Visa, then visa again", "visa"), [
      [0, 4],
      [11, 15],
    ]);
  });

  test("takes katakana for hiragana, narrow for wide and capitals for small letters", () => {
    assert.deepEqual(found("ビザ", "びざ"), [[0, 2]]);
    assert.deepEqual(found("ﾋﾞｻﾞの更新", "ビザ"), [[0, 4]]);
    assert.deepEqual(found("ＳＮＳに書かない", "sns"), [[0, 3]]);
  });

  test("finds Vietnamese also when it is typed without its marks", () => {
    assert.deepEqual(found("Tư cách lưu trú", "tu cach"), [[0, 7]]);
    assert.deepEqual(found("gia đình", "dinh"), [[4, 8]]);
  });

  test("finds words across the end of a line of captions", () => {
    assert.deepEqual(found("status of\nresidence", "of residence"), [[7, 19]]);
  });

  test("finds kanji and their reading at the same place", () => {
    assert.deepEqual(found(LINE, "資格を"), [[2, 5]]);
    assert.deepEqual(found(LINE, "しかくを"), [[0, 5]]);
    assert.deepEqual(found(LINE, "たしかめる"), [[5, 9]]);
  });

  test("finds nothing for nothing", () => {
    assert.deepEqual(found(LINE, "  "), []);
    assert.deepEqual(found(LINE, "ビザ"), []);
  });
});

describe("places that are to be wrapped", () => {
  test("take in the whole of a reading that they cut", () => {
    assert.deepEqual(widened([{ place: [2, 5] }], LINE), [{ place: [0, 5] }]);
    assert.deepEqual(widened([{ place: [4, 5] }], LINE), [{ place: [4, 5] }]);
  });

  test("of two under one reading only the first stays", () => {
    assert.deepEqual(widened([{ place: [0, 2] }, { place: [2, 4] }], LINE), [{ place: [0, 4] }]);
  });
});
