/**
 * Where a recording stood when its page was left a moment ago, in this tab.
 *
 * The server hears of it too, but perhaps a blink after it has made the page that comes next: the same in another
 * language, or loaded anew.
 */

const KEY = "left";
const FRESH_MS = 60_000;

interface Left {
  readonly recording: string;
  readonly position: number;
  readonly at: number;
}

export function leftAt(recording: string, position: number): void {
  try {
    sessionStorage.setItem(KEY, JSON.stringify({ recording, position, at: Date.now() } satisfies Left));
  } catch {
    // Forbidden: the server's word is good enough.
  }
}

/** The position in milliseconds, if it is fresh. */
export function positionLeft(recording: string): number | undefined {
  try {
    const left = JSON.parse(sessionStorage.getItem(KEY) ?? "{}") as Partial<Left>;
    const fresh = left.recording === recording && Date.now() - (left.at ?? 0) < FRESH_MS;
    return fresh ? left.position : undefined;
  } catch {
    return undefined;
  }
}
