/**
 * Types of the elements that an installation serves at `/embed/v1/tallybook.js`: import this module
 * once for its types. Nothing of it is left in what is built.
 */

import type { components } from "./schema.js";

export type EmbeddedEstimate = components["schemas"]["EmbeddedEstimate"];
export type EmbeddedUsage = components["schemas"]["EmbeddedUsage"];
export type EmbedToken = components["schemas"]["EmbedToken"];

export interface TallybookElement extends HTMLElement {
  /** Ask again now. */
  refresh(): void;
}

/** What is written in the page, and in JSX. */
export interface TallybookCostAttributes {
  action: string;
  quantity?: number | string;
  lang?: string;
  id?: string;
}

export interface TallybookUsageAttributes {
  feature: string;
  lang?: string;
  id?: string;
}

/** What the module exports. */
export interface TallybookModule {
  configure(options: { token: () => EmbedToken | Promise<EmbedToken> }): void;
  refresh(): void;
}

declare global {
  interface HTMLElementTagNameMap {
    "tallybook-cost": TallybookElement;
    "tallybook-usage": TallybookElement;
  }

  interface HTMLElementEventMap {
    "tallybook:answer": CustomEvent<EmbeddedEstimate | EmbeddedUsage>;
    "tallybook:error": CustomEvent<{ code: string }>;
  }
}
