/** What is said, line by line, beside the film: it goes along, leads to any moment, and can be searched. */

import { say, write, type Words } from "../words.ts";
import type { Language, Settings } from "./captions.ts";
import { clock } from "./coverage.ts";
import { cueContent } from "./cue.ts";
import type { Glossary } from "./glossary.ts";
import { LineSearch } from "./line-search.ts";
import { pair, spokenAt } from "./pairing.ts";

/** An hour has many hundred lines; the film must not stand still while they are made. */
const AT_ONCE = 40;

export interface Transcript {
  /** Shows what is said in the first of these languages, and under each line what belongs to it in the others. */
  show(languages: readonly Language[]): Promise<void>;
}

interface TranscriptOf {
  readonly video: HTMLVideoElement;
  readonly words: Words;
  readonly settings: Settings;
  readonly glossary: () => Promise<Glossary | undefined>;
}

/** The cues of a track as soon as they are there; none if it cannot be had. */
async function cuesOf({ element }: Language): Promise<VTTCue[]> {
  element.track.mode = "hidden";
  if (element.readyState < HTMLTrackElement.LOADED) {
    await new Promise((settled) => {
      for (const event of ["load", "error"]) element.addEventListener(event, settled, { once: true });
    });
  }
  return [...(element.track.cues ?? [])] as VTTCue[];
}

function spokenLine({ tag }: Language, cues: readonly VTTCue[]): HTMLParagraphElement {
  const line = document.createElement("p");
  line.lang = tag;
  line.dir = "auto";
  cues.forEach((cue, n) => line.append(...(n ? ["\n"] : []), cueContent(cue)));
  return line;
}

function button(words: Words, key: string, pressed: () => void): HTMLButtonElement {
  const made = document.createElement("button");
  made.type = "button";
  write(made, words, key);
  made.addEventListener("click", pressed);
  return made;
}

/** A link whose address is asked for anew when somebody reaches for it. */
function link(words: Words, key: string, url: () => URL): HTMLParagraphElement {
  const [line, made] = [document.createElement("p"), document.createElement("a")];
  made.href = url().href;
  for (const reach of ["pointerdown", "focus"]) made.addEventListener(reach, () => (made.href = url().href));
  write(made, words, key);
  line.append(made);
  return line;
}

class Lines implements Transcript {
  private readonly of: TranscriptOf;
  private readonly box = document.createElement("div");
  private readonly list = document.createElement("ol");
  private readonly links = document.createElement("div");
  private readonly missing = document.createElement("p");
  private readonly followAgain: HTMLButtonElement;
  private readonly search: LineSearch;
  private cues: readonly VTTCue[] = [];
  private shown = "";
  private spoken = -1;
  private following = true;
  /** The one line whose button Tab reaches; the arrows go to the others. */
  private reached = 0;

  constructor(body: HTMLElement, of: TranscriptOf) {
    const { video, words } = of;
    this.of = of;
    this.box.className = "transcript__box";
    this.list.className = "transcript__lines";
    this.list.setAttribute("role", "list"); // one without bullets is none to some screen readers
    this.list.setAttribute("aria-label", say(words, "transcript"));
    this.followAgain = button(words, "follow", () => this.follow(true));
    this.followAgain.className = "transcript__follow";
    this.followAgain.hidden = true;
    this.links.className = "transcript__links";
    write(this.missing, words, "transcript-missing");
    this.missing.hidden = true;
    this.box.append(this.list, this.missing);
    this.search = new LineSearch(this.list, words, (line) => {
      this.follow(false);
      this.reach(line);
      this.bringIntoView(line);
    });
    body.replaceChildren(this.search.form, this.box, this.followAgain, this.links);

    for (const event of ["timeupdate", "seeked"]) video.addEventListener(event, () => this.mark());
    // Lines grow when their letters arrive, when furigana are shown and when the telephone is turned.
    new ResizeObserver(() => {
      if (this.following) this.goAlong();
    }).observe(this.list);
    // Whoever scrolls or stands in here reads at their own pace.
    for (const event of ["wheel", "touchmove", "focusin"]) {
      this.box.addEventListener(event, () => this.follow(false), { passive: true });
    }
    this.box.addEventListener("pointerdown", ({ target }) => {
      if (target === this.box) this.follow(false); // its scroll bar
    });
    this.list.addEventListener("click", (event) => this.pressed(event));
    this.list.addEventListener("keydown", (event) => this.moved(event));
  }

