import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { test } from "node:test";

import { InvalidWebhook, verifyWebhook } from "../src/index.js";

const KEY = Buffer.from("a secret of thirty-two bytes....");
const SECRET = `whsec_${KEY.toString("base64")}`;
const NOW = new Date("2026-11-22T18:24:30Z");
const BODY = JSON.stringify({
  type: "subscription.updated",
  timestamp: "2026-11-22T18:24:28Z",
  data: { organization: { id: "org_1", external_id: "acme-1" }, plan: "professional" },
});

function signed(body: string, { age = 0, key = KEY } = {}): Record<string, string> {
  const timestamp = String(NOW.getTime() / 1_000 - age);
  const signature = createHmac("sha256", key).update(`evt_1.${timestamp}.${body}`).digest("base64");
  return {
    "Webhook-Id": "evt_1",
    "Webhook-Timestamp": timestamp,
    "Webhook-Signature": `v1,${signature}`,
  };
}

test("an event of ours can be read, from plain headers and from those of fetch", async () => {
  for (const headers of [signed(BODY), new Headers(signed(BODY))]) {
    const event = await verifyWebhook(Buffer.from(BODY), headers, SECRET, NOW);

    assert.deepEqual([event.id, event.type], ["evt_1", "subscription.updated"]);
    assert.deepEqual(event.organization, { id: "org_1", external_id: "acme-1" });
    assert.equal(event.data.plan, "professional");
  }
});

test("during a rotation either signature is good", async () => {
  const other = signed(BODY, { key: Buffer.from("another") })["Webhook-Signature"];
  const headers = signed(BODY);
  const both = { ...headers, "Webhook-Signature": `${other} ${headers["Webhook-Signature"]}` };

  assert.equal((await verifyWebhook(BODY, both, SECRET, NOW)).id, "evt_1");
});

const wrong: Record<string, [string | Uint8Array, Record<string, string>]> = {
  "another body": [`${BODY} `, signed(BODY)],
  "another secret": [BODY, signed(BODY, { key: Buffer.from("another") })],
  "too old": [BODY, signed(BODY, { age: 301 })],
  "from the future": [BODY, signed(BODY, { age: -301 })],
  "no headers": [BODY, {}],
  "a signature that is none": [BODY, { ...signed(BODY), "Webhook-Signature": "v1,%%% v1 nonsense" }],
  "a time that is none": [BODY, { ...signed(BODY), "Webhook-Timestamp": "yesterday" }],
  "not UTF-8": [new Uint8Array([0xff, 0xfe]), signed("")],
  "not JSON": ["not JSON", signed("not JSON")],
  "not an event": ["[]", signed("[]")],
};

for (const [name, [body, headers]] of Object.entries(wrong)) {
  test(`what is not signed by us just now, or cannot be read, is refused: ${name}`, async () => {
    await assert.rejects(verifyWebhook(body, headers, SECRET, NOW), InvalidWebhook);
  });
}
