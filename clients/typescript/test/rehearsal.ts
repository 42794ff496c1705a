/** A Tallybook that answers by script, for tests of what the client makes of its answers. */

import { Tallybook } from "../src/index.js";
import type { Options } from "../src/index.js";

type Step = (request: Seen) => Response;

export interface Seen {
  method: string;
  url: URL;
  path: string;
  headers: Headers;
  text: string;
  body: any;
}

export class Rehearsal {
  readonly requests: Seen[] = [];

  constructor(private readonly script: (Step | "no answer")[]) {}

  readonly fetch = async (input: unknown, init: RequestInit = {}): Promise<Response> => {
    const url = new URL(String(input));
    const text = String(init.body ?? "");
    const body = text.startsWith("{") ? JSON.parse(text) : null;
    const { pathname: path } = url;
    const method = init.method ?? "GET";
    const seen = { method, url, path, headers: new Headers(init.headers), text, body };
    this.requests.push(seen);
    const [step] = this.script.length > 1 ? this.script.splice(0, 1) : this.script;
    if (step === undefined || step === "no answer") throw new TypeError("fetch failed");
    return step(seen);
  };

  client(options: Partial<Options> = {}): Tallybook {
    const credentials = options.clientId === undefined ? { key: "tb_key" } : {};
    const fetch = this.fetch as typeof globalThis.fetch;
    return new Tallybook({ url: "https://billing.example/", fetch, ...credentials, ...options });
  }

  get paths(): string[] {
    return this.requests.map((request) => request.path);
  }

  /** The ids in every batch that was sent. */
  get batches(): string[][] {
    return this.requests.map(({ body }) => body.events.map((event: { id: string }) => event.id));
  }
}

export function answer(body: unknown, status = 200): Step {
  return () => Response.json(body, { status });
}

export function problem(status: number, code: string, more: Record<string, unknown> = {}): Step {
  const { retryAfter, ...members } = more;
  const headers: HeadersInit = { "Content-Type": "application/problem+json" };
  if (retryAfter !== undefined) headers["Retry-After"] = String(retryAfter);
  const document = { status, code, detail: "What it says.", request_id: "request-1", ...members };
  return () => new Response(JSON.stringify(document), { status, headers });
}

/** Everything that is reported is accepted. */
export const booked: Step = ({ body }) =>
  Response.json(
    body.events === undefined
      ? { id: body.id, outcome: "accepted" }
      : { results: body.events.map(({ id }: { id: string }) => ({ id, outcome: "accepted" })) },
  );
