import assert from "node:assert/strict";
import { test } from "node:test";

import * as elements from "../src/elements.js";

test("the types of the elements leave nothing in what is built", () => {
  assert.deepEqual(Object.keys(elements), []);
});

/** Compiled, and never run: there is no page. */
export function atTheButton(page: Document): void {
  const cost = page.querySelector("tallybook-cost");
  cost?.refresh();
  cost?.addEventListener("tallybook:answer", (event) => event.detail.sentence);
  cost?.addEventListener("tallybook:error", (event) => event.detail.code);
}
