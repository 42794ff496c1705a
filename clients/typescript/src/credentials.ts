/** How requests are signed: with an API key, or with a token that is fetched and renewed. */

import { refusalOf } from "./errors.js";

// A token with less than this to live is not used any more.
const MARGIN_MS = 30_000;

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

export interface Credentials {
  header(fetch: Fetch): Promise<string>;
  /** After a 401: whether another attempt would be signed anew. */
  renew(): boolean;
}

export class Key implements Credentials {
  constructor(private readonly key: string) {}

  async header(): Promise<string> {
    return `Bearer ${this.key}`;
  }

  renew(): boolean {
    return false;
  }
}

/** OAuth 2 client credentials. */
export class ClientCredentials implements Credentials {
  private token: Promise<string> | null = null;
  private goodUntil = 0;

  constructor(
    private readonly tokenUrl: string,
    private readonly clientId: string,
    private readonly clientSecret: string,
  ) {}

  async header(fetch: Fetch): Promise<string> {
    if (this.token === null || this.goodUntil <= Date.now()) {
      this.goodUntil = Infinity;
      this.token = this.fetchToken(fetch);
    }
    try {
      return `Bearer ${await this.token}`;
    } catch (error) {
      this.token = null;
      throw error;
    }
  }

  renew(): boolean {
    this.token = null;
    return true;
  }

  private async fetchToken(fetch: Fetch): Promise<string> {
    const askedAt = Date.now();
    const body = new URLSearchParams({
      grant_type: "client_credentials",
      client_id: this.clientId,
      client_secret: this.clientSecret,
    });
    const response = await fetch(this.tokenUrl, { method: "POST", body });
    if (!response.ok) throw await refusalOf(response);
    const answer = (await response.json()) as { access_token: string; expires_in?: number };
    this.goodUntil = askedAt + (answer.expires_in ?? 0) * 1_000 - MARGIN_MS;
    return answer.access_token;
  }
}
