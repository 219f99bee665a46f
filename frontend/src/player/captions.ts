/**
 * Captions, transcript and glossary of the player.
 *
 * The browser only reads the tracks; they are drawn by us, so that furigana, a second language, words of the glossary
 * and the full screen look the same everywhere.
 */

import { write, type Words } from "../words.ts";
import { CaptionBox } from "./caption-box.ts";
import { choicesFor, type Choices, type Reader } from "./choices.ts";
import type { Glossary } from "./glossary.ts";
import { prefer, preferences } from "./preferences.ts";
import { addSwitch, makeMenu, type TextsMenu } from "./texts-menu.ts";
import type { Transcript } from "./transcript.ts";

/** Captions in one language: `code` as in their address, `tag` for HTML, `name` in the language itself. */
export interface Language {
  readonly code: string;
  readonly tag: string;
  readonly name: string;
  readonly element: HTMLTrackElement;
}

/** What `[data-texts]` says, besides what it says of the reader: addresses of pages and of the glossary's terms. */
export interface Settings extends Reader {
  readonly transcript: string;
  readonly search: string;
  readonly glossary: string;
  readonly terms: string;
}

/** `/courses/basic-2/captions/ja@easy.vtt` -> `ja@easy`. */
function codeOf(address: string): string {
  const file = decodeURIComponent(new URL(address, location.href).pathname.split("/").at(-1) ?? "");
  return file.replace(/\.vtt$/, "");
}

function languagesOf(video: HTMLVideoElement): Language[] {
  return [...video.querySelectorAll("track")]
    .filter(({ kind }) => kind === "captions" || kind === "subtitles")
    .map((element) => ({
      code: codeOf(element.src),
      tag: element.srclang,
      name: element.label,
      element,
    }));
}

/** The browser reads the tracks and draws none, except where only it can: on the full screen of a small telephone. */
function keepHidden(video: HTMLVideoElement, languages: readonly Language[], shown: () => readonly Language[]): void {
  let alone = false;
  const settle = (): void => {
    for (const { element } of languages) {
      const wanted = alone && shown()[0]?.element === element ? "showing" : "hidden";
      if (element.track.mode === "showing" || wanted === "showing") element.track.mode = wanted;
    }
  };
  for (const { element } of languages) {
    element.removeAttribute("default");
    element.track.mode = "disabled";
  }
  video.textTracks.addEventListener("change", settle);
  for (const [event, now] of [
    ["webkitbeginfullscreen", true],
    ["webkitendfullscreen", false],
  ] as const) {
    video.addEventListener(event, () => {
      alone = now;
      settle();
    });
  }
}

/** The place of the transcript, closed: whoever opens it gets what fills it. */
function addTranscript(place: HTMLElement, words: Words): { whole: HTMLDetailsElement; body: HTMLElement } {
  const [whole, summary, body] = [
    document.createElement("details"),
    document.createElement("summary"),
    document.createElement("div"),
  ];
  whole.className = "transcript";
  write(summary, words, "transcript");
  body.className = "transcript__body";
  whole.append(summary, body);
  place.after(whole);
  return { whole, body };
}

/** What is chosen, and everything that follows it: captions, menu, switch, transcript. */
class Texts {
  private readonly root: HTMLElement;
  private readonly video: HTMLVideoElement;
  private readonly words: Words;
  private readonly settings: Settings;
  private readonly languages: readonly Language[];
  private readonly box: CaptionBox;
  private readonly menu: TextsMenu;
  private readonly setSwitch: (shown: boolean) => void;
  private readonly place: { readonly whole: HTMLDetailsElement; readonly body: HTMLElement };
  private choices: Choices;
  private glossary: Promise<Glossary | undefined> | undefined;
  private transcript: Promise<Transcript> | undefined;

  constructor(
    root: HTMLElement,
    { video, controller, words }: { video: HTMLVideoElement; controller: HTMLElement; words: Words },
    { place, settings, languages }: { place: HTMLElement; settings: Settings; languages: readonly Language[] },
  ) {
    [this.root, this.video, this.words, this.settings, this.languages] = [root, video, words, settings, languages];
    this.choices = this.choose(preferences().texts ?? {});
    this.box = new CaptionBox(controller, video);
    this.menu = makeMenu(place, { languages, words, change: (changed) => this.change(changed) });
    this.setSwitch = addSwitch(controller, words, () => this.toggle());
    this.place = addTranscript(place, words);
    const { whole } = this.place;
    whole.open = this.choices.transcript;
    whole.addEventListener("toggle", () => {
      if (whole.open !== this.choices.transcript) this.change({ transcript: whole.open });
    });
    // The controller's own key for captions would let the browser draw them.
    const ours = (event: Event): void => {
      event.stopImmediatePropagation();
      this.toggle();
    };
    controller.addEventListener("mediatogglesubtitlesrequest", ours, { capture: true });
    const marked = (): void => void this.openGlossary().then((found) => found && this.box.mark(found));
    video.addEventListener("play", marked, { once: true });
    keepHidden(video, languages, () => this.captions());
    this.apply();
  }

  private choose(kept: Partial<Choices>): Choices {
    return choicesFor(
      this.languages.map(({ code }) => code),
      this.settings,
      kept,
    );
  }

  private chosen(): Language[] {
    const { first, second } = this.choices;
    return [first, second].flatMap((code) => this.languages.find((one) => one.code === code) ?? []);
  }

  private captions(): Language[] {
    return this.choices.shown ? this.chosen() : [];
  }

  private toggle(): void {
    this.change({ shown: !this.choices.shown });
  }

  private change(changed: Partial<Choices>): void {
    // Only what was changed is kept: what was never chosen goes on following the reader's language.
    prefer({ texts: { ...preferences().texts, ...changed } });
    this.choices = this.choose({ ...this.choices, ...changed });
    this.apply();
  }

  private apply(): void {
    const { shown, furigana, large, transcript } = this.choices;
    this.menu.update(this.choices);
    this.setSwitch(shown);
    this.root.dataset.furigana = furigana ? "on" : "off";
    this.root.dataset.letters = large ? "large" : "normal";
    for (const { element } of this.captions()) element.track.mode = "hidden";
    this.box.show(this.captions());
    if (transcript) this.showTranscript();
  }

  private openGlossary(): Promise<Glossary | undefined> {
    const { terms, glossary: page } = this.settings;
    return (this.glossary ??= import("./glossary.ts")
      .then(({ openGlossary }) => openGlossary({ terms, page, tag: document.documentElement.lang }, this.words))
      .catch(() => undefined));
  }

  private showTranscript(): void {
    const { video, words, settings } = this;
    this.transcript ??= import("./transcript.ts").then(({ makeTranscript }) =>
      makeTranscript(this.place.body, { video, words, settings, glossary: () => this.openGlossary() }),
    );
    this.transcript
      .then((made) => made.show(this.chosen()))
      .catch(() => {
        this.transcript = undefined; // opened again, it is asked for again
        write(this.place.body, words, "transcript-missing");
      });
  }
}

/** Puts the texts of the recording into the player, if there are any. To be called once. */
export function showTexts(root: HTMLElement, video: HTMLVideoElement, controller: HTMLElement, words: Words): void {
  const place = root.querySelector<HTMLElement>("[data-texts]");
  const languages = languagesOf(video);
  if (!place?.dataset.texts || languages.length === 0) return;
  const settings = JSON.parse(place.dataset.texts) as Settings;
  new Texts(root, { video, controller, words }, { place, settings, languages });
}
