/** The lecture player: better controls, adaptive streams, resuming, and reports of what was watched. */

import type { Sizes } from "./player/amounts.ts";
import { showTexts } from "./player/captions.ts";
import { showChapters } from "./player/chapters.ts";
import { addControls } from "./player/controls.ts";
import { clock, isCoverage, showCoverage, showGaps, type Coverage } from "./player/coverage.ts";
import { positionLeft } from "./player/left.ts";
import { prefer, preferences } from "./player/preferences.ts";
import { Quality } from "./player/quality.ts";
import { prepareSource } from "./player/source.ts";
import { watch } from "./player/watch.ts";
import { wordsOf, write, type Words } from "./words.ts";

/** Nobody wants to be brought back to the first or the last few seconds; of a short film these are fewer. */
const EDGE_MS = 10_000;
const EDGE_SHARE = 0.05;
/** Players begin a frame or two behind the moment that was asked for; so a little before it, and no gap is left. */
const BEFORE_MS = 500;
/** What the browser's own menus may have set; the bar offers half to twice the speed. */
const SLOWEST = 0.25;
const FASTEST = 3;
/** Less than this can be clocks that disagree, and is no part that somebody would want to watch again. */
const WORTH_SAYING_MS = 5000;

interface Beginning {
  readonly at: number;
  readonly words: "start" | "resume" | "begin";
}

/** Where playing begins (ms): at the moment that the address names (`?t=754`), else where the person stopped. */
function beginning(root: HTMLElement, duration: number): Beginning {
  const named = Number(new URLSearchParams(location.search).get("t") ?? NaN) * 1000;
  if (named >= 0 && named < duration) return { at: named, words: "begin" };
  const resume = positionLeft(root.dataset.recording ?? "") ?? Number(root.dataset.resumeMs ?? 0);
  const edge = Math.min(EDGE_MS, EDGE_SHARE * duration);
  if (resume <= edge || resume >= duration - edge) return { at: 0, words: "start" };
  return { at: resume - BEFORE_MS, words: "resume" };
}

/** The large button over the picture; it says where playing will go on, and goes away once it plays. */
function addStartButton(
  controller: HTMLElement,
  video: HTMLVideoElement,
  words: Words,
  { at, words: key }: Beginning,
): HTMLElement {
  const button = document.createElement("button");
  button.type = "button";
  button.slot = "centered-chrome";
  button.className = "player__start";
  write(button, words, key, { time: clock(at) });
  button.setAttribute("noautohide", "");
  button.addEventListener("click", () => void video.play().catch(() => undefined));
  video.addEventListener(
    "play",
    () => {
      if (document.activeElement === button) controller.querySelector<HTMLElement>("media-play-button")?.focus();
      button.remove();
    },
    { once: true },
  );
  controller.append(button);
  return button;
}

function offerRestart(
  root: HTMLElement,
  video: HTMLVideoElement,
  start: HTMLElement,
  words: Words,
  { at, words: key }: Beginning,
): void {
  const offer = root.querySelector<HTMLElement>("[data-resume]");
  if (!offer || key !== "resume") return;
  const text = offer.querySelector("[data-resume-text]");
  if (text) write(text, words, "resumed", { time: clock(at) });
  offer.hidden = false;
  offer.querySelector("button")?.addEventListener("click", () => {
    video.currentTime = 0;
    offer.hidden = true;
    write(start, words, "start");
    void video.play().catch(() => undefined);
  });
}

/** The speed somebody likes; the default too, because the element goes back to it whenever it is loaded anew. */
function keepRate(video: HTMLVideoElement): void {
  const { rate } = preferences();
  if (typeof rate === "number" && rate >= SLOWEST && rate <= FASTEST) {
    video.defaultPlaybackRate = rate;
    video.playbackRate = rate;
  }
  video.addEventListener("ratechange", () => {
    video.defaultPlaybackRate = video.playbackRate;
    prefer({ rate: video.playbackRate });
  });
}

/** At the end, what comes next; nothing begins by itself. */
function offerNext(root: HTMLElement, video: HTMLVideoElement): void {
  const card = root.querySelector<HTMLElement>("[data-ended]");
  if (!card) return;
  video.addEventListener("ended", () => (card.hidden = false));
  video.addEventListener("play", () => (card.hidden = true));
}

function enhance(root: HTMLElement): void {
  const video = root.querySelector("video");
  if (!video) return;
  const { reportUrl, viewer = "", recording = "", ticket = "", durationMs, sound } = root.dataset;
  const duration = Number(durationMs);
  const words = wordsOf("player-words");
  const status = root.querySelector<HTMLElement>("[data-status]");
  const tell = (key: string): void => {
    if (!status || status.dataset.status === key) return; // said aloud only when it changes
    status.dataset.status = key;
    write(status, words, key);
  };

  const jump = (seconds: number): void => {
    video.currentTime = seconds;
    void video.play().catch(() => undefined);
  };
  let unverified = 0;
  const update = (coverage: Coverage): void => {
    unverified = coverage.unverified ?? 0;
    showCoverage(root, coverage, duration, words);
    showGaps(root, coverage, duration, jump);
  };
  update(
    JSON.parse(
      root.querySelector<HTMLElement>("[data-coverage]")?.dataset.coverage || '{"share":0,"intervals":[]}',
    ) as Coverage,
  );
  let note = (): void => undefined;
  if (reportUrl) {
    note = watch(video, {
      url: reportUrl,
      viewer,
      recording,
      ticket,
      duration,
      answered: (answer) => {
        if (isCoverage(answer)) update(answer);
      },
      became: (outcome) => tell(outcome === "saved" && unverified > WORTH_SAYING_MS ? "unverified" : outcome),
    });
  }

  const sizes = JSON.parse(root.dataset.sizes ?? '{"sound":0,"pictures":[]}') as Sizes;
  const quality = new Quality(root, sizes, words);
  const begins = beginning(root, duration);
  const wasPlaying = !video.paused;
  const source = prepareSource(video, {
    start: video.currentTime || begins.at / 1000,
    way: quality.way,
    sound,
    moving: () => note(),
    narrowed: () => quality.hide(),
    broken: () => tell("broken"),
  });
  keepRate(video);
  showChapters(root, video, jump);
  if ("adoptedStyleSheets" in Document.prototype) {
    quality.offer(video);
    const controller = addControls(video, { duration: duration / 1000, words });
    const start = addStartButton(controller, video, words, begins);
    offerRestart(root, video, start, words, begins);
    showTexts(root, video, controller, words);
  }
  quality.connect(source);
  offerNext(root, video);
  for (const reach of ["pointerover", "focusin"]) root.addEventListener(reach, source.wake, { once: true });
  if (wasPlaying) void video.play().catch(() => undefined);
}

document.querySelectorAll<HTMLElement>("[data-player]").forEach(enhance);
