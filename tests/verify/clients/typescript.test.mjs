// Our own client for TypeScript, over a network that loses every second answer.

import assert from "node:assert/strict";
import { test } from "node:test";

import { InsufficientCredits, Refused, Tallybook, UsageBuffer } from "../../../clients/typescript/dist/src/index.js";

const { TALLYBOOK_URL: url, PLATFORM_API_KEY: key, ORG_ID: organization } = process.env;
const northwind = new Tallybook({ url, key, organization });

async function used() {
  return Number((await northwind.entitlement("ai_credits")).used);
}

test("events count once though answers are lost", async () => {
  let count = 0;
  async function unreliable(input, init) {
    const response = await fetch(input, init);
    count += 1;
    if (count % 2 === 1) throw new TypeError("the answer was lost");
    return response;
  }
  const client = new Tallybook({ url, key, organization, retries: 0, fetch: unreliable });
  const buffer = new UsageBuffer(client.usage, { maxBatch: 20, maxPauseMs: 10 });
  const before = await used();

  for (let number = 0; number < 100; number++) buffer.report({ action: "EXTRACT_TEXT" });
  assert.deepEqual(await buffer.close({ timeoutMs: 60_000 }), []);

  assert.deepEqual(buffer.refused, []);
  assert.equal((await used()) - before, 100 * 5);
});

test("a hold is settled for what was used, and work that fails takes nothing", async () => {
  const before = await used();
  const order = { action: "GENERATE_REPORT", quantity: 3 };

  const receipt = await northwind.withHold(order, (hold) => hold.settle({ quantity: 2 }));
  await assert.rejects(
    northwind.withHold(order, () => Promise.reject(new RangeError("the work"))),
    RangeError,
  );

  assert.equal(receipt.credits, "100");
  assert.equal((await used()) - before, 100);
});

test("what cannot be covered is refused with what is missing", async () => {
  const refused = (error) => {
    assert(error instanceof InsufficientCredits);
    assert(Number(error.required) > Number(error.available));
    return true;
  };

  const million = { action: "GENERATE_REPORT", quantity: 1_000_000, enforce: true };

  await assert.rejects(northwind.forOrganization("strict").usage.report(million), refused);
});

test("flags answer for the plan", async () => {
  assert.equal(await northwind.isEnabled("advanced_ai"), true);
  assert.equal(await northwind.forOrganization("strict").isEnabled("advanced_ai"), false);
});

test("a machine signs in with client credentials, and not with a wrong secret", async () => {
  const { OAUTH_CLIENT_ID: clientId, OAUTH_CLIENT_SECRET: clientSecret } = process.env;

  const machine = new Tallybook({ url, clientId, clientSecret, organization });
  assert.equal(await machine.isEnabled("advanced_ai"), true);

  const forged = new Tallybook({ url, clientId, clientSecret: "wrong", organization });
  await assert.rejects(forged.isEnabled("advanced_ai"), Refused);
});
