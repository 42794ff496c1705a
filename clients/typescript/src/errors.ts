/** What can go wrong. `code` is stable, `message` is for people. */

export class TallybookError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** No connection, or no answer in time: send it again, with the same ids. */
export class Unreachable extends TallybookError {}

/** What answered is not Tallybook's API: look at the address. */
export class UnexpectedAnswer extends TallybookError {}

/** A problem document (RFC 9457). */
export type ProblemDocument = Readonly<Record<string, unknown>>;

/** Tallybook understood and said no, or failed (`isTemporary`). */
export class Refused extends TallybookError {
  readonly code: string;
  readonly detail: string;
  readonly requestId: string;

  constructor(
    readonly status: number,
    readonly document: ProblemDocument,
    /** Seconds after which another attempt is welcome. */
    readonly retryAfter?: number,
  ) {
    const code = textOf(document.code ?? document.error) ?? "unknown";
    const detail = textOf(document.detail ?? document.error_description) ?? "";
    super(`${status} ${code}: ${detail}`);
    this.code = code;
    this.detail = detail;
    this.requestId = textOf(document.request_id) ?? "";
  }

  get isTemporary(): boolean {
    return this.status === 429 || this.status >= 500;
  }
}

/** The plan does not allow it now (402). Nothing was booked, and nothing is owed. */
export class UseRefused extends Refused {
  /** What it would take, and what could be spent on it now (null is unlimited), as decimal text. */
  get required(): string | null {
    return textOf(this.document.required) ?? null;
  }

  get available(): string | null {
    return textOf(this.document.available) ?? null;
  }

  get resetsAt(): Date | null {
    const text = textOf(this.document.resets_at);
    return text === undefined ? null : new Date(text);
  }

  /** Where plans are compared; null if no other plan would help. */
  get upgradeUrl(): string | null {
    return textOf(this.document.upgrade_url) ?? null;
  }
}

/** The credits do not suffice, and the plan sells no more. */
export class InsufficientCredits extends UseRefused {}

/** The hold was settled, released, or its time is over. */
export class HoldEnded extends Refused {}

/** The error for an answer that is not a success. */
export async function refusalOf(response: Response): Promise<Refused> {
  const document = documentOf(await response.text());
  const seconds = response.headers.get("Retry-After");
  const retryAfter = seconds !== null && /^\d+$/.test(seconds) ? Number(seconds) : undefined;
  return new (kindOf(response.status, document.code))(response.status, document, retryAfter);
}

/** Whether another attempt may succeed, as nothing is known or nothing was done. */
export function isTemporary(error: unknown): boolean {
  return error instanceof Unreachable || (error instanceof Refused && error.isTemporary);
}

function kindOf(status: number, code: unknown): typeof Refused {
  if (status === 402 && code === "insufficient_credits") return InsufficientCredits;
  if (status === 402) return UseRefused;
  return status === 409 && code === "hold_ended" ? HoldEnded : Refused;
}

function documentOf(text: string): ProblemDocument {
  try {
    const document: unknown = JSON.parse(text);
    if (typeof document === "object" && document !== null) return document as ProblemDocument;
  } catch {
    // A page of some proxy, which is as good a detail as any.
  }
  return { detail: text.slice(0, 200) };
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
