// Conveniences only: every page works without this file.

// Copy buttons appear when there is a clipboard to copy to.
const announce = document.querySelector("[data-announce]");

for (const button of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) break;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    button.dataset.copied = "";
    if (announce) announce.textContent = button.dataset.copiedMessage;
    setTimeout(() => delete button.dataset.copied, 1600);
  });
}

// Menus close on Escape and when the attention goes elsewhere.
const menus = document.querySelectorAll("details[data-menu]");

document.addEventListener("click", (event) => {
  for (const menu of menus) if (menu.open && !menu.contains(event.target)) menu.open = false;
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of menus) {
    if (!menu.open) continue;
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// A choice marked so sends its form at once; without this file a button beside it does.
for (const control of document.querySelectorAll("[data-submit-on-change]")) {
  control.addEventListener("change", () => control.form.requestSubmit());
  const button = control.form.querySelector("[data-fallback-submit]");
  if (button) button.hidden = true;
}

// A new organization starts in the time zone of the browser, unless something else was chosen.
for (const select of document.querySelectorAll("[data-browser-time-zone]")) {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const known = [...select.options].some((option) => option.value === zone);
  if (known && select.value === "UTC") select.value = zone;
}

// A page that waits for something looks again by itself; without this file the browser does.
const waiting = document.querySelector("[data-refresh-after]");
if (waiting) setTimeout(() => location.reload(), Number(waiting.dataset.refreshAfter) * 1000);
