/** Reporting what was used: at once, or in the background. */

import { Refused } from "./errors.js";
import { Http, pauseAfter } from "./http.js";
import { wireOf } from "./wire.js";
import type { BatchResult, EventResult, Quantity } from "./wire.js";

/**
 * A usage event: an `action` with a `quantity` (1 unless given), or a `feature` with a `value`.
 *
 * `id` is its identity for ever: sent again it is a duplicate and counts nothing. Give one that
 * follows from the work itself, and a job that runs twice is paid once; else a new one is made.
 */
export interface UsageEvent {
  id?: string;
  action?: string;
  quantity?: Quantity;
  feature?: string;
  value?: Quantity;
  /** Your id for the person. */
  member?: string;
  occurred_at?: Date | string;
  cost?: Quantity;
  properties?: Record<string, string>;
  organization?: string;
  mode?: "delta" | "absolute";
  /** Refuse what the plan does not allow, instead of recording it. */
  enforce?: boolean;
}

export type PreparedEvent = UsageEvent & { id: string };

export class Usage {
  constructor(
    private readonly http: Http,
    private readonly organization: string | undefined,
  ) {}

  /** Report one event now. Throws `UseRefused` (of enforced use) and other `TallybookError`s. */
  async report(event: UsageEvent): Promise<EventResult> {
    return this.http.send({ method: "POST", path: "/api/v1/usage", body: this.prepare(event) });
  }

  /** Report up to 1,000 events: a result for each, in their order; look at `outcome`. */
  async reportBatch(events: readonly UsageEvent[]): Promise<EventResult[]> {
    const body = { events: events.map((event) => this.prepare(event)) };
    const answer = await this.http.send<BatchResult>({
      method: "POST",
      path: "/api/v1/usage",
      body,
    });
    return answer.results;
  }

  /** The event as it is sent: with an id, and with the client's organization. */
  prepare(event: UsageEvent): PreparedEvent {
    return wireOf({
      id: crypto.randomUUID(),
      ...(this.organization === undefined ? {} : { organization: this.organization }),
      ...event,
    });
  }
}

/** An event that Tallybook will never book as it is. */
export interface RefusedEvent {
  event: PreparedEvent;
  reason: string;
}

/** Too much waits to be sent, or the buffer is closed: report it directly, or keep it. */
export class BufferFull extends Error {
  override name = "BufferFull";
}

export interface BufferOptions {
  maxBatch?: number;
  maxAgeMs?: number;
  maxUnsent?: number;
  /** The longest pause between two attempts. */
  maxPauseMs?: number;
  onRefused?: (refused: RefusedEvent) => void;
}

const MOST_IN_A_BATCH = 1_000;
const REFUSED_KEPT = 1_000;

/**
 * Takes reports at once and sends them in batches: when `maxBatch` wait, when the oldest has
 * waited `maxAgeMs`, and on `flush`. An event keeps its id and its moment however often it is
 * sent, so what was booked although the answer was lost counts once.
 *
 * A waiting buffer does not keep a process alive: `await buffer.close()` before it ends.
 */
export class UsageBuffer {
  /** The last thousand events that were refused for good. */
  readonly refused: RefusedEvent[] = [];
  lastFailure: unknown = null;

  private readonly waiting: PreparedEvent[] = [];
  private readonly options: Required<Omit<BufferOptions, "onRefused">>;
  private readonly onRefused: (refused: RefusedEvent) => void;
  private timer: ReturnType<typeof setTimeout> | null = null;
  private sending: Promise<void> | null = null;
  private failures = 0;
  private isClosed = false;

  constructor(
    private readonly usage: Usage,
    { onRefused, ...options }: BufferOptions = {},
  ) {
    const defaults = { maxBatch: 500, maxAgeMs: 1_000, maxUnsent: 10_000, maxPauseMs: 60_000 };
    this.options = { ...defaults, ...options };
    this.options.maxBatch = Math.min(this.options.maxBatch, MOST_IN_A_BATCH);
    this.onRefused = onRefused ?? (() => undefined);
  }

