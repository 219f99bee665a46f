/** Listens to a recording being played, and reports what was watched. */

import { Outbox, type Outcome } from "./outbox.ts";
import { openStore } from "./store.ts";
import { Track } from "./track.ts";

const REPORT_EVERY_MS = 10_000;
const TRY_AGAIN_MS = 15_000;

export interface Watching {
  readonly url: string;
  readonly viewer: string;
  readonly recording: string;
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

export async function watch(
  video: HTMLVideoElement,
  { url, viewer, recording, answered, became }: Watching,
): Promise<void> {
  const outbox = new Outbox(await openStore(), viewer, (from, answer) => {
    if (from === url) answered(answer);
  });
  const track = new Track();
  const session = playSession();
  let sequence = 0;
  let reported = performance.now();
  let retry: ReturnType<typeof setTimeout> | undefined;

  const settle = (outcome: Outcome | undefined): void => {
    if (outcome) became(outcome);
    clearTimeout(retry);
    if (outcome === "waiting") retry = setTimeout(sendOwed, TRY_AGAIN_MS);
  };
  const sendOwed = (): void => void outbox.drain().then(settle);

  const note = (): void => {
    if (video.seeking) track.jumped();
    else track.note({ media: video.currentTime * 1000, wall: performance.now(), rate: video.playbackRate });
  };
  const report = (leaving: boolean): void => {
    note();
    const intervals = track.take();
    reported = performance.now();
    if (intervals.length === 0) return;
    const position = Math.round(video.currentTime * 1000);
    const batch = {
      play_session: session,
      sequence: ++sequence,
      intervals,
      position,
      rate: video.playbackRate,
      recording,
    };
    void outbox.put(url, batch, { leaving }).then(settle);
  };

  video.addEventListener("timeupdate", () => {
    note();
    if (performance.now() - reported >= REPORT_EVERY_MS) report(false);
  });
  for (const jump of ["seeking", "emptied"]) video.addEventListener(jump, () => track.jumped());
  for (const event of ["play", "playing", "waiting", "ratechange", "seeked"]) video.addEventListener(event, note);
  for (const stop of ["pause", "ended"]) video.addEventListener(stop, () => report(false));
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") report(true);
  });
  window.addEventListener("pagehide", () => report(true));
  window.addEventListener("online", sendOwed);
  sendOwed();
}
