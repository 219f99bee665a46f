import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, test } from "node:test";
import { Outbox, type Batch } from "../src/player/outbox.ts";
import { MemoryStore } from "../src/player/store.ts";

function batch(sequence: number): Batch {
  const played = { intervals: [[0, 1000]] as const, wall_ms: 1000, rate: 1, position: 1000 };
  return { recording: "r", ticket: "t", play_session: "s", sequence, ...played };
}

describe("the outbox", () => {
  let server: Server;
  let url: string;
  let status: number;
  let arrived: number[];
  let late: number[];
  let answers: unknown[];
  let store: MemoryStore;

  const outboxOf = (viewer: string): Outbox => new Outbox(store, viewer, (_, answer) => answers.push(answer));
  const left = async (viewer: string): Promise<number[]> =>
    (await store.of(viewer)).map(([, owed]) => owed.batch.sequence);

  beforeEach(async () => {
    [status, arrived, late, answers, store] = [200, [], [], [], new MemoryStore()];
    server = createServer(async (request, response) => {
      let body = "";
      for await (const part of request) body += String(part);
      if (status === 0) return request.socket.destroy();
      const report = JSON.parse(body) as Batch & { late_ms: number };
      arrived.push(report.sequence);
      late.push(report.late_ms);
      response.writeHead(status, { "Content-Type": "application/json" }).end('{"share":0.5}');
    });
    await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/courses/basic-2/watched`;
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  test("sends a report and hands on the answer", async () => {
    const outcome = await outboxOf("a").put(url, batch(1));

    assert.equal(outcome, "saved");
    assert.deepEqual(arrived, [1]);
    assert.deepEqual(answers, [{ share: 0.5 }]);
    assert.deepEqual(await left("a"), []);
  });

  test("keeps reports while the network is down and sends them in order", async () => {
    const outbox = outboxOf("a");
    status = 0;
    assert.equal(await outbox.put(url, batch(1)), "waiting");
    assert.equal(await outbox.put(url, batch(2)), "waiting");

    status = 200;
    const outcome = await outbox.drain();

    assert.equal(outcome, "saved");
    assert.deepEqual(arrived, [1, 2]);
    assert.deepEqual(await left("a"), []);
  });

  test("says at each sending how long ago the batch ended", async () => {
    const [outbox, begun] = [outboxOf("a"), Date.now()];
    status = 500;
    await outbox.put(url, batch(1));
    await new Promise((passed) => setTimeout(passed, 60));

    status = 200;
    await outbox.drain();

    const [first = NaN, again = NaN] = late;
    assert.ok(first >= 0 && first < 50, `${first} ms at once`);
    assert.ok(again >= 60 && again <= Date.now() - begun, `${again} ms later`);
  });

  for (const [code, outcome] of [
    [401, "signed-out"],
    [500, "waiting"],
    [503, "waiting"],
    [429, "waiting"],
  ] as const) {
    test(`keeps a report answered by ${code}`, async () => {
      status = code;

      assert.equal(await outboxOf("a").put(url, batch(1)), outcome);
      assert.deepEqual(await left("a"), [1]);
    });
  }

  for (const code of [403, 404, 409, 422]) {
    test(`drops a report answered by ${code}`, async () => {
      status = code;

      assert.equal(await outboxOf("a").put(url, batch(1)), "saved");
      assert.deepEqual(await left("a"), []);
    });
  }

  test("leaves alone what another person left on the device", async () => {
    status = 0;
    await outboxOf("a").put(url, batch(1));

    status = 200;
    assert.equal(await outboxOf("b").drain(), undefined);

    assert.deepEqual(await left("a"), [1]);
  });

  test("sends at once when the page is left, and keeps what did not get through", async () => {
    status = 0;
    await outboxOf("a").put(url, batch(1), { leaving: true });
    assert.deepEqual(await left("a"), [1]);

    status = 200;
    await outboxOf("a").put(url, batch(2), { leaving: true });

    assert.deepEqual(arrived, [2]);
    assert.deepEqual(await left("a"), [1]);
  });
});
