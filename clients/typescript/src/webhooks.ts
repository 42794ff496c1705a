/** Webhooks from Tallybook: whose they are, and what they say. */

const TOLERANCE_MS = 5 * 60 * 1_000;
const SECRET_PREFIX = "whsec_";

/** It does not come from Tallybook, or is older than five minutes: answer 400. */
export class InvalidWebhook extends Error {
  override name = "InvalidWebhook";
}

/**
 * Something that happened, once: `id` stays the same however often it is delivered, so keep it
 * and leave out what you have seen. `organization` is null for facts of the whole installation.
 */
export interface WebhookEvent {
  id: string;
  type: string;
  timestamp: Date;
  organization: { id: string; external_id?: string | null } | null;
  data: Readonly<Record<string, unknown>>;
}

type Headers_ = Headers | Readonly<Record<string, string | readonly string[] | undefined>>;

/**
 * The event in a request whose body is as it came, byte by byte, and not parsed and written again.
 * Throws `InvalidWebhook`.
 */
export async function verifyWebhook(
  body: string | Uint8Array,
  headers: Headers_,
  secret: string,
  now: Date = new Date(),
): Promise<WebhookEvent> {
  const [id, timestamp, signatures] = ["id", "timestamp", "signature"].map((name) =>
    headerOf(headers, `webhook-${name}`),
  );
  if (!id || !timestamp || !signatures) throw new InvalidWebhook("It is not signed.");
  const age = Math.abs(now.getTime() - Number(timestamp) * 1_000);
  if (!/^\d+$/.test(timestamp) || age > TOLERANCE_MS) {
    throw new InvalidWebhook("It is too old, or from the future.");
  }
  const text = typeof body === "string" ? body : decoded(body);
  const key = await keyOf(secret);
  const signed = new TextEncoder().encode(`${id}.${timestamp}.${text}`);
  for (const signature of signatures.split(" ")) {
    const [version, value] = signature.split(",");
    if (version !== "v1" || value === undefined) continue;
    const bytes = fromBase64(value);
    if (bytes !== null && (await crypto.subtle.verify("HMAC", key, bytes, signed))) {
      return eventOf(id, text);
    }
  }
  throw new InvalidWebhook("No signature fits.");
}

function eventOf(id: string, text: string): WebhookEvent {
  try {
    const { type, timestamp, data } = JSON.parse(text);
    if (typeof type !== "string" || typeof data !== "object" || data === null) throw new TypeError();
    return { id, type, timestamp: new Date(timestamp), organization: data.organization ?? null, data };
  } catch (cause) {
    throw new InvalidWebhook("It cannot be read.", { cause });
  }
}

async function keyOf(secret: string): Promise<CryptoKey> {
  const bytes = fromBase64(secret.replace(new RegExp(`^${SECRET_PREFIX}`), ""));
  if (bytes === null || bytes.length === 0) throw new TypeError("This is no webhook secret.");
  return crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, false, ["verify"]);
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> | null {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    return null;
  }
}

function decoded(body: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(body);
  } catch (cause) {
    throw new InvalidWebhook("It cannot be read.", { cause });
  }
}

function headerOf(headers: Headers_, name: string): string | null {
  if (headers instanceof Headers) return headers.get(name);
  const found = Object.entries(headers).find(([header]) => header.toLowerCase() === name);
  return typeof found?.[1] === "string" ? found[1] : null;
}