  /** Take an event, to be sent soon, and return its id. Throws `BufferFull`. */
  report(event: UsageEvent): string {
    if (this.isClosed || this.waiting.length >= this.options.maxUnsent) {
      throw new BufferFull(`${this.waiting.length} events wait to be sent`);
    }
    const prepared = this.usage.prepare({ occurred_at: new Date(), ...event });
    this.waiting.push(prepared);
    this.plan();
    return prepared.id;
  }

  /** What Tallybook has not acknowledged yet, oldest first, as `reportBatch` takes it. */
  get unsent(): readonly PreparedEvent[] {
    return [...this.waiting];
  }

  /** Try to send what waits, now. Whether all of it was acknowledged, or refused. */
  async flush(): Promise<boolean> {
    while (this.waiting.length > 0) {
      const failures = this.failures;
      await this.send();
      if (this.failures > failures) return false;
    }
    return true;
  }

  /** Send what waits, take no more, and return what could not be sent in that time. */
  async close({ timeoutMs = 10_000 } = {}): Promise<readonly PreparedEvent[]> {
    this.isClosed = true;
    const closesAt = Date.now() + timeoutMs;
    while (!(await within(closesAt, this.flush()))) {
      const left = closesAt - Date.now();
      if (left <= 0) break;
      const pause = Math.min(this.pause(), left);
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
    this.forgetPlan();
    return this.unsent;
  }

  private plan(): void {
    if (this.sending !== null) return;
    if (this.failures === 0 && this.waiting.length >= this.options.maxBatch) {
      void this.send();
    } else if (this.timer === null && this.waiting.length > 0) {
      const pause = this.failures > 0 ? this.pause() : this.options.maxAgeMs;
      this.timer = setTimeout(() => void this.send(), pause);
      if (typeof this.timer === "object") this.timer.unref?.();
    }
  }

  private forgetPlan(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
  }

  /** One batch at a time; whoever asks meanwhile waits for the one on its way. */
  private send(): Promise<void> {
    this.forgetPlan();
    this.sending ??= this.sendBatch().finally(() => {
      this.sending = null;
      if (!this.isClosed) this.plan();
    });
    return this.sending;
  }

  private async sendBatch(): Promise<void> {
    try {
      await this.deliver(this.waiting.slice(0, this.options.maxBatch));
      this.failures = 0;
    } catch (error) {
      // Whatever it is: events that wait outlive it.
      this.lastFailure = error;
      this.failures += 1;
    }
  }

  /** A body that is refused as a whole is halved until what is wrong with it stands alone. */
  private async deliver(events: readonly PreparedEvent[]): Promise<void> {
    let results: EventResult[];
    try {
      results = await this.usage.reportBatch(events);
    } catch (error) {
      if (!(error instanceof Refused && [400, 413, 415].includes(error.status))) throw error;
      const [first] = events;
      if (events.length === 1 && first !== undefined) {
        this.drop(1, [{ event: first, reason: error.detail }]);
        return;
      }
      const middle = Math.floor(events.length / 2);
      await this.deliver(events.slice(0, middle));
      await this.deliver(events.slice(middle));
      return;
    }
    this.drop(events.length, refusedOf(events, results));
  }

  private drop(sent: number, refused: readonly RefusedEvent[]): void {
    this.waiting.splice(0, sent);
    this.refused.push(...refused);
    this.refused.splice(0, Math.max(this.refused.length - REFUSED_KEPT, 0));
    for (const one of refused) {
      try {
        this.onRefused(one);
      } catch (error) {
        this.lastFailure = error;
      }
    }
  }

  private pause(): number {
    const { maxPauseMs } = this.options;
    return pauseAfter(this.failures - 1, this.lastFailure, maxPauseMs) ?? maxPauseMs;
  }
}

function refusedOf(
  events: readonly PreparedEvent[],
  results: readonly EventResult[],
): RefusedEvent[] {
  return events.flatMap((event, index) => {
    const result = results[index];
    if (result?.outcome !== "conflict" && result?.outcome !== "rejected") return [];
    return [{ event, reason: result.reason ?? result.outcome }];
  });
}

/** What it comes to, or false if that takes too long. */
async function within(deadline: number, work: Promise<boolean>): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), Math.max(deadline - Date.now(), 0));
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
