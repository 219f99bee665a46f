/** Keeps a progress bar up to date and shows the finished page when the work is done. */

const EVERY_MS = 2000;

interface Progress {
  readonly share: number | null;
  readonly done: boolean;
  readonly text: string;
}

export function poll(box: HTMLElement): void {
  const bar = box.querySelector("progress");
  const text = box.querySelector("[data-progress-text]");
  const ask = async (): Promise<void> => {
    try {
      const response = await fetch(box.dataset.progressUrl ?? "", { headers: { Accept: "application/json" } });
      const now = (await response.json()) as Progress;
      if (now.done) return location.reload();
      if (bar && now.share !== null) bar.value = now.share;
      if (text && now.text) text.textContent = now.text;
    } catch {
      // The line is down or the server restarts: asking again is all there is to do.
    }
    setTimeout(ask, EVERY_MS);
  };
  setTimeout(ask, EVERY_MS);
}
