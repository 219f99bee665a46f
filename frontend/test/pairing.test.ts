import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { pair, spokenAt, type Timed } from "../src/player/pairing.ts";

const cues = (...times: [number, number][]): Timed[] => times.map(([startTime, endTime]) => ({ startTime, endTime }));
const FIRST = cues([0, 4], [4, 8], [10, 14]);

/** Which of `seconds` (by number) stand under each of the first language's lines. */
const under = (...times: [number, number][]): number[][] => {
  const seconds = cues(...times);
  return pair(FIRST, seconds).map((those) => those.map((cue) => seconds.indexOf(cue)));
};

describe("a second language", () => {
  test("stands line by line under the first", () => {
    assert.deepEqual(under([0, 4], [4, 8], [10, 14]), [[0], [1], [2]]);
  });

  test("may be cut otherwise: each cue stands where most of it is said", () => {
    assert.deepEqual(under([0, 2], [2, 4], [3, 9]), [[0, 1], [2], []]);
    assert.deepEqual(under([7.5, 12]), [[], [], [0]]);
  });

  test("said in a pause stands under the line before, and before everything under the first", () => {
    assert.deepEqual(under([8, 10]), [[], [0], []]);
    assert.deepEqual(
      pair(cues([5, 6]), cues([0, 1])).map((those) => those.length),
      [1],
    );
  });

  test("has no place where the first language says nothing", () => {
    assert.deepEqual(pair([], cues([0, 1])), []);
  });
});

describe("the line that is spoken", () => {
  test("begins with its first moment and ends before its last", () => {
    assert.deepEqual(
      [0, 3.9, 4, 13.9].map((time) => spokenAt(FIRST, time)),
      [0, 0, 1, 2],
    );
  });

  test("is none in a pause, and none where there are no lines", () => {
    assert.deepEqual(
      [8, 9.9, 14].map((time) => spokenAt(FIRST, time)),
      [-1, -1, -1],
    );
    assert.equal(spokenAt([], 0), -1);
  });
});
