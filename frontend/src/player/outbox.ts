/**
 * Reports of what was watched, kept on this device until the server has them.
 *
 * A report is stored first and sent then, in order, at least once; the server knows each by its play session and
 * sequence number, so twice does no harm. What another person left on the same device stays theirs.
 */

import type { Interval } from "./track.ts";

/**
 * One report, as the server reads it. `intervals` and `position` are milliseconds of media time, `wall_ms` how long the
 * clock ran while they were played; `ticket` is the server's own word since when the page can have been playing.
 */
export interface Batch {
  readonly recording: string;
  readonly ticket: string;
  readonly play_session: string;
  readonly sequence: number;
  readonly intervals: readonly Interval[];
  readonly wall_ms: number;
  readonly rate: number;
  readonly position: number;
}

/** `ended` is when the batch ended, by this device's clock; what the server is told is how long ago that was. */
export interface Owed {
  readonly viewer: string;
  readonly url: string;
  readonly batch: Batch;
  readonly ended: number;
}

export interface Store {
  add(owed: Owed): Promise<number>;
  of(viewer: string): Promise<[key: number, owed: Owed][]>;
  remove(key: number): Promise<void>;
}

/** What became of a report: taken or refused for good, or still owed because of the network or the sign-in. */
export type Outcome = "saved" | "waiting" | "signed-out";

/** Answers that will not change however often the report is sent: it is dropped like one that was taken. */
const FINAL = new Set([400, 403, 404, 409, 413, 422]);
const PATIENCE_MS = 30_000;

export class Outbox {
  private readonly store: Store;
  private readonly viewer: string;
  private readonly answered: (url: string, answer: unknown) => void;
  private queue: Promise<Outcome | undefined> = Promise.resolve(undefined);

  constructor(store: Store, viewer: string, answered: (url: string, answer: unknown) => void) {
    this.store = store;
    this.viewer = viewer;
    this.answered = answered;
  }

  /**
   * Keeps the report and sends everything owed. With `leaving` it goes out at once, because the page may not live on;
   * so does one that a full disk refuses to keep.
   */
  async put(url: string, batch: Batch, { leaving = false } = {}): Promise<Outcome | undefined> {
    const owed = { viewer: this.viewer, url, batch, ended: Date.now() };
    const storing = this.store.add(owed).catch(() => undefined);
    if (!leaving && (await storing) !== undefined) return this.drain();
    const outcome = await this.send(owed);
    const key = await storing;
    if (outcome === "saved" && key !== undefined) await this.store.remove(key);
    return outcome;
  }

  /** Sends what is owed, oldest first, until nothing is left or one cannot be sent. Undefined if nothing was owed. */
  drain(): Promise<Outcome | undefined> {
    this.queue = this.queue.then(
      () => this.sendAll(),
      () => this.sendAll(),
    );
    return this.queue;
  }

  private async sendAll(): Promise<Outcome | undefined> {
    let outcome: Outcome | undefined;
    for (const [key, owed] of await this.store.of(this.viewer)) {
      outcome = await this.send(owed);
      if (outcome !== "saved") break;
      await this.store.remove(key);
    }
    return outcome;
  }

  private async send({ url, batch, ended }: Owed): Promise<Outcome> {
    try {
      const response = await fetch(url, {
        method: "POST",
        headers: { "Content-Type": "application/json", Accept: "application/json" },
        body: JSON.stringify({ ...batch, late_ms: Math.max(0, Date.now() - ended) }),
        keepalive: true,
        signal: AbortSignal.timeout(PATIENCE_MS),
      });
      if (response.ok) this.answered(url, await response.json());
      else if (response.status === 401) return "signed-out";
      else if (!FINAL.has(response.status)) return "waiting";
      return "saved";
    } catch {
      return "waiting";
    }
  }
}
