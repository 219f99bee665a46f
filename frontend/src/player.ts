/** The lecture player: better controls, adaptive streams, resuming, and reports of what was watched. */

import { addControls } from "./player/controls.ts";
import { clock, isCoverage, showCoverage, showGaps, type Coverage } from "./player/coverage.ts";
import { prepareSource } from "./player/source.ts";
import { watch } from "./player/watch.ts";
import { wordsOf, write, type Words } from "./words.ts";

/** Nobody wants to be brought back to the first or the last few seconds; of a short film these are fewer. */
const EDGE_MS = 10_000;
const EDGE_SHARE = 0.05;

function resumeAt(root: HTMLElement, duration: number): number {
  const resume = Number(root.dataset.resumeMs ?? 0);
  const edge = Math.min(EDGE_MS, EDGE_SHARE * duration);
  return resume > edge && resume < duration - edge ? resume : 0;
}

/** The large button over the picture; it says where playing will go on, and goes away once it plays. */
function addStartButton(controller: HTMLElement, video: HTMLVideoElement, words: Words, resume: number): HTMLElement {
  const button = document.createElement("button");
  button.type = "button";
  button.slot = "centered-chrome";
  button.className = "player__start";
  if (resume) write(button, words, "resume", { time: clock(resume) });
  else write(button, words, "start");
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
  resume: number,
): void {
  const offer = root.querySelector<HTMLElement>("[data-resume]");
  if (!offer || resume === 0) return;
  const text = offer.querySelector("[data-resume-text]");
  if (text) write(text, words, "resumed", { time: clock(resume) });
  offer.hidden = false;
  offer.querySelector("button")?.addEventListener("click", () => {
    video.currentTime = 0;
    offer.hidden = true;
    write(start, words, "start");
    void video.play().catch(() => undefined);
  });
}

function enhance(root: HTMLElement): void {
  const video = root.querySelector("video");
  if (!video) return;
  const { reportUrl, viewer = "", recording = "", durationMs } = root.dataset;
  const duration = Number(durationMs);
  const words = wordsOf("player-words");
  const status = root.querySelector<HTMLElement>("[data-status]");
  const tell = (key: string): void => {
    if (!status || status.dataset.status === key) return; // said aloud only when it changes
    status.dataset.status = key;
    write(status, words, key);
  };

  const resume = resumeAt(root, duration);
  const wasPlaying = !video.paused;
  const source = prepareSource(video, video.currentTime || resume / 1000, () => tell("broken"));
  if ("adoptedStyleSheets" in Document.prototype) {
    const controller = addControls(video, { duration: duration / 1000, words });
    const start = addStartButton(controller, video, words, resume);
    offerRestart(root, video, start, words, resume);
  }
  for (const reach of ["pointerover", "focusin"]) root.addEventListener(reach, source.wake, { once: true });

  const jump = (seconds: number): void => {
    video.currentTime = seconds;
    void video.play().catch(() => undefined);
  };
  const update = (coverage: Coverage): void => {
    showCoverage(root, coverage, duration, words);
    showGaps(root, coverage, duration, jump);
  };
  update(
    JSON.parse(
      root.querySelector<HTMLElement>("[data-coverage]")?.dataset.coverage || '{"share":0,"intervals":[]}',
    ) as Coverage,
  );
  if (reportUrl) {
    const answered = (answer: unknown): void => {
      if (isCoverage(answer)) update(answer);
    };
    void watch(video, { url: reportUrl, viewer, recording, answered, became: tell });
  }
  if (wasPlaying) void video.play().catch(() => undefined);
}

document.querySelectorAll<HTMLElement>("[data-player]").forEach(enhance);
