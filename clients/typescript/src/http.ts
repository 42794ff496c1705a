/** HTTP with manners: patient where that does no harm, and every refusal an error. */

import { Refused, UnexpectedAnswer, Unreachable, isTemporary, refusalOf } from "./errors.js";
import type { Credentials } from "./credentials.js";

const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 5_000;
const SAFE_METHODS = new Set(["GET", "PUT", "DELETE"]);
// Their ids make these the same deed, however often they are sent.
const HARMLESS_TWICE = /^\/api\/v1\/(usage|holds|holds\/[^/]+\/(settle|release))$/;

export interface Call {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** From `/api/v1/` on. */
  path: string;
  query?: Record<string, string | number | undefined>;
  body?: unknown;
  idempotencyKey?: string;
}

export interface HttpOptions {
  url: string;
  credentials: Credentials;
  timeoutMs: number;
  retries: number;
  fetch: typeof fetch;
}

export class Http {
  constructor(private readonly options: HttpOptions) {}

  /** The body of the answer. Throws `TallybookError`. */
  async send<Answer>(call: Call): Promise<Answer> {
    const retries = mayBeRepeated(call) ? this.options.retries : 0;
    for (let attempt = 0; ; attempt++) {
      try {
        return await this.sendOnce<Answer>(call);
      } catch (error) {
        const pause = pauseAfter(attempt, error, LONGEST_PAUSE_MS);
        if (!isTemporary(error) || attempt >= retries || pause === null) throw error;
        await new Promise((resolve) => setTimeout(resolve, pause));
      }
    }
  }

  private async sendOnce<Answer>(call: Call): Promise<Answer> {
    let response = await this.signed(call);
    if (response.status === 401 && this.options.credentials.renew()) {
      response = await this.signed(call);
    }
    if (!response.ok) throw await refusalOf(response);
    if (response.status === 204) return undefined as Answer;
    try {
      return (await response.json()) as Answer;
    } catch (cause) {
      throw new UnexpectedAnswer(`${call.path} answers with something else than JSON`, { cause });
    }
  }

  private async signed(call: Call): Promise<Response> {
    const { url, credentials } = this.options;
    const headers: Record<string, string> = {
      Authorization: await credentials.header((input, init) => this.fetch(input, init)),
    };
    if (call.body !== undefined) headers["Content-Type"] = "application/json";
    if (call.idempotencyKey !== undefined) headers["Idempotency-Key"] = call.idempotencyKey;
    const init: RequestInit = { method: call.method, headers };
    if (call.body !== undefined) init.body = JSON.stringify(call.body);
    return this.fetch(`${url}${call.path}${queryOf(call)}`, init);
  }

  private async fetch(url: string, init: RequestInit): Promise<Response> {
    const signal = AbortSignal.timeout(this.options.timeoutMs);
    try {
      const response = await this.options.fetch(url, { ...init, signal });
      // Read here, so that a body that stops half way is a failure of the network too.
      const body = response.status === 204 ? null : await response.arrayBuffer();
      return new Response(body, { status: response.status, headers: response.headers });
    } catch (cause) {
      throw new Unreachable(`${new URL(url).host} does not answer`, { cause });
    }
  }
}

/** Milliseconds to wait before the next attempt; null if the server asks for more than `longest`. */
export function pauseAfter(attempt: number, error: unknown, longest: number): number | null {
  if (error instanceof Refused && error.retryAfter !== undefined) {
    const pause = error.retryAfter * 1_000;
    return pause <= longest ? pause : null;
  }
  const most = Math.min(longest, FIRST_PAUSE_MS * 2 ** attempt);
  return most * (0.5 + Math.random() / 2);
}

function mayBeRepeated(call: Call): boolean {
  return (
    SAFE_METHODS.has(call.method) ||
    call.idempotencyKey !== undefined ||
    HARMLESS_TWICE.test(call.path)
  );
}

function queryOf(call: Call): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(call.query ?? {})) {
    if (value !== undefined) query.set(name, String(value));
  }
  return query.size > 0 ? `?${query}` : "";
}
