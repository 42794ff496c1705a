/** The way in: `new Tallybook({ url, key })`. */

import { ClientCredentials, Key } from "./credentials.js";
import { isTemporary } from "./errors.js";
import { Hold } from "./holds.js";
import type { HoldOrder } from "./holds.js";
import { Http } from "./http.js";
import type { Call } from "./http.js";
import { Usage } from "./usage.js";
import type { Entitlement, Flag } from "./wire.js";

export interface Options {
  url: string;
  /** An API key, or the id and secret of a client. */
  key?: string;
  clientId?: string;
  clientSecret?: string;
  /** With a platform key: whom calls are about, by its id or by yours for it. */
  organization?: string;
  timeoutMs?: number;
  retries?: number;
  fetch?: typeof fetch;
}

/** An installation of Tallybook, asked with one key. */
export class Tallybook {
  readonly url: string;
  readonly organization: string | undefined;
  readonly usage: Usage;
  private readonly http: Http;

  /** Throws `TypeError` without exactly one kind of credentials. */
  constructor(
    private readonly options: Options,
    http?: Http,
  ) {
    this.url = options.url.replace(/\/+$/, "");
    this.organization = options.organization;
    this.http = http ?? httpOf(options, this.url);
    this.usage = new Usage(this.http, this.organization);
  }

  /** A client like this one, with the same credentials, that speaks of this organization. */
  forOrganization(organization: string): Tallybook {
    return new Tallybook({ ...this.options, organization }, this.http);
  }

  /**
   * Set credits aside, work, and settle what was used: what `hold.settle` said, or else what was
   * asked for. If the work fails, everything is released and nothing is owed. Throws `UseRefused`
   * before the work begins, and whatever the work throws.
   */
  async withHold<Result>(order: HoldOrder, work: (hold: Hold) => Promise<Result>): Promise<Result> {
    const hold = await this.hold(order);
    let result: Result;
    try {
      result = await work(hold);
    } catch (error) {
      // Why the work failed is what the caller must hear; the hold expires in any case.
      if (!hold.isOver) await hold.release().catch(() => undefined);
      throw error;
    }
    if (!hold.isOver) await hold.settle();
    return result;
  }

  /** Set credits aside, to be settled or released by you. */
  async hold(order: HoldOrder): Promise<Hold> {
    return Hold.take(this.http, { ...this.named(), ...order });
  }

  /** May the organization use a feature now, and how much of it is left? */
  async entitlement(feature: string): Promise<Entitlement> {
    return this.get(`/api/v1/entitlements/${encodeURIComponent(feature)}`);
  }

  /** A flag's `value`, and the `source` that decided it. `member` is your id for a person. */
  async flag(key: string, member?: string): Promise<Flag> {
    return this.get(`/api/v1/flags/${encodeURIComponent(key)}`, { member });
  }

  /** Whether a flag is on; `otherwise` while Tallybook cannot be reached. */
  async isEnabled(
    key: string,
    { member, otherwise = false }: { member?: string; otherwise?: boolean } = {},
  ): Promise<boolean> {
    try {
      return (await this.flag(key, member)).value === true;
    } catch (error) {
      if (isTemporary(error)) return otherwise;
      throw error;
    }
  }

  /** Any other operation; `schema.d.ts` has the types of what goes in and comes out. */
  async request<Answer>(call: Call): Promise<Answer> {
    return this.http.send<Answer>(call);
  }

  private get<Answer>(path: string, query: Call["query"] = {}): Promise<Answer> {
    return this.http.send({ method: "GET", path, query: { ...this.named(), ...query } });
  }

  private named(): { organization?: string } {
    return this.organization === undefined ? {} : { organization: this.organization };
  }
}

function httpOf(options: Options, url: string): Http {
  return new Http({
    url,
    credentials: credentialsOf(options, url),
    timeoutMs: options.timeoutMs ?? 10_000,
    retries: options.retries ?? 2,
    fetch: options.fetch ?? fetch,
  });
}

function credentialsOf({ key, clientId, clientSecret }: Options, url: string): Key | ClientCredentials {
  if (key && !clientId && !clientSecret) return new Key(key);
  if (clientId && clientSecret && !key) {
    return new ClientCredentials(`${url}/oauth2/token`, clientId, clientSecret);
  }
  throw new TypeError("Give either an API key, or a client's id and its secret.");
}
