// Loaded in <head> and blocking on purpose: the theme is known before the first paint.
// The key and the values are those of the Django admin, so one choice holds in both.
(() => {
  const root = document.documentElement;
  const themes = ["auto", "light", "dark"];

  const stored = () => {
    try {
      return localStorage.getItem("theme");
    } catch {
      return null;
    }
  };

  const remember = (theme) => {
    try {
      localStorage.setItem("theme", theme);
    } catch {
      // Storage may be switched off; the choice then lasts as long as the page.
    }
  };

  const apply = (theme) => {
    root.dataset.theme = theme;
    for (const choice of document.querySelectorAll("[data-theme-choice]")) {
      choice.setAttribute("aria-pressed", String(choice.dataset.themeChoice === theme));
    }
  };

  const current = () => (themes.includes(stored()) ? stored() : "auto");

  apply(current());

  document.addEventListener("DOMContentLoaded", () => {
    apply(current());
    for (const control of document.querySelectorAll("[data-theme-switch]")) control.hidden = false;
  });

  document.addEventListener("click", (event) => {
    const choice = event.target.closest("[data-theme-choice]");
    if (!choice) return;
    remember(choice.dataset.themeChoice);
    apply(choice.dataset.themeChoice);
  });
})();
