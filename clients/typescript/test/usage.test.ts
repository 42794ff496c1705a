import assert from "node:assert/strict";
import { test } from "node:test";

import { BufferFull, UsageBuffer } from "../src/index.js";
import type { RefusedEvent } from "../src/index.js";
import { Rehearsal, answer, booked, problem } from "./rehearsal.js";

const NEVER = { maxAgeMs: 3_600_000, maxPauseMs: 1 };

function bufferOf(rehearsal: Rehearsal, options = {}): UsageBuffer {
  return new UsageBuffer(rehearsal.client({ retries: 0 }).usage, { ...NEVER, ...options });
}

test("events are sent in batches, in their order", async () => {
  const rehearsal = new Rehearsal([booked]);
  const buffer = bufferOf(rehearsal, { maxBatch: 3 });

  for (let number = 0; number < 7; number++) buffer.report({ id: `event-${number}` });
  assert.equal(await buffer.flush(), true);

  const names = ["event-0", "event-1", "event-2", "event-3", "event-4", "event-5", "event-6"];
  assert.deepEqual(rehearsal.batches, [names.slice(0, 3), names.slice(3, 6), names.slice(6)]);
  assert.deepEqual(buffer.unsent, []);
});

test("what has waited long enough is sent without being asked", async () => {
  const heard = new Promise<void>((resolve) => {
    const rehearsal = new Rehearsal([(request) => (resolve(), booked(request))]);
    bufferOf(rehearsal, { maxAgeMs: 1 }).report({ action: "EXTRACT_TEXT" });
  });
  const awake = setInterval(() => undefined, 1_000);

  await heard.finally(() => clearInterval(awake));
});

for (const [name, failure] of [
  ["no answer", "no answer"],
  ["429", problem(429, "too_many_requests", { retryAfter: 0 })],
  ["503", problem(503, "temporarily_unavailable")],
  ["401", problem(401, "unauthenticated")],
] as const) {
  test(`what could not be delivered is sent again unchanged: ${name}`, async () => {
    const rehearsal = new Rehearsal([failure, failure, booked]);
    const buffer = bufferOf(rehearsal);

    buffer.report({ action: "EXTRACT_TEXT" });
    assert.deepEqual(await buffer.close(), []);

    const [first, second, third] = rehearsal.requests.map(({ text }) => text);
    assert.equal(first, second);
    assert.equal(second, third);
    assert.notEqual(buffer.lastFailure, null);
  });
}

test("an event that is refused keeps no other back and is told", async () => {
  const told: RefusedEvent[] = [];
  const results = [
    { id: "event-1", outcome: "accepted" },
    { id: "event-2", outcome: "rejected", reason: "unknown_action" },
    { id: "event-3", outcome: "conflict", reason: "other_content" },
  ];
  const buffer = bufferOf(new Rehearsal([answer({ results })]), {
    onRefused: (refused: RefusedEvent) => told.push(refused),
  });

  for (const { id } of results) buffer.report({ id });
  assert.deepEqual(await buffer.close(), []);

  assert.deepEqual(buffer.refused, told);
  assert.deepEqual(
    told.map(({ event, reason }) => [event.id, reason]),
    [
      ["event-2", "unknown_action"],
      ["event-3", "other_content"],
    ],
  );
});

test("a batch that cannot be read is halved until the wrong event stands alone", async () => {
  const tooLarge = problem(413, "body_too_large");
  const rehearsal = new Rehearsal([
    (request) => (request.text.includes("event-2") ? tooLarge(request) : booked(request)),
  ]);
  const buffer = bufferOf(rehearsal);

  for (let number = 0; number < 4; number++) buffer.report({ id: `event-${number}` });
  await buffer.close();

  assert.deepEqual(rehearsal.batches, [
    ["event-0", "event-1", "event-2", "event-3"],
    ["event-0", "event-1"],
    ["event-2", "event-3"],
    ["event-2"],
    ["event-3"],
  ]);
  assert.deepEqual(buffer.refused.map(({ event }) => event.id), ["event-2"]);
});

test("a full buffer and a closed one refuse instead of dropping", async () => {
  const rehearsal = new Rehearsal([booked]);
  const buffer = bufferOf(rehearsal, { maxUnsent: 1 });

  buffer.report({ id: "event-1" });
  assert.throws(() => buffer.report({ id: "event-2" }), BufferFull);
  await buffer.close();
  assert.throws(() => buffer.report({ id: "event-3" }), BufferFull);

  assert.deepEqual(rehearsal.batches, [["event-1"]]);
});

test("closing ends in time and returns what could not be sent", async () => {
  const buffer = bufferOf(new Rehearsal(["no answer"]));

  const id = buffer.report({ action: "EXTRACT_TEXT" });

  assert.deepEqual((await buffer.close({ timeoutMs: 30 })).map((event) => event.id), [id]);
});
