/* The frame: words for scripts, messages that pass by, menus, dialogs, theme, network state, service worker. */
(() => {
  const words = {};
  const word = (key, n, all) => (words[key] || "").replace("{n}", n ?? "").replace("{all}", all ?? "");

  /** Show a message that passes by. `action` is {label, run}; it stays longer when there is one. */
  function toast(text, { tone = "", action = null } = {}) {
    const box = document.createElement("div");
    box.className = `toast ${tone ? `toast-${tone}` : ""}`;
    const say = document.createElement("span");
    say.textContent = text;
    box.append(say);
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn-small";
    button.textContent = action ? action.label : word("close");
    button.addEventListener("click", () => {
      box.remove();
      if (action) action.run();
    });
    box.append(button);
    document.getElementById("toasts")?.append(box);
    setTimeout(() => box.remove(), action ? 10000 : 6000);
  }

  function readWords() {
    const template = document.getElementById("words");
    template?.content.querySelectorAll("data").forEach((entry) => (words[entry.value] = entry.textContent));
  }

  function closeMenus(except) {
    document.querySelectorAll("details[data-menu][open]").forEach((menu) => {
      if (menu !== except) menu.open = false;
    });
  }

  function switchTheme() {
    const root = document.documentElement;
    const dark = root.dataset.theme === "dark" || (root.dataset.theme !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
    root.dataset.theme = dark ? "light" : "dark";
    document.cookie = `houqin_theme=${root.dataset.theme}; path=/; max-age=31536000; samesite=lax`;
  }

  function showNetwork() {
    document.querySelectorAll("[data-offline]").forEach((banner) => (banner.hidden = navigator.onLine));
  }

  document.addEventListener("click", (event) => {
    const target = event.target;
    if (!(target instanceof Element)) return;
    closeMenus(target.closest("details[data-menu]"));
    if (target.closest("[data-theme-switch]")) switchTheme();
    if (target.closest("[data-dialog-close]")) target.closest("dialog")?.close();
    if (target.closest("[data-print]")) window.print();
    if (target instanceof HTMLDialogElement && target.id === "dialog") target.close();
    const opener = target.closest("[data-dialog-open]");
    if (opener) document.getElementById(opener.dataset.dialogOpen)?.showModal();
  });

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") closeMenus();
    if (event.key === "/" && !event.target.closest("input, textarea, select")) {
      const search = document.getElementById("top-search");
      if (search?.offsetParent) {
        event.preventDefault();
        search.focus();
      }
    }
  });

  /* A fragment that lands in #dialog-body opens the dialog; an empty answer closes it. */
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target?.id !== "dialog-body") return;
    const dialog = document.getElementById("dialog");
    const filled = event.detail.target.childElementCount > 0;
    if (filled && !dialog.open) dialog.showModal();
    if (!filled && dialog.open) dialog.close();
  });

  document.addEventListener("htmx:responseError", (event) => {
    const moved = event.detail.xhr.status === 409;
    toast(word(moved ? "moved-on" : "failed-request"), { tone: "red" });
  });
  document.addEventListener("htmx:sendError", () => toast(word("failed-request"), { tone: "red" }));

  /* The server may say something in passing: HX-Trigger: {"toast": {"text": …, "tone": …}}. */
  document.addEventListener("toast", (event) => toast(event.detail.text || event.detail.value, { tone: event.detail.tone }));

  addEventListener("online", showNetwork);
  addEventListener("offline", showNetwork);

  document.addEventListener("change", (event) => {
    const group = event.target.closest?.("[data-stars]");
    if (group) group.querySelector("[data-stars-word]").textContent = word(`stars-${event.target.value}`);
    if (event.target.matches?.("[data-send-on-change]")) event.target.form?.requestSubmit();
  });

  readWords();
  showNetwork();
  document.querySelector("[data-focus]")?.focus();
  document.querySelectorAll("[data-stars] input:checked").forEach((star) => star.dispatchEvent(new Event("change", { bubbles: true })));
  if ("serviceWorker" in navigator && isSecureContext && document.querySelector("link[rel=manifest]")) {
    navigator.serviceWorker.register("/sw.js").catch(() => {});
  }

  window.houqin = { word, toast };
})();
