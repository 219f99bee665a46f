/** Upload of a recording: in pieces, with progress, a pause, and going on after a break or a reload. */

import { rejection, Rejected, upload } from "./upload/tus.ts";
import { sendByXhr } from "./upload/xhr.ts";
import { say, wordsOf, type Words } from "./words.ts";

/** How often the spoken text follows the shown one. */
const SPEAK_EVERY_MS = 15_000;

function find<T extends Element>(root: ParentNode, selector: string): T {
  const found = root.querySelector<T>(selector);
  if (!found) throw new Error(`the upload form has no ${selector}`);
  return found;
}

function percent(share: number): string {
  return new Intl.NumberFormat(document.documentElement.lang, { style: "percent" }).format(
    Math.floor(share * 100 + 1e-6) / 100,
  );
}

function duration(seconds: number): string {
  const [value, unit] = seconds < 90 ? [Math.ceil(seconds / 10) * 10, "second"] : [Math.ceil(seconds / 60), "minute"];
  return new Intl.NumberFormat(document.documentElement.lang, { style: "unit", unit, unitDisplay: "long" }).format(
    value,
  );
}

/** What people see and hear of a running upload. */
class Display {
  private readonly box: HTMLElement;
  private readonly bar: HTMLProgressElement;
  private readonly text: HTMLElement;
  private readonly live: HTMLElement;
  private readonly words: Words;
  private spoken = 0;
  private began: { at: number; bytes: number } | undefined;

  constructor(form: HTMLFormElement, words: Words) {
    this.box = find(form, "[data-upload-box]");
    this.bar = find(this.box, "progress");
    this.text = find(this.box, "[data-upload-text]");
    this.live = find(this.box, "[data-upload-live]");
    this.words = words;
  }

  show(visible: boolean): void {
    this.box.hidden = !visible;
  }

  say(key: string): void {
    this.began = undefined;
    this.text.textContent = this.live.textContent = say(this.words, key);
  }

  progress(bytes: number, size: number): void {
    const now = performance.now();
    this.began ??= { at: now, bytes };
    const speed = (bytes - this.began.bytes) / (now - this.began.at);
    const share = size ? bytes / size : 1;
    const left = speed > 0 ? duration((size - bytes) / speed / 1000) : "";
    this.bar.value = share;
    this.text.textContent = say(this.words, left ? "sending" : "sent", { share: percent(share), time: left });
    if (now - this.spoken > SPEAK_EVERY_MS) {
      this.spoken = now;
      this.live.textContent = this.text.textContent;
    }
  }
}

function showError(form: HTMLFormElement, input: HTMLInputElement, sentence: string): void {
  const box = find<HTMLElement>(form, "[data-upload-error]");
  box.textContent = sentence;
  box.hidden = sentence === "";
  input.setAttribute("aria-invalid", String(sentence !== ""));
  if (sentence) input.focus();
}

/** Waits, but not longer than until the network is back or the person goes on. */
function waitOr(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      window.removeEventListener("online", done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    window.addEventListener("online", done, { once: true });
    signal.addEventListener("abort", done, { once: true });
  });
}

function enhance(form: HTMLFormElement): void {
  const input = find<HTMLInputElement>(form, "input[type=file]");
  const submit = find<HTMLButtonElement>(form, "button[type=submit]");
  const pause = find<HTMLButtonElement>(form, "[data-upload-pause]");
  const cancel = find<HTMLButtonElement>(form, "[data-upload-cancel]");
  const words = wordsOf("upload-words");
  const display = new Display(form, words);
  const { createUrl = "" } = form.dataset;
  let stop = new AbortController();
  let running = false;

  const leaving = (event: BeforeUnloadEvent): void => event.preventDefault();
  const rest = (): void => {
    running = false;
    submit.disabled = input.disabled = false;
    window.removeEventListener("beforeunload", leaving);
  };

  const finish = async (location: string, remembered: string): Promise<void> => {
    display.say("checking");
    pause.disabled = cancel.disabled = true;
    const fields = [...new FormData(form)].filter((entry): entry is [string, string] => typeof entry[1] === "string");
    const body = new URLSearchParams(fields);
    const answer = await sendByXhr({ method: "POST", url: `${location}/finish`, body, signal: stop.signal });
    if (answer.status < 500) localStorage.removeItem(remembered);
    if (answer.status >= 300) throw rejection(answer);
    const { url, error } = JSON.parse(answer.text) as { url?: string; error?: string };
    if (!url) throw new Rejected(error ?? "");
    window.removeEventListener("beforeunload", leaving);
    window.location.assign(url);
  };

  const run = async (file: File): Promise<void> => {
    const remembered = `upload ${createUrl} ${file.name} ${file.size} ${file.lastModified}`;
    stop = new AbortController();
    running = true;
    showError(form, input, "");
    submit.disabled = true;
    pause.disabled = cancel.disabled = false;
    pause.textContent = say(words, "pause");
    display.show(true);
    display.say("starting");
    window.addEventListener("beforeunload", leaving);
    cancel.onclick = () => {
      stop.abort();
      localStorage.removeItem(remembered);
      rest();
      display.show(false);
      input.focus();
    };
    try {
      const location = await upload({
        file,
        createUrl,
        signal: stop.signal,
        send: sendByXhr,
        location: localStorage.getItem(remembered) ?? undefined,
        created: (at) => localStorage.setItem(remembered, at),
        progressed: (bytes) => display.progress(bytes, file.size),
        wait: (milliseconds) => {
          display.say("lost");
          return waitOr(milliseconds, stop.signal);
        },
      });
      await finish(location, remembered);
    } catch (error) {
      if (stop.signal.aborted) return;
      rest();
      display.show(false);
      showError(form, input, (error instanceof Rejected && error.message) || say(words, "failed"));
    }
  };

  pause.addEventListener("click", () => {
    const [file] = input.files ?? [];
    if (running && file) {
      stop.abort();
      running = false;
      display.say("paused");
      pause.textContent = say(words, "go_on");
    } else if (file) void run(file);
  });
  form.addEventListener("submit", (event) => {
    const [file] = input.files ?? [];
    if (!file) return; // the ordinary way says what is missing
    event.preventDefault();
    void run(file);
  });
}

document.querySelectorAll<HTMLFormElement>("form[data-upload]").forEach(enhance);
