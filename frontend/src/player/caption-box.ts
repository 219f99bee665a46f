/** Captions as we draw them: over a wide picture, directly under a narrow one, one or two languages at once. */

import type { Language } from "./captions.ts";
import { cueContent } from "./cue.ts";
import type { Around, Glossary } from "./glossary.ts";

/** In pixels: two captions of two lines would cover half of a picture that is smaller. */
const NARROW = 640;
/** How many of the longest captions of a language are laid out to find the tallest. */
const TRIED = 3;

function longest(track: TextTrack): TextTrackCue[] {
  const length = (cue: TextTrackCue): number => (cue as VTTCue).text.replace(/<rt>[^<]*|<[^>]*>/g, "").length;
  return [...(track.cues ?? [])].sort((a, b) => length(b) - length(a)).slice(0, TRIED);
}

export class CaptionBox {
  private readonly box = document.createElement("div");
  private readonly controller: HTMLElement;
  private readonly around: Around;
  private languages: readonly Language[] = [];
  private drawn: readonly TextTrackCue[] = [];
  private begun = false;
  private glossary: Glossary | undefined;

  constructor(controller: HTMLElement, video: HTMLVideoElement) {
    this.controller = controller;
    this.box.className = "captions";
    this.box.setAttribute("noautohide", "");
    this.box.hidden = true;
    controller.querySelector("media-control-bar")?.before(this.box);
    this.around = () => {
      const played = !video.paused;
      video.pause();
      return () => {
        if (played) void video.play().catch(() => undefined);
      };
    };
    // Before it has begun there is the start button; nobody needs the first sentence beneath it.
    const begin = (): void => {
      this.begun = true;
      this.draw();
    };
    video.addEventListener("play", begin, { once: true });
    let width = 0;
    new ResizeObserver(() => {
      if (controller.clientWidth !== width) this.measureAnew();
      width = controller.clientWidth;
    }).observe(controller);
  }

  /** From now on these languages, none for no captions. */
  show(languages: readonly Language[]): void {
    for (const { element } of this.languages) {
      element.track.removeEventListener("cuechange", this.changed);
      element.removeEventListener("load", this.loaded);
    }
    this.languages = languages;
    for (const { element } of languages) {
      element.track.addEventListener("cuechange", this.changed);
      element.addEventListener("load", this.loaded);
    }
    this.box.hidden = languages.length === 0;
    this.box.dataset.languages = String(languages.length);
    this.measureAnew();
  }

  /** Marks the terms of the glossary, beginning with what stands there now. */
  mark(glossary: Glossary): void {
    this.glossary = glossary;
    this.drawAnew();
  }

  private readonly changed = (): void => this.draw();
  private readonly loaded = (): void => this.measureAnew();

  private drawAnew(): void {
    this.drawn = [];
    this.box.replaceChildren();
    this.draw();
  }

  private draw(): void {
    const spoken = this.languages.map((language) => ({
      language,
      cues: [...(language.element.track.activeCues ?? [])],
    }));
    const cues = this.begun ? spoken.flatMap(({ cues }) => cues) : [];
    if (cues.length === this.drawn.length && cues.every((cue, n) => cue === this.drawn[n])) return;
    this.drawn = cues;
    // Somebody who stood on a word of the last caption goes on from the first control below it.
    if (this.box.contains(document.activeElement))
      this.controller.querySelector<HTMLElement>("media-play-button")?.focus();
    this.box.replaceChildren(
      ...spoken
        .filter(({ cues }) => this.begun && cues.length > 0)
        .map(({ language, cues }) => this.line(language, cues)),
    );
  }

  private line({ code, tag }: Language, cues: readonly TextTrackCue[]): HTMLElement {
    const line = document.createElement("p");
    line.lang = tag;
    line.dir = "auto";
    cues.forEach((cue, n) => line.append(...(n ? ["\n"] : []), cueContent(cue)));
    this.glossary?.mark(line, code, this.around);
    return line;
  }

  /** Under a narrow picture there is room for the tallest caption from the start: nothing moves while it plays. */
  private makeRoom(): void {
    const tallest = this.languages.flatMap((language) => {
      const lines = longest(language.element.track).map((cue) => this.line(language, [cue]));
      this.box.replaceChildren(...lines);
      const heights = lines.map((line) => line.offsetHeight);
      return lines.filter((_, n) => n === heights.indexOf(Math.max(...heights)));
    });
    this.box.replaceChildren(...tallest);
    this.controller.style.setProperty("--captions-room", `${this.box.offsetHeight}px`);
    this.drawAnew();
  }

  private measureAnew(): void {
    const alone = document.fullscreenElement === this.controller;
    const under = !alone && this.controller.clientWidth < NARROW;
    this.controller.dataset.captions = under ? "under" : "over";
    this.controller.style.removeProperty("--captions-room");
    if (under && !this.box.hidden) this.makeRoom();
    else this.drawAnew();
  }
}
