/**
 * Saves a long form while it is filled in.
 *
 * `form[data-autosave-url][data-autosave-stamp][data-viewer]`: after a pause in typing the form is posted there; of the
 * answer `{"stamp": "…", "text": "Saved at 21:34"}` the text is shown in `[data-autosave-status]`. What is not saved yet
 * stays on this device. A copy is put back only for the same person and the same stamp, so an answer changed elsewhere
 * in the meantime, or already sent in, is never overwritten by an old copy.
 */

const PAUSE_MS = 1500;
const TRY_AGAIN_MS = 15_000;

interface Saved {
  readonly stamp: string;
  readonly text: string;
}

type Entries = [name: string, value: string][];

function entriesOf(form: HTMLFormElement): Entries {
  return [...new FormData(form)].filter((entry): entry is [string, string] => typeof entry[1] === "string");
}

function putBack(form: HTMLFormElement, entries: Entries): void {
  for (const field of form.elements as Iterable<Element> as Iterable<HTMLInputElement>) {
    const values = entries.filter(([name]) => name === field.name).map(([, value]) => value);
    if (/checkbox|radio/.test(field.type)) field.checked = values.includes(field.value);
    else if (values[0] !== undefined && !/hidden|submit/.test(field.type)) field.value = values[0];
  }
}

export function autosave(form: HTMLFormElement): void {
  const { autosaveUrl: url = "", viewer = "" } = form.dataset;
  const status = form.querySelector<HTMLElement>("[data-autosave-status]");
  const kept = `autosave ${viewer} ${url}`;
  let stamp = form.dataset.autosaveStamp ?? "";
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tell = (text = ""): void => {
    if (status) status.textContent = text;
  };
  const later = (wait: number): void => {
    clearTimeout(timer);
    timer = setTimeout(() => void save(), wait);
  };
  const save = async (): Promise<void> => {
    const sent = JSON.stringify(entriesOf(form));
    try {
      const body = new URLSearchParams(entriesOf(form));
      const response = await fetch(url, {
        method: "POST",
        body,
        headers: { Accept: "application/json" },
        keepalive: true,
      });
      if (!response.ok) throw response;
      const saved = (await response.json()) as Saved;
      stamp = saved.stamp;
      tell(saved.text);
      if (JSON.stringify(entriesOf(form)) === sent) localStorage.removeItem(kept);
    } catch {
      tell(status?.dataset.offline);
      later(TRY_AGAIN_MS);
    }
  };

  const copy = JSON.parse(localStorage.getItem(kept) ?? "null") as { stamp: string; entries: Entries } | null;
  if (copy?.stamp === stamp) {
    putBack(form, copy.entries);
    later(0);
  } else localStorage.removeItem(kept);
  form.addEventListener("input", () => {
    localStorage.setItem(kept, JSON.stringify({ stamp, entries: entriesOf(form) }));
    later(PAUSE_MS);
  });
  form.addEventListener("submit", () => clearTimeout(timer));
  // Enter in a line of text would send a long form that is not finished.
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.target as Element).matches("input")) event.preventDefault();
  });
  window.addEventListener("online", () => {
    if (localStorage.getItem(kept)) later(0);
  });
}
