/**
 * How much data a recording may use: a picture (its size by itself or held to), data saver, or the sound alone.
 *
 * Two controls for one choice: the radio buttons under the player, with the megabytes of the whole recording, and the
 * menu in the bar for the size of the picture.
 */

import { MediaRenditionMenu } from "media-chrome/menu/media-rendition-menu";
import { write, type Words } from "../words.ts";
import { chosen, megabytes, wayOf, type Amount, type Choice, type Sizes } from "./amounts.ts";
import { prefer, preferences } from "./preferences.ts";
import type { Source, Way } from "./source.ts";

interface Thrifty extends Navigator {
  readonly connection?: { readonly saveData?: boolean };
}

export class Quality {
  private readonly root: HTMLElement;
  private readonly sizes: Sizes;
  private readonly words: Words;
  private readonly changed = new EventTarget();
  private choice: Choice;
  private source: Source | undefined;

  constructor(root: HTMLElement, sizes: Sizes, words: Words) {
    this.root = root;
    this.sizes = sizes;
    this.words = words;
    this.choice = chosen(sizes, preferences(), (navigator as Thrifty).connection?.saveData ?? false);
  }

  get way(): Way {
    return wayOf(this.choice, this.sizes);
  }

  /** Tells media-chrome's menu the sizes, in the way it asks a video element. Before the controls are made. */
  offer(video: HTMLVideoElement): void {
    const { pictures } = this.sizes;
    const names = new Map(pictures.map(([lines, bytes]) => [String(lines), `${lines}p · ${this.megabytes(bytes)}`]));
    MediaRenditionMenu.formatRendition = ({ id, height }) => names.get(id ?? "") ?? `${height}p`;
    const list = pictures.map(([lines]) => ({ id: String(lines), width: lines, height: lines }));
    const renditions = Object.assign(list, {
      addEventListener: this.changed.addEventListener.bind(this.changed),
      removeEventListener: this.changed.removeEventListener.bind(this.changed),
    });
    Object.defineProperty(renditions, "selectedIndex", {
      get: () => pictures.findIndex(([lines]) => lines === this.way.lines),
      set: (index: number) => this.choose({ amount: "picture", lines: pictures[index]?.[0] }),
    });
    Object.defineProperty(video, "videoRenditions", { value: renditions });
  }

  /** Shows what can be chosen here, and does what is chosen from now on. */
  connect(source: Source): void {
    this.source = source;
    for (const input of this.inputs) {
      const amount = input.value as Amount;
      const can = amount === "picture" || (amount === "sound" ? source.can.sound : source.can.lines);
      const label = input.closest("label");
      if (label) label.hidden = !can;
      input.addEventListener("change", () => this.choose({ ...this.choice, amount }));
    }
    if (!source.can.sound && !source.can.lines) this.hide();
    this.show();
  }

  /** Nothing can be chosen any more. */
  hide(): void {
    const box = this.root.querySelector<HTMLElement>("[data-amounts]");
    if (box) box.hidden = true;
    this.menu?.setAttribute("hidden", "");
  }

  private get inputs(): HTMLInputElement[] {
    return [...this.root.querySelectorAll<HTMLInputElement>("[data-amounts] input")];
  }

  private get menu(): Element | null {
    return this.root.querySelector("media-rendition-menu-button");
  }

  private choose(choice: Choice): void {
    this.choice = choice;
    prefer({ amount: choice.amount, lines: choice.lines ?? null });
    this.source?.take(this.way);
    this.show();
    this.changed.dispatchEvent(new Event("change"));
  }

  private show(): void {
    const { amount, lines } = this.choice;
    for (const input of this.inputs) input.checked = input.value === amount;
    this.menu?.toggleAttribute("hidden", amount === "sound" || !this.source?.can.lines);
    const { pictures, sound } = this.sizes;
    const held = pictures.find(([has]) => has === lines);
    const bytes = { picture: (held ?? pictures[0])?.[1], saver: pictures.at(-1)?.[1], sound };
    for (const place of this.root.querySelectorAll<HTMLElement>("[data-amount]")) {
      const shown = place.dataset.amount as Amount;
      const key = shown === "picture" && !held ? "up to" : "about";
      write(place, this.words, key, { size: this.megabytes(bytes[shown] ?? 0) });
    }
  }

  private megabytes(bytes: number): string {
    return megabytes(bytes, document.documentElement.lang);
  }
}
