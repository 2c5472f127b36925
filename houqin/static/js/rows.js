/* Tables and lists marked data-rows: j/k or arrows move, Enter opens, x ticks; tick boxes show the bulk bar. */
(() => {
  const { word } = window.houqin;
  const rowsOf = (list) => [...list.querySelectorAll("[data-href]")];

  function move(list, by) {
    const rows = rowsOf(list);
    const at = rows.indexOf(document.activeElement?.closest("[data-href]"));
    const next = rows[Math.min(rows.length - 1, Math.max(0, at + by))];
    if (!next) return;
    next.tabIndex = 0;
    next.focus();
    next.scrollIntoView({ block: "nearest" });
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input:not([type=checkbox]), textarea, select, dialog")) return;
    const row = document.activeElement?.closest?.("[data-href]");
    const list = row?.closest("[data-rows]") || document.querySelector("[data-rows]");
    if (!list) return;
    const by = { j: 1, k: -1 }[event.key] ?? (row && { ArrowDown: 1, ArrowUp: -1 }[event.key]);
    if (by) {
      event.preventDefault();
      move(list, by);
    } else if (row && event.key === "Enter" && event.target === row) {
      location.assign(row.dataset.href);
    } else if (row && event.key === "x") {
      row.querySelector("input[type=checkbox]")?.click();
    }
  });

  document.addEventListener("click", (event) => {
    const row = event.target.closest?.("[data-rows] [data-href]");
    if (!row || event.target.closest("a, button, input, label, form") || String(getSelection())) return;
    location.assign(row.dataset.href);
  });

  document.addEventListener("change", (event) => {
    if (!event.target.matches?.("[data-rows] input[type=checkbox]")) return;
    const form = event.target.closest("form") || document;
    const bar = form.querySelector("[data-bulk]");
    const count = form.querySelectorAll("[data-rows] input[type=checkbox]:checked").length;
    if (!bar) return;
    bar.hidden = count === 0;
    bar.querySelector("[data-bulk-count]").textContent = word("selected", count);
  });
})();
