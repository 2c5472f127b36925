/* Parts marked data-live="SECONDS" ask for what is new while the page is seen and nothing is being filled in;
   what they ask for stands in hx-get with hx-trigger="live". An answer of 204 leaves them as they are. */
(() => {
  const idle = (part) => document.visibilityState === "visible" && navigator.onLine && !document.querySelector("dialog[open]") && !part.contains(document.activeElement) && !part.querySelector("input[type=checkbox]:checked");
  const asked = new WeakMap();

  function look() {
    const now = Date.now();
    document.querySelectorAll("[data-live]").forEach((part) => {
      const last = asked.get(part) ?? now;
      if (!asked.has(part)) asked.set(part, now);
      if (now - last < Number(part.dataset.live) * 1000 || !idle(part)) return;
      asked.set(part, now);
      window.htmx.trigger(part, "live");
    });
  }

  setInterval(look, 1000);
  document.addEventListener("visibilitychange", look);
})();
