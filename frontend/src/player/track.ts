/**
 * Which parts of a recording were really played: intervals in integer milliseconds of media time.
 *
 * Pure: the clock and the media element are arguments. The browser's own `played` is no proof (Firefox starts it late,
 * and it is lost with the page), so we note the position ourselves and count only steps that playing can explain.
 */

/** Half-open: from `start` up to but not including `end`, in milliseconds of media time. */
export type Interval = readonly [start: number, end: number];

/** Where the recording stood at one moment. `wall` is any clock that only goes forward, in milliseconds. */
export interface Moment {
  readonly media: number;
  readonly wall: number;
  readonly rate: number;
}

/** What was played: sorted intervals, none touching another, and how long the clock ran meanwhile (ms). */
export interface Played {
  readonly intervals: readonly Interval[];
  readonly wall: number;
}

/** Position events arrive late and in bursts; a step may run this far ahead of the clock. */
export const TOLERANCE_MS = 1500;

/** Whether the way from one moment to the next was played and not jumped. */
export function isPlayed(from: Moment, to: Moment): boolean {
  const step = to.media - from.media;
  const possible = (to.wall - from.wall) * Math.max(from.rate, to.rate) + TOLERANCE_MS;
  return step > 0 && step <= possible;
}

/** The union of intervals: sorted, none touching another. */
export function merge(intervals: readonly Interval[]): Interval[] {
  const merged: [number, number][] = [];
  for (const [start, end] of [...intervals].sort((a, b) => a[0] - b[0])) {
    const last = merged.at(-1);
    if (last && start <= last[1]) last[1] = Math.max(last[1], end);
    else if (end > start) merged.push([start, end]);
  }
  return merged;
}

/** What is not covered, leaving out gaps shorter than `shortest` milliseconds. */
export function gaps(intervals: readonly Interval[], duration: number, shortest: number): Interval[] {
  const ends = [0, ...merge(intervals).flat(), duration];
  const between: Interval[] = [];
  for (let i = 0; i + 1 < ends.length; i += 2) between.push([ends[i] ?? 0, ends[i + 1] ?? 0]);
  return between.filter(([start, end]) => end - start >= shortest);
}

/** Collects what is played until somebody takes it. Nothing lies beyond `duration`: players run a moment longer. */
export class Track {
  private readonly duration: number;
  private last: Moment | undefined;
  private seen: Interval[] = [];
  private wall = 0;

  constructor(duration: number) {
    this.duration = duration;
  }

  /** The recording stands here; if it got here by playing, the way counts. */
  note(moment: Moment): void {
    if (this.last && isPlayed(this.last, moment)) {
      this.seen = merge([...this.seen, [this.inside(this.last.media), this.inside(moment.media)]]);
      this.wall += moment.wall - this.last.wall;
    }
    this.last = moment;
  }

  /** The position jumped: the way to the next noted moment does not count. */
  jumped(): void {
    this.last = undefined;
  }

  /** What was played since the last taking. */
  take(): Played {
    const taken = { intervals: this.seen, wall: Math.round(this.wall) };
    this.seen = [];
    this.wall = 0;
    return taken;
  }

  private inside(media: number): number {
    return Math.min(Math.round(media), this.duration);
  }
}
