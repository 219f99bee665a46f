/** The search within a transcript: every place is marked, and one after the other is brought into view. */

import { say, write, type Words } from "../words.ts";
import { piecesOf, rangeOf, searchable, type Place } from "./line.ts";

/** What is looked through of each line: its languages, not its time. */
interface Text {
  readonly line: number;
  readonly element: Element;
  readonly find: (query: string) => Place[];
}

interface Hit {
  readonly line: number;
  readonly range: Range;
}

const AFTER_TYPING_MS = 200;
const ALL = "found";
const NOW = "found-now";

/** Browsers without highlights still show which lines have the word: `data-found` is on them. */
function highlight(name: string, ranges: readonly Range[]): void {
  if (!("highlights" in CSS)) return;
  if (ranges.length) CSS.highlights.set(name, new Highlight(...ranges));
  else CSS.highlights.delete(name);
}

export class LineSearch {
  readonly form = document.createElement("form");
  private readonly list: HTMLElement;
  private readonly words: Words;
  private readonly arrived: (line: number) => void;
  private readonly input = document.createElement("input");
  private readonly count = document.createElement("p");
  private readonly steps: HTMLButtonElement[];
  private texts: Text[] | undefined;
  private hits: Hit[] = [];
  private now = -1;

  constructor(list: HTMLElement, words: Words, arrived: (line: number) => void) {
    [this.list, this.words, this.arrived] = [list, words, arrived];
    const label = document.createElement("label");
    const name = document.createElement("span");
    write(name, words, "transcript-search");
    this.input.type = "search";
    this.input.className = "input";
    label.append(name, this.input);
    this.count.setAttribute("role", "status");
    this.steps = [this.step("found-previous", "↑", -1), this.step("found-next", "↓", 1)];
    this.form.className = "transcript__search";
    this.form.setAttribute("role", "search");
    this.form.append(label, ...this.steps, this.count);

    let typed: ReturnType<typeof setTimeout> | undefined;
    this.input.addEventListener("input", () => {
      clearTimeout(typed);
      typed = setTimeout(() => this.search(), AFTER_TYPING_MS);
    });
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.go(1);
    });
    this.input.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || !event.shiftKey) return;
      event.preventDefault();
      this.go(-1);
    });
    this.tell();
  }

  get query(): string {
    return this.input.value.trim();
  }

  /** The lines are others now. */
  renew(): void {
    this.texts = undefined;
    this.search();
  }

  private step(key: string, sign: string, by: number): HTMLButtonElement {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = sign;
    button.setAttribute("aria-label", say(this.words, key));
    button.addEventListener("click", () => this.go(by));
    return button;
  }

  private read(): Text[] {
    return (this.texts ??= [...this.list.children].flatMap((item, line) =>
      [...item.querySelectorAll("p")].map((element) => ({ line, element, find: searchable(piecesOf(element)) })),
    ));
  }

  private search(): void {
    for (const { line } of this.hits) this.list.children[line]?.removeAttribute("data-found");
    const { query } = this;
    const texts = query ? this.read() : [];
    this.hits = texts.flatMap(({ line, element, find }) =>
      find(query).map((place) => ({ line, range: rangeOf(element, place) })),
    );
    for (const { line } of this.hits) this.list.children[line]?.setAttribute("data-found", "");
    highlight(
      ALL,
      this.hits.map(({ range }) => range),
    );
    this.now = -1;
    this.go(1);
  }

  private go(by: number): void {
    const { length } = this.hits;
    if (length) this.now = (this.now + by + length) % length;
    const hit = this.hits[this.now];
    highlight(NOW, hit ? [hit.range] : []);
    this.tell();
    if (hit) this.arrived(hit.line);
  }

  private tell(): void {
    for (const button of this.steps) button.disabled = this.hits.length < 2;
    const [now, all] = [String(this.now + 1), String(this.hits.length)];
    if (this.hits.length) write(this.count, this.words, "found", { now, all });
    else if (this.query) write(this.count, this.words, "found-none");
    else this.count.replaceChildren();
  }
}
