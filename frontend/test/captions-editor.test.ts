import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { around, at, captionsIn, chaptersIn, clock, lineOf, placeOf, runs, seconds, stamp } from "../src/captions-editor/text.ts";

const TEXT = `00:00:01.000 --> 00:00:02.500
{在留資格|ざいりゅうしかく}とは
二行目

1:02,5 --> 1:04
A & B`;

describe("the captions in a text", () => {
  const cues = captionsIn(TEXT);

  test("have times, lines and words", () => {
    assert.deepEqual(cues, [
      { line: 0, lines: 3, start: 1, end: 2.5, words: "{在留資格|ざいりゅうしかく}とは\n二行目" },
      { line: 4, lines: 2, start: 62.5, end: 64, words: "A & B" },
    ]);
  });

  test("are found by the time of the film, the end not being theirs", () => {
    assert.deepEqual([0.9, 1, 2.5, 63].map((time) => at(cues, time)?.line), [undefined, 0, undefined, 4]);
  });

  test("are found by the place of the cursor", () => {
    const places = [0, TEXT.indexOf("二"), TEXT.indexOf("1:02") - 1, TEXT.length];
    assert.deepEqual(places.map((place) => around(cues, TEXT, place)?.line), [0, 0, 0, 4]);
  });
});

test("a chapter lasts until the next one", () => {
  assert.deepEqual(chaptersIn("0:00 はじめに\nnonsense\n12:30 What to bring"), [
    { line: 0, lines: 1, start: 0, end: 750, words: "はじめに" },
    { line: 2, lines: 1, start: 750, end: Infinity, words: "What to bring" },
  ]);
});

test("lines and places lead to one another", () => {
  const [start, end] = placeOf(TEXT, 1, 2);
  assert.equal(TEXT.slice(start, end), "{在留資格|ざいりゅうしかく}とは\n二行目");
  assert.equal(lineOf(TEXT, start), 1);
});

test("times are read and written", () => {
  assert.deepEqual(["1:02:03.250", "2:03", "2:03,5"].map(seconds), [3723.25, 123, 123.5]);
  assert.deepEqual([3723.25, 0].map(stamp), ["01:02:03.250", "00:00:00.000"]);
  assert.deepEqual([59.9, 3723].map(clock), ["0:59", "1:02:03"]);
});

test("words are drawn with their readings and without tags", () => {
  assert.deepEqual(runs("<v 田中>{漢字|かんじ}と<ruby>仮名<rt>かな</rt></ruby> &amp; <i>x</i></v>"), [
    { text: "漢字", reading: "かんじ" },
    { text: "と" },
    { text: "仮名", reading: "かな" },
    { text: " & x" },
  ]);
});