  async show(languages: readonly Language[]): Promise<void> {
    const wanted = languages.map(({ code }) => code).join(" ");
    const [first, second] = languages;
    if (wanted === this.shown || !first) return;
    this.shown = wanted;
    const [glossary, cues, beside] = await Promise.all([
      this.of.glossary(),
      cuesOf(first),
      second ? cuesOf(second) : [],
    ]);
    if (wanted !== this.shown) return; // chosen anew in the meantime
    const under = pair(cues, beside);
    this.cues = cues;
    [this.spoken, this.reached] = [-1, 0];
    this.missing.hidden = cues.length > 0;
    this.list.replaceChildren();
    this.showLinks(first);
    const make = (cue: VTTCue, n: number): HTMLLIElement => {
      const item = document.createElement("li");
      const lines = [spokenLine(first, [cue]), ...(second && under[n]?.length ? [spokenLine(second, under[n])] : [])];
      lines.forEach((line, of) => glossary?.mark(line, languages[of]?.code ?? ""));
      item.append(this.timeButton(cue, n), ...lines);
      return item;
    };
    for (let n = 0; n < cues.length; n += AT_ONCE) {
      if (n) await new Promise((next) => setTimeout(next));
      if (wanted !== this.shown) return;
      this.list.append(...cues.slice(n, n + AT_ONCE).map((cue, of) => make(cue, n + of)));
      this.mark();
    }
    this.search.renew();
  }

  private timeButton({ startTime }: VTTCue, n: number): HTMLButtonElement {
    const made = document.createElement("button");
    const time = clock(startTime * 1000);
    made.type = "button";
    made.className = "transcript__time";
    made.textContent = time;
    made.tabIndex = n === 0 ? 0 : -1;
    made.setAttribute("aria-label", say(this.of.words, "begin", { time }));
    return made;
  }

  private showLinks({ code }: Language): void {
    const { words, settings } = this.of;
    const page = new URL(settings.transcript, location.href);
    page.searchParams.set("language", code);
    this.links.replaceChildren(
      link(words, "transcript-page", () => page),
      link(words, "transcript-search-all", () => {
        const url = new URL(settings.search, location.href);
        if (this.search.query) url.searchParams.set("q", this.search.query);
        return url;
      }),
    );
  }

  private line(n: number): HTMLElement | undefined {
    return this.list.children[n] as HTMLElement | undefined;
  }

  private mark(): void {
    const now = spokenAt(this.cues, this.of.video.currentTime);
    if (now === this.spoken || now >= this.list.childElementCount) return;
    this.line(this.spoken)?.removeAttribute("aria-current");
    this.line(now)?.setAttribute("aria-current", "true");
    this.spoken = now;
    if (this.following) this.goAlong();
  }

  private goAlong(): void {
    if (this.spoken < 0) return;
    if (!this.list.contains(document.activeElement)) this.reach(this.spoken);
    this.bringIntoView(this.spoken);
  }

  /** Scrolls the box and never the page. A near line comes softly where movement is welcome, a far one at once. */
  private bringIntoView(n: number): void {
    const line = this.line(n);
    if (!line) return;
    const { clientHeight: room, scrollTop } = this.box;
    const top = line.offsetTop - scrollTop;
    if (top >= 0.1 * room && top + line.offsetHeight <= 0.75 * room) return;
    const near = Math.abs(top) < 2 * room;
    this.box.scrollTo({ top: line.offsetTop - room / 4, behavior: near ? "auto" : "instant" });
  }

  private follow(following: boolean): void {
    this.following = following;
    this.followAgain.hidden = following;
    if (following) this.goAlong();
  }

  private reach(n: number): void {
    const time = (of: number): HTMLElement | null | undefined =>
      this.line(of)?.querySelector<HTMLElement>(".transcript__time");
    time(this.reached)?.setAttribute("tabindex", "-1");
    time(n)?.setAttribute("tabindex", "0");
    this.reached = n;
  }

  private pressed({ target }: Event): void {
    const line = (target as Element).closest("li");
    const cue = this.cues[line ? [...this.list.children].indexOf(line) : -1];
    if (!cue || getSelection()?.isCollapsed === false) return; // marking text is no press
    const { video } = this.of;
    video.currentTime = cue.startTime;
    void video.play().catch(() => undefined);
    this.follow(true);
  }

  private moved(event: KeyboardEvent): void {
    const last = this.cues.length - 1;
    const to: Record<string, number> = { ArrowDown: this.reached + 1, ArrowUp: this.reached - 1, Home: 0, End: last };
    const n = to[event.key];
    if (n === undefined || n < 0 || n > last || !(event.target as Element).matches(".transcript__time")) return;
    event.preventDefault();
    this.reach(n);
    const time = this.line(n)?.querySelector<HTMLElement>(".transcript__time");
    time?.focus({ preventScroll: true });
    this.bringIntoView(n);
  }
}

/** Fills the body of the transcript. */
export function makeTranscript(body: HTMLElement, of: TranscriptOf): Transcript {
  return new Lines(body, of);
}
