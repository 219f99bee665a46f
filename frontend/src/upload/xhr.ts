/** The browser's way to send, with progress: fetch cannot tell how much of a body has left. */

import type { Answer, Request } from "./tus.ts";

/** A connection on which nothing moved for this long is taken for dead. */
const SILENCE_MS = 60_000;

export function sendByXhr({ method, url, headers = {}, body, signal, sent }: Request): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    let silence: ReturnType<typeof setTimeout>;
    const alive = (): void => {
      clearTimeout(silence);
      silence = setTimeout(() => request.abort(), SILENCE_MS);
    };
    const end = (): void => {
      clearTimeout(silence);
      signal.removeEventListener("abort", stop);
    };
    const stop = (): void => request.abort();
    request.open(method, url);
    request.setRequestHeader("Accept", "application/json");
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.upload.addEventListener("progress", (event) => {
      alive();
      sent?.(event.loaded);
    });
    request.addEventListener("load", () =>
      resolve({
        status: request.status,
        header: (name) => request.getResponseHeader(name),
        text: request.responseText,
      }),
    );
    for (const event of ["error", "abort", "timeout"]) request.addEventListener(event, () => reject(new Error(event)));
    request.addEventListener("loadend", end);
    signal.addEventListener("abort", stop);
    alive();
    request.send(body ?? null);
  });
}
