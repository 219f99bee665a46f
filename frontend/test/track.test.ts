import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { gaps, isPlayed, merge, Track, type Interval } from "../src/player/track.ts";

const HOUR = 3_600_000;

/** Plays from `from` to `to` (ms of media), noting the position every quarter of a second of wall clock. */
function play(track: Track, from: number, to: number, { rate = 1, wall = 0 } = {}): number {
  let media = from;
  track.note({ media, wall, rate });
  while (media < to) {
    media = Math.min(to, media + 250 * rate);
    wall += 250;
    track.note({ media, wall, rate });
  }
  return wall;
}

describe("a step", () => {
  const from = { media: 10_000, wall: 0, rate: 1 };

  test("counts when the clock explains it", () => {
    assert.equal(isPlayed(from, { media: 10_250, wall: 250, rate: 1 }), true);
  });

  test("may run ahead of the clock by the tolerance and not further", () => {
    assert.equal(isPlayed(from, { media: 11_750, wall: 250, rate: 1 }), true);
    assert.equal(isPlayed(from, { media: 11_751, wall: 250, rate: 1 }), false);
  });

  test("counts at double speed, also when the speed was changed on the way", () => {
    assert.equal(isPlayed(from, { media: 18_000, wall: 4000, rate: 2 }), true);
    assert.equal(isPlayed({ ...from, rate: 2 }, { media: 18_000, wall: 4000, rate: 1 }), true);
  });

  test("backwards or on the spot counts nothing", () => {
    assert.equal(isPlayed(from, { media: 9_750, wall: 250, rate: 1 }), false);
    assert.equal(isPlayed(from, { media: 10_000, wall: 250, rate: 1 }), false);
  });
});

describe("a track", () => {
  test("holds what was played as one interval", () => {
    const track = new Track(HOUR);

    play(track, 0, 60_000);

    assert.deepEqual(track.take().intervals, [[0, 60_000]]);
  });

  test("at two and a half times the speed misses nothing", () => {
    const track = new Track(HOUR);

    play(track, 0, 60_000, { rate: 2.5 });

    assert.deepEqual(track.take().intervals, [[0, 60_000]]);
  });

  test("leaves out what was jumped over", () => {
    const track = new Track(HOUR);

    const wall = play(track, 0, 5000);
    track.jumped();
    play(track, 3_590_000, 3_600_000, { wall });

    assert.deepEqual(track.take().intervals, [
      [0, 5000],
      [3_590_000, 3_600_000],
    ]);
  });

  test("leaves out a short jump too, however long the pause before it", () => {
    const track = new Track(HOUR);

    const wall = play(track, 0, 5000);
    track.jumped();
    play(track, 6000, 8000, { wall: wall + 600_000 });

    assert.deepEqual(track.take().intervals, [
      [0, 5000],
      [6000, 8000],
    ]);
  });

  test("refuses a jump that nobody announced", () => {
    const track = new Track(HOUR);

    const wall = play(track, 0, 5000);
    track.note({ media: 65_000, wall: wall + 250, rate: 1 });

    assert.deepEqual(track.take().intervals, [[0, 5000]]);
  });

  test("played twice is held once", () => {
    const track = new Track(HOUR);

    const wall = play(track, 0, 10_000);
    track.jumped();
    play(track, 4000, 12_000, { wall });

    assert.deepEqual(track.take().intervals, [[0, 12_000]]);
  });

  test("is empty after taking and goes on where it was", () => {
    const track = new Track(HOUR);
    const wall = play(track, 0, 10_000);

    assert.deepEqual(track.take().intervals, [[0, 10_000]]);
    assert.deepEqual(track.take().intervals, []);
    track.note({ media: 10_250, wall: wall + 250, rate: 1 });

    assert.deepEqual(track.take().intervals, [[10_000, 10_250]]);
  });

  test("ends with the recording, though the player runs a moment longer", () => {
    const track = new Track(60_000);

    play(track, 59_000, 60_500);

    assert.deepEqual(track.take().intervals, [[59_000, 60_000]]);
  });

  test("tells how long the clock ran while it played, and not while it stood or was moved", () => {
    const track = new Track(HOUR);

    const wall = play(track, 0, 10_000, { rate: 2 });
    track.note({ media: 10_000, wall: wall + 60_000, rate: 1 });
    track.jumped();
    play(track, 20_000, 21_000, { wall: wall + 90_000 });

    assert.equal(track.take().wall, 5000 + 1000);
    assert.equal(track.take().wall, 0);
  });

  test("tells of a part played twice how long both took", () => {
    const track = new Track(HOUR);

    const wall = play(track, 0, 4000);
    track.jumped();
    play(track, 0, 4000, { wall });

    assert.deepEqual(track.take(), { intervals: [[0, 4000]], wall: 8000 });
  });

  test("speaks in whole milliseconds", () => {
    const track = new Track(HOUR);

    track.note({ media: 0.4, wall: 0, rate: 1 });
    track.note({ media: 249.7, wall: 250, rate: 1 });

    assert.deepEqual(track.take().intervals, [[0, 250]]);
  });
});

describe("intervals", () => {
  test("that touch or overlap become one", () => {
    const scattered: Interval[] = [
      [20, 30],
      [0, 10],
      [10, 12],
      [25, 40],
      [50, 50],
    ];

    assert.deepEqual(merge(scattered), [
      [0, 12],
      [20, 40],
    ]);
  });

  test("leave gaps at the start, between and at the end", () => {
    assert.deepEqual(
      gaps(
        [
          [10, 20],
          [30, 90],
        ],
        100,
        5,
      ),
      [
        [0, 10],
        [20, 30],
        [90, 100],
      ],
    );
  });

  test("that cover everything leave no gap", () => {
    assert.deepEqual(gaps([[0, 100]], 100, 1), []);
  });

  test("of nothing leave all of it", () => {
    assert.deepEqual(gaps([], 100, 1), [[0, 100]]);
  });
});
