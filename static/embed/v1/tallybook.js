/** Tallybook in your product: <tallybook-cost action="..."> and <tallybook-usage feature="...">. */

const INSTALLATION = new URL("../../", import.meta.url);
const QUANTITY = /^(0|[1-9]\d{0,11})(\.\d{1,6})?$/;
const MINUTE_MS = 60_000;
const TYPING_MS = 200;
const FIRST_PAUSE_MS = 5_000;
const ALMOST_SPENT = 0.85;
const SVG = "http://www.w3.org/2000/svg";

const WORDS = {
  en: { unknown: "Cannot be shown at the moment.", asOf: "As of" },
  de: { unknown: "Kann gerade nicht angezeigt werden.", asOf: "Stand" },
};

const SHEET = new CSSStyleSheet();
SHEET.replaceSync(`
:host { display: inline-block; vertical-align: middle; font-size: var(--tallybook-font-size, .875em); color: var(--tallybook-color, inherit); }
:host(tallybook-usage) { display: block; }
:host([hidden]), [hidden] { display: none !important; }
[part] { display: block; overflow-wrap: anywhere; }
[part="name"], [part="shortage"] { font-weight: 600; }
[part="shortage"] { color: var(--tallybook-warning, inherit); }
[part="bar"] { width: 100%; height: var(--tallybook-bar-height, .5rem); margin: .375em 0;
  border-radius: var(--tallybook-radius, 1rem); }
[part="track"] { fill: var(--tallybook-track, color-mix(in srgb, currentColor 16%, transparent)); }
[part="fill"] { fill: var(--tallybook-accent, #3b82f6); }
[part="fill"].low { fill: var(--tallybook-low, #b45309); }
[part="over"] { fill: var(--tallybook-over, #dc2626); }
@media (forced-colors: active) {
  [part="bar"] { outline: 1px solid CanvasText; }
  rect[part="fill"] { fill: CanvasText; }
  [part="over"] { fill: Highlight; }
}
`);

/** Why there is no answer. What is final would be the same another time. */
function failure(code, isFinal = false) {
  return Object.assign(new Error(code), { code, isFinal });
}

let giveToken = askThePagesServer;
let held = null;

/** Say where tokens come from: `token` returns what your server got from Tallybook, or a promise. */
export function configure({ token }) {
  giveToken = token;
  held = null;
  refresh();
}

async function askThePagesServer() {
  const address = document.querySelector('meta[name="tallybook-token-url"]')?.content;
  if (!address) throw failure("no_token_url", true);
  const response = await fetch(address, { headers: { Accept: "application/json" } });
  if (!response.ok) throw failure("no_token");
  return response.json();
}

async function currentToken() {
  const kept = held;
  if (kept && Date.parse((await kept).expires_at) - Date.now() < MINUTE_MS) forget(kept);
  const asked = (held ??= Promise.resolve().then(() => giveToken()));
  try {
    return await asked;
  } catch (error) {
    forget(asked);
    throw error;
  }
}

function forget(asked) {
  if (held === asked) held = null;
}

const asking = new Map();

/** Elements that want to know the same ask once. */
function ask(path, query) {
  const url = new URL(`api/v1/embed/${path}`, INSTALLATION);
  url.search = new URLSearchParams(query);
  if (!asking.has(url.href)) {
    asking.set(url.href, fetchAnswer(url).finally(() => asking.delete(url.href)));
  }
  return asking.get(url.href);
}

async function fetchAnswer(url, isAnother = false) {
  // A request without a network would only be noise on the page's console.
  if (!navigator.onLine) throw failure("offline");
  const { token } = await currentToken();
  const used = held;
  const headers = { Authorization: `Bearer ${token}` };
  const response = await fetch(url, { headers, credentials: "omit", referrerPolicy: "no-referrer" });
  if (response.ok) return response.json();
  if (response.status === 401) {
    forget(used);
    if (!isAnother) return fetchAnswer(url, true);
  }
  const { code = "unknown" } = await response.json().catch(() => ({}));
  throw failure(code, [400, 403, 404].includes(response.status));
}

const shown = new Set();

/** Ask again for everything on the page, such as after something was used. */
export function refresh() {
  for (const element of shown) element.refresh();
}

/** Shows what its page said until there is an answer, and an old answer rather than none. */
class Answered extends HTMLElement {
  #box = make("span", { hidden: "" });
  #note = make("span", { part: "note", hidden: "" });
  #slot = make("slot");
  #timer = 0;
  #turn = 0;
  #pause = FIRST_PAUSE_MS;
  #askedAt = 0;
  #answeredAt = null;

