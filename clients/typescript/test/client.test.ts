import assert from "node:assert/strict";
import { test } from "node:test";

import { InsufficientCredits, Refused, Tallybook, UnexpectedAnswer, Unreachable } from "../src/index.js";
import { Rehearsal, answer, booked, problem } from "./rehearsal.js";

const FLAG = { key: "advanced_ai", type: "boolean", value: true, source: "plan" };

test("a key signs every request, and a platform key names the organization", async () => {
  const rehearsal = new Rehearsal([answer(FLAG), booked]);
  const acme = rehearsal.client().forOrganization("acme-1");

  assert.equal(await acme.isEnabled("advanced_ai", { member: "u_17" }), true);
  await acme.usage.report({ id: "event-1", action: "EXTRACT_TEXT" });

  const [flag, usage] = rehearsal.requests;
  const address = "https://billing.example/api/v1/flags/advanced_ai?organization=acme-1&member=u_17";
  assert.equal(flag?.url.href, address);
  assert.equal(flag?.headers.get("Authorization"), "Bearer tb_key");
  assert.deepEqual(usage?.body, { id: "event-1", organization: "acme-1", action: "EXTRACT_TEXT" });
});

test("a client without credentials, or with two kinds of them, is not made", () => {
  const url = "https://billing.example";
  assert.throws(() => new Tallybook({ url }), TypeError);
  assert.throws(() => new Tallybook({ url, key: "k", clientId: "c", clientSecret: "s" }), TypeError);
});

test("a report is sent again with the same id", async () => {
  const unavailable = problem(503, "temporarily_unavailable", { retryAfter: 0 });
  const rehearsal = new Rehearsal(["no answer", unavailable, booked]);

  await rehearsal.client().usage.report({ action: "EXTRACT_TEXT" });

  assert.equal(rehearsal.requests.length, 3);
  assert.equal(new Set(rehearsal.requests.map(({ body }) => body.id)).size, 1);
});

test("what could be done twice is sent once", async () => {
  const rehearsal = new Rehearsal(["no answer"]);
  const call = { method: "POST", path: "/api/v1/credit-grants", body: {} } as const;

  await assert.rejects(rehearsal.client().request(call), Unreachable);

  assert.equal(rehearsal.requests.length, 1);
});

test("a fraction as a number is refused before it is sent", async () => {
  const rehearsal = new Rehearsal([booked]);

  await assert.rejects(rehearsal.client().usage.report({ feature: "ai_credits", value: 0.1 }), TypeError);

  assert.equal(rehearsal.requests.length, 0);
});

test("a shortage says what is missing and what would help", async () => {
  const shortage = {
    required: "150",
    available: "120.5",
    resets_at: "2026-12-10T08:00:00Z",
    upgrade_url: "https://billing.example/pricing/",
  };
  const rehearsal = new Rehearsal([problem(402, "insufficient_credits", shortage)]);

  await assert.rejects(
    rehearsal.client().usage.report({ action: "GENERATE_REPORT", enforce: true }),
    (error) => {
      assert(error instanceof InsufficientCredits);
      assert.deepEqual([error.required, error.available], ["150", "120.5"]);
      assert.equal(error.resetsAt?.toISOString(), "2026-12-10T08:00:00.000Z");
      assert.equal(error.upgradeUrl, "https://billing.example/pricing/");
      assert.equal(error.requestId, "request-1");
      return true;
    },
  );
});

test("a page where the API should be is said to be one", async () => {
  const rehearsal = new Rehearsal([() => new Response("<h1>Welcome</h1>")]);

  await assert.rejects(rehearsal.client().flag("advanced_ai"), UnexpectedAnswer);
});

test("a flag has its default while nothing answers, but not when it is unknown", async () => {
  const silent = new Rehearsal(["no answer"]).client({ retries: 0 });
  const unknown = new Rehearsal([problem(404, "flag_not_found")]).client();

  assert.equal(await silent.isEnabled("advanced_ai"), false);
  assert.equal(await silent.isEnabled("advanced_ai", { otherwise: true }), true);
  await assert.rejects(unknown.isEnabled("advnaced_ai", { otherwise: true }), { status: 404 });
});

const machine = { clientId: "key_1", clientSecret: "secret" };

function token(text: string, seconds = 3600) {
  return answer({ access_token: text, expires_in: seconds });
}

test("a token is fetched once for all who ask, and used until it ends", async () => {
  const rehearsal = new Rehearsal([token("first"), answer(FLAG)]);
  const client = rehearsal.client(machine);

  await Promise.all([client.flag("advanced_ai"), client.forOrganization("acme-1").flag("advanced_ai")]);

  assert.deepEqual(rehearsal.paths.filter((path) => path === "/oauth2/token").length, 1);
  const body = "grant_type=client_credentials&client_id=key_1&client_secret=secret";
  assert.equal(rehearsal.requests[0]?.text, body);
  assert.equal(rehearsal.requests[2]?.headers.get("Authorization"), "Bearer first");
});

test("a token that ends or is refused is renewed", async () => {
  const refused = problem(401, "unauthenticated");
  const script = [token("first", 20), answer(FLAG), token("second"), refused, token("third"), answer(FLAG)];
  const rehearsal = new Rehearsal(script);
  const client = rehearsal.client(machine);

  await client.flag("advanced_ai");
  await client.flag("advanced_ai");

  const signatures = rehearsal.requests.map(({ headers }) => headers.get("Authorization"));
  assert.deepEqual(signatures.filter(Boolean), ["Bearer first", "Bearer second", "Bearer third"]);
});

test("a client that is not known is refused", async () => {
  const rehearsal = new Rehearsal([answer({ error: "invalid_client" }, 401)]);

  await assert.rejects(rehearsal.client(machine).flag("advanced_ai"), (error) => {
    assert(error instanceof Refused);
    assert.equal(error.code, "invalid_client");
    return true;
  });
});
