/** Ask, act, settle: credits set aside while something happens. */

import { HoldEnded } from "./errors.js";
import type { Http } from "./http.js";
import { wireOf } from "./wire.js";
import type { EventResult, HeldCredits, Quantity, SettledHold } from "./wire.js";

/**
 * What to set aside for. `id` is yours, and becomes the id of the usage event. After
 * `expires_in_seconds` (900 unless given) the credits return by themselves: give it more time
 * than the work can take.
 */
export interface HoldOrder {
  id?: string;
  action?: string;
  quantity?: Quantity;
  feature?: string;
  value?: Quantity;
  member?: string;
  organization?: string;
  expires_in_seconds?: number;
}

export interface Used {
  quantity?: Quantity;
  value?: Quantity;
  cost?: Quantity;
}

/** Credits that are set aside. Use `Tallybook.withHold`, which settles or releases in any case. */
export class Hold {
  receipt: EventResult | null = null;
  isOver = false;

  private constructor(
    private readonly http: Http,
    private readonly order: HoldOrder & { id: string },
    /** What Tallybook set aside. */
    readonly taken: HeldCredits,
  ) {}

  /** Throws `UseRefused` if the plan does not allow it now, and other `TallybookError`s. */
  static async take(http: Http, order: HoldOrder): Promise<Hold> {
    const body = wireOf({ id: crypto.randomUUID(), ...order });
    const taken = await http.send<HeldCredits>({ method: "POST", path: "/api/v1/holds", body });
    if (taken.status === "released" || taken.status === "expired") {
      const detail = "This id belongs to a hold that is over; another attempt needs another id.";
      throw new HoldEnded(409, { code: "hold_ended", detail });
    }
    return new Hold(http, body, taken);
  }

  /**
   * Book what was used, above zero, and what was asked for unless given. The rest returns. Can be
   * called again after it failed. If the hold's time was over meanwhile, it is booked all the
   * same, as plain usage.
   */
  async settle(used: Used = {}): Promise<EventResult> {
    const body = wireOf({ ...this.asked(used), ...this.whose() });
    try {
      this.receipt = await this.book(body);
    } catch (error) {
      if (!(error instanceof HoldEnded)) throw error;
      const { id, action, feature, member } = this.order;
      const event = wireOf({ id, action, feature, member, ...body });
      this.receipt = await this.http.send({ method: "POST", path: "/api/v1/usage", body: event });
    }
    this.isOver = true;
    return this.receipt as EventResult;
  }

  /** Return everything: nothing was used. */
  async release(): Promise<void> {
    const path = `/api/v1/holds/${encodeURIComponent(this.taken.id)}/release`;
    await this.http.send({ method: "POST", path, body: this.whose() });
    this.isOver = true;
  }

  private async book(body: object): Promise<EventResult> {
    const path = `/api/v1/holds/${encodeURIComponent(this.taken.id)}/settle`;
    return (await this.http.send<SettledHold>({ method: "POST", path, body })).usage;
  }

  private asked(used: Used): Used {
    if (used.quantity !== undefined || used.value !== undefined) return used;
    const { quantity, value } = this.order;
    if (value !== undefined) return { ...used, value };
    return { ...used, quantity: quantity ?? 1 };
  }

  private whose(): { organization?: string } {
    const { organization } = this.order;
    return organization === undefined ? {} : { organization };
  }
}
