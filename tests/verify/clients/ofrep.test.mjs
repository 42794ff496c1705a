// OpenFeature's own client for Node, which knows nothing of us, evaluates our flags.

import assert from "node:assert/strict";
import { test } from "node:test";

import { OFREPProvider } from "@openfeature/ofrep-provider";
import { ErrorCode, OpenFeature, StandardResolutionReasons } from "@openfeature/server-sdk";

const { TALLYBOOK_URL: url, PLATFORM_API_KEY: platformKey, ORG_API_KEY: ownKey, ORG_ID: orgCode } = process.env;

async function clientWith(secret, baseUrl = url) {
  const provider = new OFREPProvider({ baseUrl, headers: [["Authorization", `Bearer ${secret}`]] });
  await OpenFeature.setProviderAndWait(secret + baseUrl, provider);
  return OpenFeature.getClient(secret + baseUrl);
}

async function override(value, member) {
  const response = await fetch(`${url}/api/v1/flags/advanced_ai`, {
    method: "PUT",
    headers: { "Authorization": `Bearer ${platformKey}`, "Content-Type": "application/json" },
    body: JSON.stringify({ organization: orgCode, value, member }),
  });
  assert.equal(response.status, 200);
}

const organization = { targetingKey: orgCode, plan_we_think: "x", attempts: 3 };

test("a flag has the value of the organization, or of the person", async () => {
  const client = await clientWith(platformKey);
  await override(false);
  await override(true, "u_17");
  assert.equal(await client.getBooleanValue("advanced_ai", true, organization), false);
  const own = await client.getBooleanDetails("advanced_ai", false, { ...organization, member: "u_17" });
  assert.equal(own.value, true);
  assert.equal(own.variant, "user");
  assert.equal(own.reason, StandardResolutionReasons.TARGETING_MATCH);
  assert.equal(own.flagMetadata.source, "user");
});

test("an organization's key speaks of its own", async () => {
  const client = await clientWith(ownKey);
  await override(true);
  assert.equal(await client.getBooleanValue("advanced_ai", false), true);
});

test("a metered feature is what is left of it", async () => {
  const client = await clientWith(platformKey);
  const left = await client.getObjectValue("ai_credits", {}, organization);
  assert.equal(typeof left.used, "number");
  assert.ok(left.included > 0);
});

test("what cannot be evaluated is the default of the app, and says why", async () => {
  const client = await clientWith(platformKey);
  const cases = [
    ["nothing", organization, ErrorCode.FLAG_NOT_FOUND],
    ["ai_credits", organization, ErrorCode.TYPE_MISMATCH],
    ["advanced_ai", {}, ErrorCode.TARGETING_KEY_MISSING],
    ["advanced_ai", { targetingKey: "nobody" }, ErrorCode.GENERAL],
  ];
  for (const [key, context, errorCode] of cases) {
    const details = await client.getBooleanDetails(key, true, context);
    assert.deepEqual([details.value, details.errorCode], [true, errorCode], key);
  }
});

test("so it is where nobody answers", async () => {
  const client = await clientWith(platformKey, "http://127.0.0.1:9");
  const details = await client.getBooleanDetails("advanced_ai", true, organization);
  assert.deepEqual([details.value, details.reason], [true, StandardResolutionReasons.ERROR]);
});
