import assert from "node:assert/strict";
import { test } from "node:test";

import { HoldEnded, InsufficientCredits } from "../src/index.js";
import { Rehearsal, answer, booked, problem } from "./rehearsal.js";

const TAKEN = answer({ id: "hold_1", key: "job-1", status: "open", credits: "150" }, 201);
const SETTLED = answer({ usage: { id: "job-1", outcome: "accepted", credits: "100" }, hold: {} });
const RELEASED = answer({ id: "hold_1", status: "released" });

test("a hold is settled for what was used", async () => {
  const rehearsal = new Rehearsal([TAKEN, SETTLED]);
  const order = { id: "job-1", action: "GENERATE_REPORT", quantity: 3 };

  const receipt = await rehearsal.client().withHold(order, (hold) => hold.settle({ quantity: 2 }));

  assert.equal(receipt.credits, "100");
  assert.deepEqual(rehearsal.paths, ["/api/v1/holds", "/api/v1/holds/hold_1/settle"]);
  assert.deepEqual(rehearsal.requests.map(({ body }) => body), [order, { quantity: 2 }]);
});

for (const [order, settlement] of [
  [{ action: "GENERATE_REPORT", quantity: 3 }, { quantity: 3 }],
  [{ action: "GENERATE_REPORT" }, { quantity: 1 }],
  [{ feature: "ai_credits", value: "12.5" }, { value: "12.5" }],
] as const) {
  test(`a hold that nobody settled is settled for what was asked for: ${JSON.stringify(order)}`, async () => {
    const rehearsal = new Rehearsal([TAKEN, SETTLED]);

    assert.equal(await rehearsal.client().withHold(order, async () => "done"), "done");

    assert.deepEqual(rehearsal.requests[1]?.body, settlement);
  });
}

test("work that fails returns the credits and its own error", async () => {
  const rehearsal = new Rehearsal([TAKEN, RELEASED]);
  const client = rehearsal.client({ organization: "acme-1" });
  const work = async () => Promise.reject(new RangeError("the work"));

  await assert.rejects(client.withHold({ action: "GENERATE_REPORT" }, work), RangeError);

  assert.equal(rehearsal.paths[1], "/api/v1/holds/hold_1/release");
  assert.deepEqual(rehearsal.requests[1]?.body, { organization: "acme-1" });
});

test("the error of the work is heard although the release failed", async () => {
  const client = new Rehearsal([TAKEN, "no answer"]).client({ retries: 0 });
  const work = async () => Promise.reject(new RangeError("the work"));

  await assert.rejects(client.withHold({ action: "GENERATE_REPORT" }, work), RangeError);
});

test("without credits the work does not begin", async () => {
  const rehearsal = new Rehearsal([problem(402, "insufficient_credits")]);
  const work = async () => assert.fail("it began");

  await assert.rejects(
    rehearsal.client().withHold({ action: "GENERATE_REPORT" }, work),
    InsufficientCredits,
  );
});

test("work that took longer than the hold is booked as plain usage", async () => {
  const rehearsal = new Rehearsal([TAKEN, problem(409, "hold_ended"), booked]);
  const order = { id: "job-1", action: "GENERATE_REPORT", quantity: 3, member: "u_17" };

  await rehearsal.client().withHold(order, (hold) => hold.settle({ quantity: 2 }));

  assert.equal(rehearsal.paths[2], "/api/v1/usage");
  assert.deepEqual(rehearsal.requests[2]?.body, { ...order, quantity: 2 });
});

test("an id whose hold is over does not let the work begin", async () => {
  const rehearsal = new Rehearsal([RELEASED]);

  await assert.rejects(rehearsal.client().hold({ id: "job-1" }), HoldEnded);
});
