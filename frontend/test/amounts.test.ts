import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { chosen, megabytes, wayOf, type Sizes } from "../src/player/amounts.ts";

const SIZES: Sizes = {
  sound: 29_000_000,
  pictures: [
    [720, 210_000_000],
    [480, 120_000_000],
    [240, 34_000_000],
  ],
};
const SILENT: Sizes = { sound: 0, pictures: [[480, 5_000_000]] };

describe("the way a recording is played", () => {
  test("is by itself unless somebody holds to a size", () => {
    assert.deepEqual(wayOf({ amount: "picture", lines: undefined }, SIZES), { sound: false, lines: undefined });
    assert.deepEqual(wayOf({ amount: "picture", lines: 480 }, SIZES), { sound: false, lines: 480 });
  });

  test("is the smallest picture for whoever saves data, whatever size was held to before", () => {
    assert.deepEqual(wayOf({ amount: "saver", lines: 720 }, SIZES), { sound: false, lines: 240 });
  });

  test("is the sound alone", () => {
    assert.deepEqual(wayOf({ amount: "sound", lines: 720 }, SIZES), { sound: true, lines: undefined });
  });
});

describe("what was chosen", () => {
  test("holds for the next recording", () => {
    assert.deepEqual(chosen(SIZES, { amount: "saver", lines: 480 }, false), { amount: "saver", lines: 480 });
  });

  test("gives way where a recording does not have it", () => {
    assert.deepEqual(chosen(SILENT, { amount: "sound", lines: 720 }, false), { amount: "picture", lines: undefined });
  });

  test("is what the device asks for where nobody has chosen, or something unknown was kept", () => {
    assert.deepEqual(chosen(SIZES, {}, true), { amount: "saver", lines: undefined });
    assert.deepEqual(chosen(SIZES, { amount: "nothing" }, false), { amount: "picture", lines: undefined });
    assert.deepEqual(chosen(SIZES, { amount: "picture" }, true), { amount: "picture", lines: undefined });
  });
});

test("megabytes have one decimal under ten", () => {
  assert.equal(megabytes(8_340_000, "en"), "8.3 MB");
  assert.equal(megabytes(210_400_000, "en"), "210 MB");
  assert.equal(megabytes(8_340_000, "vi"), "8,3 MB");
});
