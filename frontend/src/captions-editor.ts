/** Captions beside their film: the one being shown is drawn and marked in the text; its times are taken from the film. */

import { around, at, captionsIn, chaptersIn, clock, placeOf, runs, stamp, type TypedCue } from "./captions-editor/text.ts";
import { say, wordsOf } from "./words.ts";

/** How long a new caption lasts until somebody says otherwise. */
const NEW_SECONDS = 3;

function find<T extends Element>(root: ParentNode, selector: string): T {
  const found = root.querySelector<T>(selector);
  if (!found) throw new Error(`the caption editor has no ${selector}`);
  return found;
}

class Editor {
  private readonly words = wordsOf("captions-editor-words");
  private readonly video: HTMLVideoElement;
  private readonly field: HTMLTextAreaElement;
  private readonly drawn: HTMLElement;
  private readonly where: HTMLElement;
  private readonly isCaptions: boolean;
  private cues: TypedCue[] = [];
  private shown: TypedCue | undefined;
  private until = Infinity;

  constructor(root: HTMLElement) {
    this.isCaptions = root.dataset["kind"] === "captions";
    this.video = find(root, "video");
    this.field = find(root, "textarea");
    this.drawn = find(root, "[data-caption]");
    this.where = find(root, "[data-where]");
    const tools = find<HTMLElement>(root, "[data-tools]");
    tools.hidden = false;
    tools.addEventListener("click", (event) => {
      const pressed = (event.target as Element).closest<HTMLElement>("[data-do]");
      if (pressed) this.act(pressed.dataset["do"] ?? "");
    });
    this.field.addEventListener("input", () => this.read());
    this.video.addEventListener("timeupdate", () => this.follow());
    this.video.addEventListener("seeked", () => this.follow());
    this.video.addEventListener("seeking", () => {
      if (this.video.currentTime >= this.until) this.until = Infinity; // moved on, it is not to stop any more
    });
    for (const link of document.querySelectorAll<HTMLElement>("[data-line]")) {
      link.addEventListener("click", (event) => {
        event.preventDefault();
        this.field.focus();
        this.select(Number(link.dataset["line"]) - 1, 1);
      });
    }
    this.read();
  }

  private read(): void {
    this.cues = (this.isCaptions ? captionsIn : chaptersIn)(this.field.value);
    this.draw(at(this.cues, this.video.currentTime));
  }

  private follow(): void {
    if (this.video.currentTime >= this.until) {
      this.until = Infinity;
      this.video.pause();
    }
    const cue = at(this.cues, this.video.currentTime);
    if (cue === this.shown) return;
    this.draw(cue);
    // Whoever is typing keeps their place.
    if (cue && document.activeElement !== this.field) this.select(cue.line, cue.lines);
  }

  private draw(cue: TypedCue | undefined): void {
    this.shown = cue;
    this.drawn.hidden = !cue;
    this.drawn.replaceChildren(
      ...runs(cue?.words ?? "").map(({ text, reading }) => {
        if (!reading) return text;
        const ruby = document.createElement("ruby");
        const above = document.createElement("rt");
        above.textContent = reading;
        ruby.append(text, above);
        return ruby;
      }),
    );
    this.where.textContent = cue ? say(this.words, "line", { line: String(cue.line + 1) }) : say(this.words, "none");
  }

  private select(line: number, count: number): void {
    const [start, end] = placeOf(this.field.value, line, count);
    this.field.setSelectionRange(start, end);
    const lines = this.field.value.split("\n").length;
    this.field.scrollTop = (this.field.scrollHeight * Math.max(line - 3, 0)) / lines;
  }

  private act(what: string): void {
    const time = this.video.currentTime;
    const cue = around(this.cues, this.field.value, this.field.selectionStart);
    if (what === "new") this.insert(cue, time);
    else if (what === "start" && !this.isCaptions) this.insertChapter(time);
    else if (cue && what === "play") this.play(cue);
    else if (cue) this.setTimes(cue, what === "start" ? { start: time } : { end: time });
    this.field.focus();
  }

  private play(cue: TypedCue): void {
    this.until = cue.end;
    this.video.currentTime = cue.start;
    void this.video.play();
  }

  private setTimes(cue: TypedCue, given: { start?: number; end?: number }): void {
    const { start, end } = { start: cue.start, end: cue.end, ...given };
    const [first, last] = placeOf(this.field.value, cue.line);
    this.write(`${stamp(start)} --> ${stamp(end)}`, first, last, placeOf(this.field.value, cue.line)[0]);
  }

  /** An empty caption below the one the cursor is in, the cursor where its words go. */
  private insert(cue: TypedCue | undefined, time: number): void {
    const place = cue ? placeOf(this.field.value, cue.line, cue.lines)[1] : 0;
    const text = `${cue ? "\n\n" : ""}${stamp(time)} --> ${stamp(time + NEW_SECONDS)}\n`;
    this.write(cue ? text : `${text}\n`, place, place, place + text.length);
  }

  private insertChapter(time: number): void {
    const before = this.cues.filter((cue) => cue.start <= time).at(-1);
    const place = before ? placeOf(this.field.value, before.line)[1] : 0;
    const text = before ? `\n${clock(time)} ` : `${clock(time)} \n`;
    this.write(text, place, place, place + text.trimEnd().length + 1);
  }

  private write(text: string, from: number, to: number, cursor: number): void {
    this.field.setRangeText(text, from, to, "end");
    this.field.setSelectionRange(cursor, cursor);
    this.field.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

for (const root of document.querySelectorAll<HTMLElement>("[data-captions-editor]")) new Editor(root);
