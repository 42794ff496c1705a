// Kinde's own client for JavaScript, and the calls that apps make by hand, with another domain and other credentials.

import assert from "node:assert/strict";
import { test } from "node:test";

import {
  ApiKeys,
  BillingAgreements,
  BillingEntitlements,
  BillingMeterUsage,
  init,
  Organizations,
  Users,
  Webhooks,
} from "@kinde/management-api-js";

const {
  TALLYBOOK_URL: url,
  KINDE_DOMAIN: domain,
  PLATFORM_API_KEY: managementToken,
  ORG_API_KEY: organizationKey,
  ORG_ID: orgCode,
  AGREEMENT_ID: agreementId,
  KINDE_CUSTOMER_ID: customerId,
  OAUTH_CLIENT_ID: clientId,
  OAUTH_CLIENT_SECRET: clientSecret,
} = process.env;

// The client speaks https to a domain, so something that speaks TLS has to stand in front of the installation.
const options = { skip: domain ? false : "KINDE_DOMAIN is not set" };

init({ kindeDomain: `https://${domain}`, clientId, clientSecret });

test("an organization is read with its billing", options, async () => {
  const organization = await Organizations.getOrganization({ code: orgCode, expand: "billing" });
  assert.equal(organization.code, orgCode);
  assert.equal(organization.billing.billing_customer_id, customerId);
  assert.equal(organization.billing.agreements[0].agreement_id, agreementId);
});

test("agreements and entitlements are read, page by page", options, async () => {
  const { agreements, has_more } = await BillingAgreements.getBillingAgreements({ customerId });
  assert.equal(has_more, false);
  assert.equal(agreements[0].id, agreementId);
  assert.equal(agreements[0].expires_on, null);

  const first = await BillingEntitlements.getBillingEntitlements({
    customerId,
    pageSize: 1,
    maxValue: "2147483647",
    expand: "plans",
  });
  assert.equal(first.plans[0].code, agreements[0].plan_code);
  assert.equal(first.has_more, true);
  assert.equal(first.entitlements[0].feature_code, "base_price");
  assert.equal(first.entitlements[0].entitlement_limit_max, 2147483647);
  const rest = await BillingEntitlements.getBillingEntitlements({
    customerId,
    startingAfter: first.entitlements[0].id,
  });
  assert.ok(rest.entitlements.some((entitlement) => entitlement.feature_code === "ai_credits"));
});

test("usage is reported", options, async () => {
  const requestBody = {
    customer_agreement_id: agreementId,
    billing_feature_code: "ai_credits",
    meter_value: "5",
    meter_type_code: "delta",
  };
  const before = await BillingMeterUsage.createMeterUsageRecord({ requestBody });
  const after = await BillingMeterUsage.createMeterUsageRecord({ requestBody });
  assert.equal(after.code, "OK");
  assert.equal(Number(after.usage), Number(before.usage) + 5);
});

test("a customer who is on the plan already stays on it", options, async () => {
  const { agreements } = await BillingAgreements.getBillingAgreements({ customerId });
  const requestBody = { customer_id: customerId, plan_code: agreements[0].plan_code, is_prorate: false };
  const answer = await BillingAgreements.createBillingAgreement({ requestBody });
  assert.equal(answer.code, "OK");
  assert.equal(answer.agreement_id, agreementId);
});

test("flags are overridden for an organization and for a person", options, async () => {
  const flags = async () => (await Organizations.getOrganizationFeatureFlags({ orgCode })).feature_flags;
  const featureFlagKey = Object.entries(await flags()).find(([, flag]) => flag.type === "bool")[0];
  const before = (await flags())[featureFlagKey].value;
  const value = before === "true" ? "false" : "true";

  await Organizations.updateOrganizationFeatureFlagOverride({ orgCode, featureFlagKey, value });
  assert.equal((await flags())[featureFlagKey].value, value);
  await Organizations.deleteOrganizationFeatureFlagOverride({ orgCode, featureFlagKey });
  assert.equal((await flags())[featureFlagKey].value, before);
  await assert.rejects(
    Users.updateUserFeatureFlagOverride({ userId: "grace", featureFlagKey, value }),
    (error) => error.status === 400 && error.body.errors[0].code === "ORGANIZATION_REQUIRED",
  );
});

test("webhooks are registered, changed and removed", options, async () => {
  const { webhook } = await Webhooks.createWebHook({
    requestBody: {
      endpoint: "https://127.0.0.1:9099/webhooks",
      event_types: ["customer.plan_changed"],
      name: "Plans",
    },
  });
  await Webhooks.updateWebHook({ webhookId: webhook.id, requestBody: { description: "For the CRM" } });
  const { webhooks } = await Webhooks.getWebHooks();
  const told = webhooks.find(({ id }) => id === webhook.id);
  assert.deepEqual([told.name, told.description], ["Plans", "For the CRM"]);
  await Webhooks.deleteWebHook({ webhookId: webhook.id });
  const { event_types } = await Webhooks.getEventTypes();
  assert.ok(event_types.some(({ code }) => code === "subscription.updated"));
});

test("a key is verified", options, async () => {
  const answer = await ApiKeys.verifyApiKey({ requestBody: { api_key: organizationKey } });
  assert.deepEqual([answer.is_valid, answer.org_code], [true, orgCode]);
});

test("what is refused says why", options, async () => {
  await assert.rejects(
    BillingAgreements.getBillingAgreements({ customerId: "customer_none" }),
    (error) => error.status === 404 && error.body.errors[0].code === "CUSTOMER_NOT_FOUND",
  );
});

// --- what apps call by hand ----------------------------------------------------------------------------------------

async function reportUsage(credits) {
  const response = await fetch(`${url}/api/v1/billing/meter_usage`, {
    method: "POST",
    headers: {
      "Authorization": `Bearer ${managementToken}`,
      "Content-Type": "application/json",
    },
    body: JSON.stringify({
      customer_agreement_id: agreementId,
      billing_feature_code: "ai_credits",
      meter_value: credits.toString(),
      meter_type_code: "delta",
    }),
  });
  return response.json();
}

test("an AI action is reported by hand", async () => {
  const first = await reportUsage(50);
  assert.deepEqual([first.code, first.message], ["OK", "Success"]);
  assert.equal(Number((await reportUsage(10)).usage), Number(first.usage) + 10);
});

// What `getFlag` of Kinde's session answers, from the flags of the organization.
async function getFlag(key) {
  const response = await fetch(`${url}/api/v1/organizations/${orgCode}/feature_flags`, {
    headers: { "Authorization": `Bearer ${managementToken}` },
  });
  const flag = (await response.json()).feature_flags[key];
  return flag && { code: key, type: "boolean", value: flag.value === "true" };
}

async function advancedAi() {
  const hasAdvancedAI = await getFlag("advanced_ai");
  if (!hasAdvancedAI?.value) {
    return Response.json({ error: "Requires Professional plan", upgradeUrl: "/billing" }, { status: 403 });
  }
  return Response.json({ success: true });
}

async function override(value) {
  const response = await fetch(`${url}/api/v1/organizations/${orgCode}/feature_flags/advanced_ai?value=${value}`, {
    method: "PATCH",
    headers: { "Authorization": `Bearer ${managementToken}` },
  });
  assert.equal(response.status, 200);
}

test("a gate opens and closes at once", async () => {
  await override("false");
  assert.equal((await advancedAi()).status, 403);
  await override("true");
  assert.equal((await advancedAi()).status, 200);
});
