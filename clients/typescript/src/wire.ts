/** Types of the API, and values as they go over the wire. */

import type { components } from "./schema.js";

type Schemas = components["schemas"];

export type EventResult = Schemas["EventResult"];
export type BatchResult = Schemas["BatchResult"];
export type Entitlement = Schemas["Entitlement"];
export type Flag = Schemas["Flag"];
export type HeldCredits = Schemas["Hold"];
export type SettledHold = Schemas["SettledHold"];

/** A whole number, or a decimal as text: a fraction as a number is rounded already. */
export type Quantity = string | number;

/** What is given, without what is undefined. Throws `TypeError` for what cannot be sent. */
export function wireOf<Values extends object>(values: Values): Values {
  const given = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given.map(([name, value]) => [name, wire(name, value)])) as Values;
}

function wire(name: string, value: unknown): unknown {
  if (typeof value === "number" && !Number.isSafeInteger(value)) {
    throw new TypeError(`${name}: give a fraction as text, such as "12.5"`);
  }
  return value instanceof Date ? value.toISOString() : value;
}
