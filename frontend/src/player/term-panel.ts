/** The explanation of a word, beside what one is reading or watching: a small window that holds nothing up. */

import { say, write, type Words } from "../words.ts";
import { addressOf, type Term } from "./terms.ts";

export interface Panel {
  /** Shows a term. `closed` is called once when it is closed, also by opening another. */
  open(term: Term, from: HTMLElement, closed?: () => void): void;
}

/** `glossary` is the address of the glossary's page; `language` and `tag` are the reader's. */
export interface PanelOf {
  readonly words: Words;
  readonly glossary: string;
  readonly tag: string;
}

function paragraph(text: string, tag?: string): HTMLParagraphElement {
  const line = document.createElement("p");
  write(line, { text }, "text");
  line.dir = "auto";
  if (tag) line.lang = tag;
  return line;
}

/** The Japanese word itself stands under its translation: it is the one that people hear at the counter. */
function contents(term: Term, { words, glossary, tag }: PanelOf): Node[] {
  const heading = document.createElement("h2");
  heading.id = "term-panel-name";
  write(heading, { text: term.term }, "text");
  const original = term.forms.ja?.[0] ?? "";
  const spoken = [original, ...(term.reading && term.reading !== original ? [`（${term.reading}）`] : [])].join("");
  const easy = document.createElement("h3");
  write(easy, words, "term-easy");
  const more = document.createElement("a");
  more.href = addressOf(glossary, term);
  write(more, words, "term-more");
  const last = document.createElement("p");
  last.append(more);
  const isJapanese = tag.split("-", 1)[0] === "ja";
  return [
    heading,
    ...(original && !(isJapanese && !term.reading) ? [paragraph(isJapanese ? term.reading : spoken, "ja")] : []),
    paragraph(term.text),
    ...(term.easy && term.easy !== term.text ? [easy, paragraph(term.easy, "ja")] : []),
    last,
  ];
}

export function makePanel(of: PanelOf): Panel {
  const panel = document.createElement("dialog");
  panel.className = "term-panel";
  panel.setAttribute("aria-labelledby", "term-panel-name");
  const close = document.createElement("button");
  close.type = "button";
  close.className = "term-panel__close";
  close.setAttribute("aria-label", say(of.words, "term-close"));
  close.textContent = "×";
  close.addEventListener("click", () => panel.close());

  let leave = (): void => undefined;
  panel.addEventListener("close", () => leave());
  const escape = (event: KeyboardEvent): void => {
    if (event.key !== "Escape" || !panel.open) return;
    event.preventDefault();
    panel.close();
  };
  document.addEventListener("keydown", escape, { capture: true });
  document.addEventListener("fullscreenchange", () => panel.close()); // it lies where it could be seen before
  // A key that is pressed in here is meant for what is in here, not for the film.
  for (const press of ["keydown", "keyup"]) panel.addEventListener(press, (event) => event.stopPropagation());

  return {
    open(term, from, closed = () => undefined) {
      if (panel.open) leave();
      leave = () => {
        leave = () => undefined;
        if (panel.contains(document.activeElement) || document.activeElement === document.body) from.focus();
        closed();
      };
      panel.replaceChildren(...contents(term, of), close);
      // Only what is inside the full screen can be seen on it.
      (document.fullscreenElement ?? document.body).append(panel);
      if (!panel.open) panel.show();
      close.focus();
    },
  };
}