  constructor(...names) {
    super();
    this.parts = Object.fromEntries(names.map((part) => [part, make("span", { part })]));
    this.#box.append(...Object.values(this.parts));
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [SHEET];
    root.append(this.#slot, this.#box, this.#note);
  }

  connectedCallback() {
    shown.add(this);
    this.#askAfter(0);
  }

  disconnectedCallback() {
    shown.delete(this);
    clearTimeout(this.#timer);
    this.#turn += 1;
  }

  attributeChangedCallback() {
    if (this.isConnected) this.#askAfter(TYPING_MS);
  }

  refresh() {
    this.#askAfter(0);
  }

  /** Ask again if the answer may be out of date. */
  catchUp() {
    if (Date.now() - this.#askedAt > MINUTE_MS) this.refresh();
  }

  #askAfter(milliseconds) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#ask(), milliseconds);
  }

  async #ask() {
    const turn = (this.#turn += 1);
    const query = this.query();
    if (!query) return this.#clear();
    const language = this.#language();
    this.#askedAt = Date.now();
    const outcome = await ask(this.path, { ...query, language }).catch((error) => error);
    if (turn !== this.#turn) return;
    if (outcome instanceof Error) this.#admit(outcome, language);
    else this.#show(outcome, language);
  }

  #show(answer, language) {
    // Only what changes is told: a page with twenty buttons is not read out when it opens.
    if (this.#answeredAt) this.#box.setAttribute("aria-live", "polite");
    this.#box.lang = language;
    this.show(answer);
    this.#answeredAt = new Date();
    this.#pause = FIRST_PAUSE_MS;
    this.#box.hidden = false;
    this.#slot.hidden = this.#note.hidden = true;
    this.#tell("answer", answer);
  }

  #admit({ code = "unreachable", isFinal = false }, language) {
    if (isFinal) this.#clear();
    else this.#askAfter(this.#pause);
    this.#pause = Math.min(this.#pause * 2, 5 * MINUTE_MS);
    const { asOf, unknown } = WORDS[language];
    const time = this.#answeredAt?.toLocaleTimeString(language, { timeStyle: "short" });
    this.#note.lang = language;
    this.#note.textContent = time ? `${asOf} ${time}` : unknown;
    // What the page said itself is better than an excuse.
    this.#note.hidden = !time && this.textContent.trim() !== "";
    this.#tell("error", { code });
  }

  #clear() {
    this.#answeredAt = null;
    this.#box.hidden = this.#note.hidden = true;
    this.#slot.hidden = false;
  }

  #tell(type, detail) {
    const told = { detail, bubbles: true, composed: true };
    this.dispatchEvent(new CustomEvent(`tallybook:${type}`, told));
  }

  #language() {
    const tag = this.closest("[lang]")?.lang || navigator.language;
    const language = tag.toLowerCase().split("-")[0];
    return language in WORDS ? language : "en";
  }
}

class Cost extends Answered {
  static observedAttributes = ["action", "quantity", "lang"];
  path = "estimate";

  constructor() {
    super("sentence", "shortage");
  }

  query() {
    const action = this.getAttribute("action");
    const quantity = this.getAttribute("quantity") ?? "1";
    return action && QUANTITY.test(quantity) && Number(quantity) > 0 ? { action, quantity } : null;
  }

  show({ sentence, shortage }) {
    write(this.parts.sentence, sentence);
    write(this.parts.shortage, shortage);
    this.parts.shortage.hidden = !shortage;
  }
}

class Usage extends Answered {
  static observedAttributes = ["feature", "lang"];
  path = "usage";
  #fill = draw("rect", "fill");
  #over = draw("rect", "over");

  constructor() {
    super("name", "meter", "sentence");
    const bar = draw("svg", "bar");
    bar.append(draw("rect", "track"), this.#fill, this.#over);
    this.parts.meter.append(bar);
  }

  query() {
    const feature = this.getAttribute("feature");
    return feature && { feature };
  }

  show({ name, unlimited, granted, used, overage, sentence }) {
    write(this.parts.name, name);
    write(this.parts.sentence, sentence);
    const whole = Math.max(granted, used, 1);
    const covered = (used - overage) / whole;
    give(this.#fill, { width: percent(covered) });
    this.#fill.classList.toggle("low", covered >= ALMOST_SPENT);
    give(this.#over, { x: percent(covered), width: percent(overage / whole) });
    this.parts.meter.hidden = unlimited;
    give(this.parts.meter, {
      role: "meter",
      "aria-label": name,
      "aria-valuemin": 0,
      "aria-valuemax": whole,
      "aria-valuenow": used,
      "aria-valuetext": sentence,
    });
  }
}

function make(name, attributes = {}) {
  return give(document.createElement(name), attributes);
}

/** A part of the picture, which says nothing to a screen reader: the words beside it do. */
function draw(name, part) {
  const size = { width: "100%", height: "100%" };
  return give(document.createElementNS(SVG, name), { part, ...size, "aria-hidden": "true" });
}

function give(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

/** Nobody is told again what stays as it was. */
function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function percent(share) {
  return `${(share * 100).toFixed(2)}%`;
}

for (const [name, element] of [["tallybook-cost", Cost], ["tallybook-usage", Usage]]) {
  if (!customElements.get(name)) customElements.define(name, element);
}
document.addEventListener("tallybook:refresh", refresh);
addEventListener("online", refresh);
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) for (const element of shown) element.catchUp();
});
