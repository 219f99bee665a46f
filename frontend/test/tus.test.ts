import assert from "node:assert/strict";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, test } from "node:test";
import { CHUNK_BYTES, Rejected, upload, type Answer, type Request } from "../src/upload/tus.ts";

/** A server that keeps uploads as the protocol asks; a test makes it stumble through `disturb`. */
class Receiver {
  readonly server: Server;
  readonly uploads = new Map<string, { length: number; metadata: string; parts: Buffer[] }>();
  readonly seen: string[] = [];
  disturb: (method: string, count: number) => number | "cut" | undefined = () => undefined;

  constructor() {
    this.server = createServer(async (request, response) => {
      const { method = "", url = "" } = request;
      this.seen.push(method);
      const trouble = this.disturb(method, this.seen.filter((name) => name === method).length);
      const upload = this.uploads.get(url);
      if (trouble === "cut") {
        const half = await firstBytes(request);
        upload?.parts.push(half);
        request.socket.destroy();
        return;
      }
      const body = await whole(request);
      if (trouble)
        response.writeHead(trouble, { "Content-Type": "application/json" }).end('{"error":"The file is not a video."}');
      else if (method === "POST") {
        const location = `/uploads/${this.uploads.size + 1}`;
        const { "upload-length": length, "upload-metadata": metadata } = request.headers;
        this.uploads.set(location, { length: Number(length), metadata: String(metadata), parts: [] });
        response.writeHead(201, { Location: this.at(location) }).end();
      } else if (!upload) response.writeHead(404).end();
      else {
        const offset = (): string => String(Buffer.concat(upload.parts).length);
        if (method === "PATCH" && request.headers["upload-offset"] !== offset()) return response.writeHead(409).end();
        upload.parts.push(body);
        response.writeHead(method === "HEAD" ? 200 : 204, { "Upload-Offset": offset() }).end();
      }
    });
  }

  at(path: string): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}${path}`;
  }

  received(location: string): Buffer {
    return Buffer.concat(this.uploads.get(new URL(location).pathname)?.parts ?? []);
  }
}

async function whole(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

function firstBytes(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve) => request.once("data", resolve));
}

async function sendByFetch({ method, url, headers = {}, body, signal }: Request): Promise<Answer> {
  const response = await fetch(url, { method, headers, body: body ?? null, signal });
  return { status: response.status, header: (name) => response.headers.get(name), text: await response.text() };
}

describe("an upload", () => {
  const bytes = Buffer.alloc(CHUNK_BYTES * 2 + 12_345, "recording ");
  const file = new File([bytes], "講義 2.mp4");
  let receiver: Receiver;

  beforeEach(async () => {
    receiver = new Receiver();
    await new Promise<void>((ready) => receiver.server.listen(0, "127.0.0.1", ready));
  });
  afterEach(() => {
    receiver.server.closeAllConnections();
    receiver.server.close();
  });

  function job(given: Partial<Parameters<typeof upload>[0]> = {}) {
    const waits: number[] = [];
    const progress: number[] = [];
    const wait = async (milliseconds: number): Promise<void> => void waits.push(milliseconds);
    const location: string | undefined = undefined;
    const { signal } = new AbortController();
    const created = (): void => undefined;
    const progressed = (sent: number): void => void progress.push(sent);
    const createUrl = receiver.at("/uploads");
    return {
      waits,
      progress,
      file,
      createUrl,
      location,
      signal,
      send: sendByFetch,
      created,
      progressed,
      wait,
      ...given,
    };
  }

  test("arrives whole, in pieces, under its name", async () => {
    const location = await upload(job());

    assert.deepEqual(receiver.seen, ["POST", "PATCH", "PATCH", "PATCH"]);
    assert.equal(receiver.received(location).equals(bytes), true);
    const { length, metadata } = receiver.uploads.get("/uploads/1") ?? {};
    assert.equal(length, bytes.length);
    assert.equal(metadata, `filename ${Buffer.from("講義 2.mp4").toString("base64")}`);
  });

  test("goes on where the line was cut, waiting longer each time", async () => {
    receiver.disturb = (method, count) =>
      method === "PATCH" && count === 2 ? "cut" : method === "HEAD" && count < 3 ? 503 : undefined;
    const broken = job();

    const location = await upload(broken);

    assert.equal(receiver.received(location).equals(bytes), true);
    assert.deepEqual(broken.waits, [1000, 2000, 4000]);
    assert.equal(receiver.uploads.size, 1);
  });

  test("goes on after a reload", async () => {
    const leave = new AbortController();
    let location = "";
    const first = job({
      signal: leave.signal,
      created: (at) => (location = at),
      progressed: (sent) => sent >= CHUNK_BYTES && leave.abort(),
    });
    await assert.rejects(upload(first), { name: "AbortError" });
    receiver.seen.length = 0;

    await upload(job({ location }));

    assert.deepEqual(receiver.seen, ["HEAD", "PATCH", "PATCH"]);
    assert.equal(receiver.received(location).equals(bytes), true);
  });

  test("begins anew when the server has forgotten it", async () => {
    const location = await upload(job({ location: receiver.at("/uploads/99") }));

    assert.deepEqual(receiver.seen.slice(0, 2), ["HEAD", "POST"]);
    assert.equal(receiver.received(location).equals(bytes), true);
  });

  test("stops with the server's sentence when it is refused", async () => {
    receiver.disturb = (method) => (method === "POST" ? 422 : undefined);

    await assert.rejects(upload(job()), new Rejected("The file is not a video."));
  });

  test("tells its progress up to the end", async () => {
    const watched = job();

    await upload(watched);

    assert.deepEqual(watched.progress, [0, CHUNK_BYTES, CHUNK_BYTES * 2, bytes.length]);
  });
});
