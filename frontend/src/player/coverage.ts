/** The strip that shows which parts of a recording have been watched, kept up to date with the server's answers. */

import { write, type Words } from "../words.ts";
import { gaps, merge, type Interval } from "./track.ts";

const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 1000;
/** A gap shorter than this is no part that somebody would want to watch. */
const SHORTEST_GAP_MS = 5000;
const GAPS_SHOWN = 6;

/** The server's answer to a report. `unverified` (ms) was reported beyond what time allows; a page begins without it. */
export interface Coverage {
  readonly share: number;
  readonly intervals: readonly Interval[];
  readonly covered: boolean;
  readonly unverified?: number;
}

export function isCoverage(answer: unknown): answer is Coverage {
  const { share, intervals } = (answer ?? {}) as Partial<Coverage>;
  return typeof share === "number" && Array.isArray(intervals);
}

/** 754000 -> "12:34". */
export function clock(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000);
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const tail = String(seconds % 60).padStart(2, "0");
  return hours ? `${hours}:${String(minutes).padStart(2, "0")}:${tail}` : `${minutes}:${tail}`;
}

function bar([start, end]: Interval, duration: number): SVGRectElement {
  const rect = document.createElementNS(SVG, "rect");
  rect.setAttribute("x", ((start / duration) * WIDTH).toFixed(2));
  rect.setAttribute("width", (((end - start) / duration) * WIDTH).toFixed(2));
  rect.setAttribute("height", "100%");
  return rect;
}

/** Rounded down: whoever reads 90 % has it. */
function percent(share: number): string {
  return new Intl.NumberFormat(document.documentElement.lang, { style: "percent" }).format(
    Math.floor(share * 100 + 1e-6) / 100,
  );
}

export function showCoverage(
  root: ParentNode,
  { share, intervals, covered }: Coverage,
  duration: number,
  words: Words,
): void {
  const strip = root.querySelector("[data-coverage]");
  const svg = strip?.querySelector("svg");
  const shown = strip?.querySelector("[data-coverage-text]");
  svg?.querySelector("[data-coverage-seen]")?.replaceChildren(...merge(intervals).map((part) => bar(part, duration)));
  if (shown) write(shown, words, covered ? "covered" : "seen", { share: percent(share) });
}

/** Buttons that jump to what has not been watched. */
export function showGaps(
  root: ParentNode,
  { share, intervals, covered }: Coverage,
  duration: number,
  jump: (to: number) => void,
): void {
  const box = root.querySelector<HTMLElement>("[data-gaps]");
  if (!box) return;
  const missing = covered || share === 0 ? [] : gaps(intervals, duration, SHORTEST_GAP_MS).slice(0, GAPS_SHOWN);
  const buttons = missing.map(([start, end]) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "player__gap";
    button.textContent = `${clock(start)}–${clock(end)}`;
    button.addEventListener("click", () => jump(start / 1000));
    return button;
  });
  box.hidden = buttons.length === 0;
  box.querySelector("[data-gaps-list]")?.replaceChildren(...buttons);
}
