/** Cues beside each other: which of a second language belong to which of the first, and which is spoken now. Pure. */

/** When something is said, in seconds. */
export interface Timed {
  readonly startTime: number;
  readonly endTime: number;
}

/**
 * For each cue of the first language those of the second that belong under it, in order: each where it overlaps most,
 * or, said in a pause, under the cue before. Both lists are in order of their beginnings.
 */
export function pair<Cue extends Timed>(firsts: readonly Timed[], seconds: readonly Cue[]): Cue[][] {
  const under: Cue[][] = firsts.map(() => []);
  let from = 0;
  for (const cue of seconds) {
    // Cues do not overlap, so what ended before this one began is past for all that follow.
    while (from + 1 < firsts.length && (firsts[from + 1]?.startTime ?? Infinity) <= cue.startTime) from++;
    let [best, most] = [from, 0];
    for (let n = from; n < firsts.length; n++) {
      const first = firsts[n];
      if (!first || first.startTime >= cue.endTime) break;
      const shared = Math.min(first.endTime, cue.endTime) - Math.max(first.startTime, cue.startTime);
      if (shared > most) [best, most] = [n, shared];
    }
    under[best]?.push(cue);
  }
  return under;
}

/** The cue that is spoken at this moment, or -1 in a pause. */
export function spokenAt(cues: readonly Timed[], time: number): number {
  let [low, high] = [0, cues.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((cues[middle]?.startTime ?? Infinity) <= time) low = middle + 1;
    else high = middle;
  }
  return time < (cues[low - 1]?.endTime ?? 0) ? low - 1 : -1;
}
