/**
 * Sends a large file in pieces and goes on after a break where the server stands (tus 1.0, core protocol and creation).
 *
 * How bytes leave is an argument: the browser's way tells its progress, a test has another.
 */

export interface Answer {
  readonly status: number;
  header(name: string): string | null;
  readonly text: string;
}

export interface Request {
  readonly method: "POST" | "HEAD" | "PATCH";
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Blob | URLSearchParams;
  readonly signal: AbortSignal;
  /** Called with the bytes of the body that have left. */
  readonly sent?: (bytes: number) => void;
}

/** Resolves with the server's answer, rejects when none came. */
export type Send = (request: Request) => Promise<Answer>;

export interface Upload {
  readonly file: File;
  readonly createUrl: string;
  /** Where an earlier try of the same file stands, if there was one. */
  readonly location: string | undefined;
  readonly signal: AbortSignal;
  readonly send: Send;
  readonly created: (location: string) => void;
  readonly progressed: (bytes: number) => void;
  /** The line broke; called before each new try with the milliseconds until then. Resolves when it is time. */
  readonly wait: (milliseconds: number) => Promise<void>;
}

/** The server said no for good; `message` is its sentence, or empty. */
export class Rejected extends Error {}

export const CHUNK_BYTES = 8 * 1024 * 1024;
const VERSION = { "Tus-Resumable": "1.0.0" };
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 30_000;
/** Answers after which another try may succeed: the offset moved, too many at once, or the server is troubled. */
const PASSING = new Set([409, 423, 429]);
const GONE = new Set([404, 410]);

function base64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}

export function rejection(answer: Answer): Rejected {
  try {
    return new Rejected((JSON.parse(answer.text) as { error?: string }).error ?? "");
  } catch {
    return new Rejected("");
  }
}

async function create({ file, createUrl, signal, send, created }: Upload): Promise<string> {
  const headers = {
    ...VERSION,
    "Upload-Length": String(file.size),
    "Upload-Metadata": `filename ${base64(file.name)}`,
  };
  const answer = await send({ method: "POST", url: createUrl, headers, signal });
  const location = answer.header("Location");
  if (answer.status !== 201 || !location) return failed(answer);
  created(location);
  return location;
}

function failed(answer: Answer): never {
  if (answer.status >= 500 || PASSING.has(answer.status)) throw new Error(`answered ${answer.status}`);
  throw rejection(answer);
}

/** How many bytes the server holds, or undefined if it knows nothing of this upload any more. */
async function offsetOf(location: string, { signal, send }: Upload): Promise<number | undefined> {
  const answer = await send({ method: "HEAD", url: location, headers: VERSION, signal });
  if (GONE.has(answer.status)) return undefined;
  if (answer.status >= 400) failed(answer);
  return Number(answer.header("Upload-Offset"));
}

async function sendChunk(
  location: string,
  offset: number,
  { file, signal, send, progressed }: Upload,
): Promise<number> {
  const body = file.slice(offset, offset + CHUNK_BYTES);
  const headers = { ...VERSION, "Upload-Offset": String(offset), "Content-Type": "application/offset+octet-stream" };
  const answer = await send({
    method: "PATCH",
    url: location,
    headers,
    body,
    signal,
    sent: (bytes) => progressed(offset + bytes),
  });
  if (GONE.has(answer.status)) throw new Error("forgotten"); // the next look at the offset finds out and starts anew
  if (answer.status >= 300) failed(answer);
  return Number(answer.header("Upload-Offset"));
}

/** Sends the whole file; resolves with its location, rejects with `Rejected` or, when stopped, the signal's reason. */
export async function upload(job: Upload): Promise<string> {
  let { location } = job;
  let offset: number | undefined;
  let pause = FIRST_WAIT_MS;
  while (offset !== job.file.size) {
    try {
      if (offset === undefined && location) offset = await offsetOf(location, job);
      if (offset === undefined) {
        location = await create(job);
        offset = 0;
      }
      job.progressed(offset);
      if (location && offset < job.file.size) offset = await sendChunk(location, offset, job);
      pause = FIRST_WAIT_MS;
    } catch (error) {
      job.signal.throwIfAborted();
      if (error instanceof Rejected) throw error;
      await job.wait(pause);
      job.signal.throwIfAborted();
      pause = Math.min(pause * 2, LONGEST_WAIT_MS);
      offset = undefined;
    }
  }
  job.progressed(job.file.size);
  return location ?? "";
}
