/** Listens to a recording being played, and reports what was watched. */

import { leftAt } from "./left.ts";
import { Outbox, type Outcome } from "./outbox.ts";
import { openStore } from "./store.ts";
import { Track } from "./track.ts";

const REPORT_EVERY_MS = 10_000;
const TRY_AGAIN_MS = 15_000;

/** `ticket` comes with the page; `duration` is in milliseconds of media time. */
export interface Watching {
  readonly url: string;
  readonly viewer: string;
  readonly recording: string;
  readonly ticket: string;
  readonly duration: number;
  readonly answered: (answer: unknown) => void;
  readonly became: (outcome: Outcome) => void;
}

/** `crypto.randomUUID` exists only on https; a trial on the office network runs without. */
function playSession(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** Returns what notes that the recording stands where it does now: for whoever is about to move it elsewhere. */
export function watch(
  video: HTMLVideoElement,
  { url, viewer, recording, ticket, duration, answered, became }: Watching,
): () => void {
  const outbox = openStore().then(
    (store) =>
      new Outbox(store, viewer, (from, answer) => {
        if (from === url) answered(answer);
      }),
  );
  const track = new Track(duration);
  const session = playSession();
  let sequence = 0;
  let reported = performance.now();
  let retry: ReturnType<typeof setTimeout> | undefined;

  const settle = (outcome: Outcome | undefined): void => {
    if (outcome) became(outcome);
    clearTimeout(retry);
    if (outcome === "waiting") retry = setTimeout(sendOwed, TRY_AGAIN_MS);
  };
  const sendOwed = (): void => void outbox.then((box) => box.drain()).then(settle);

  const note = (): void => {
    if (video.seeking) track.jumped();
    else track.note({ media: video.currentTime * 1000, wall: performance.now(), rate: video.playbackRate });
  };
  const report = (leaving: boolean): void => {
    note();
    const { intervals, wall } = track.take();
    reported = performance.now();
    if (intervals.length === 0) return;
    const batch = {
      recording,
      ticket,
      play_session: session,
      sequence: ++sequence,
      intervals,
      wall_ms: wall,
      rate: video.playbackRate,
      position: Math.min(Math.round(video.currentTime * 1000), duration),
    };
    void outbox.then((box) => box.put(url, batch, { leaving })).then(settle);
  };
  const leave = (): void => {
    report(true);
    if (sequence > 0) leftAt(recording, Math.round(video.currentTime * 1000));
  };

  video.addEventListener("timeupdate", () => {
    note();
    if (performance.now() - reported >= REPORT_EVERY_MS) report(false);
  });
  for (const jump of ["seeking", "emptied"]) video.addEventListener(jump, () => track.jumped());
  for (const event of ["play", "playing", "waiting", "ratechange", "seeked"]) video.addEventListener(event, note);
  for (const stop of ["pause", "ended"]) video.addEventListener(stop, () => report(false));
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") leave();
  });
  window.addEventListener("pagehide", leave);
  // The next page is asked for before this one is hidden; told now, it already knows. Only while playing, because some
  // browsers do not keep a page for Back that listens to this.
  video.addEventListener("play", () => window.addEventListener("beforeunload", leave));
  video.addEventListener("pause", () => window.removeEventListener("beforeunload", leave));
  window.addEventListener("online", sendOwed);
  sendOwed();
  return note;
}
