export { Tallybook } from "./client.js";
export type { Options } from "./client.js";
export {
  HoldEnded,
  InsufficientCredits,
  Refused,
  TallybookError,
  UnexpectedAnswer,
  Unreachable,
  UseRefused,
  isTemporary,
} from "./errors.js";
export { Hold } from "./holds.js";
export type { HoldOrder, Used } from "./holds.js";
export type { Call } from "./http.js";
export type { components, operations, paths } from "./schema.js";
export { BufferFull, Usage, UsageBuffer } from "./usage.js";
export type { BufferOptions, PreparedEvent, RefusedEvent, UsageEvent } from "./usage.js";
export { InvalidWebhook, verifyWebhook } from "./webhooks.js";
export type { WebhookEvent } from "./webhooks.js";
export type { Entitlement, EventResult, Flag, HeldCredits, Quantity } from "./wire.js";
