/** The menu for captions and transcript: native form controls under the bars, and a switch in the bar. */

import { say, write, type Words } from "../words.ts";
import type { Language } from "./captions.ts";
import type { Choices } from "./choices.ts";

const CAPTIONS = `<svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.7" aria-hidden="true">
  <rect x="2.5" y="4.5" width="19" height="15" rx="2.5"/><path d="M6 12h5m3 0h4M6 15.5h8m3 0h1"/></svg>`;

export interface TextsMenu {
  update(choices: Choices): void;
}

interface MenuOf {
  readonly languages: readonly Language[];
  readonly words: Words;
  readonly change: (changed: Partial<Choices>) => void;
}

function labelled(control: HTMLElement, words: Words, key: string, { before = false } = {}): HTMLLabelElement {
  const label = document.createElement("label");
  const text = document.createElement("span");
  write(text, words, key);
  label.append(...(before ? [control, text] : [text, control]));
  return label;
}

function named({ tag, name }: Language): HTMLSpanElement {
  const text = document.createElement("span");
  text.lang = tag;
  text.textContent = name;
  return text;
}

function select(languages: readonly Language[], none: string): HTMLSelectElement {
  const box = document.createElement("select");
  box.className = "input";
  if (none) box.add(new Option(none, ""));
  for (const { code, tag, name } of languages) {
    const option = new Option(name, code);
    option.lang = tag;
    box.add(option);
  }
  return box;
}

function tick(type: "checkbox" | "radio", name: string): HTMLInputElement {
  const box = document.createElement("input");
  box.type = type;
  box.name = name;
  return box;
}

/** Fills `place` with the menu. Furigana are asked about only where there are Japanese captions. */
export function makeMenu(place: HTMLElement, { languages, words, change }: MenuOf): TextsMenu {
  const menu = document.createElement("details");
  menu.className = "texts";
  const summary = document.createElement("summary");
  const [name, state] = [document.createElement("span"), document.createElement("small")];
  write(name, words, "Captions");
  summary.append(name, " ", state);

  const shown = tick("checkbox", "texts-shown");
  shown.addEventListener("change", () => change({ shown: shown.checked }));
  const first = select(languages, "");
  first.addEventListener("change", () => change({ first: first.value }));
  const second = select(languages, say(words, "texts-none"));
  second.addEventListener("change", () => change({ second: second.value }));
  const furigana = tick("checkbox", "texts-furigana");
  furigana.addEventListener("change", () => change({ furigana: furigana.checked }));
  const [normal, large] = [tick("radio", "texts-size"), tick("radio", "texts-size")];
  for (const box of [normal, large]) box.addEventListener("change", () => change({ large: large.checked }));
  const size = document.createElement("fieldset");
  const legend = document.createElement("legend");
  write(legend, words, "texts-size");
  size.append(
    legend,
    labelled(normal, words, "texts-normal", { before: true }),
    labelled(large, words, "texts-large", { before: true }),
  );

  const choices = document.createElement("div");
  choices.className = "texts__choices";
  choices.append(labelled(shown, words, "texts-shown", { before: true }), labelled(first, words, "texts-first"));
  if (languages.length > 1) choices.append(labelled(second, words, "texts-second"));
  if (languages.some(({ tag }) => /^ja\b/.test(tag))) {
    choices.append(labelled(furigana, words, "texts-furigana", { before: true }));
  }
  choices.append(size);
  menu.append(summary, choices);
  place.replaceChildren(menu);

  return {
    update(now) {
      shown.checked = now.shown;
      first.value = now.first;
      second.value = now.second;
      for (const option of second.options) option.disabled = option.value === now.first;
      furigana.checked = now.furigana;
      (now.large ? large : normal).checked = true;
      const chosen = [now.first, now.second].flatMap((code) => languages.find((one) => one.code === code) ?? []);
      if (now.shown) state.replaceChildren(...chosen.flatMap((one, n) => [n ? " + " : "", named(one)]));
      else write(state, words, "Off");
    },
  };
}

/** The switch in the bar, within reach on the full screen too. */
export function addSwitch(controller: HTMLElement, words: Words, toggle: () => void): (shown: boolean) => void {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "player__captions";
  button.setAttribute("aria-label", say(words, "Captions"));
  // The controller leaves these keys to the button; otherwise a press would also stop the film.
  button.setAttribute("keysused", "Enter Space");
  button.innerHTML = CAPTIONS;
  button.addEventListener("click", toggle);
  controller.querySelector("media-pip-button, media-fullscreen-button")?.before(button);
  return (shown) => button.setAttribute("aria-pressed", String(shown));
}
