/* Fields of a form that grow and that are found by typing, wherever they appear (dialogs included).
   [data-lines]: rows [data-line] that can be added and removed. select[data-find]: a search box above a long list,
   matching words of the option and its data-keys (pinyin, initials, other names). */
(() => {
  function fresh(line) {
    const copy = line.cloneNode(true);
    copy.querySelectorAll(".find-box").forEach((box) => box.remove());
    copy.querySelectorAll("[id]").forEach((field) => field.removeAttribute("id"));
    copy.querySelectorAll("select").forEach((field) => {
      [...field.options].forEach((option) => Object.assign(option, { hidden: false, selected: false, defaultSelected: false }));
      field.selectedIndex = 0;
      delete field.dataset.found;
    });
    copy.querySelectorAll("input").forEach((field) => (field.value = ""));
    return copy;
  }

  function arrange(lines) {
    const rows = lines.querySelectorAll("[data-line]");
    rows.forEach((row) => (row.querySelector("[data-line-drop]").hidden = rows.length === 1));
    lines.querySelector("[data-line-add]").hidden = false;
  }

  function match(option, wanted) {
    const text = `${option.textContent} ${option.dataset.keys || ""}`.toLowerCase();
    return wanted.split(/\s+/).every((word) => text.includes(word));
  }

  function narrow(select, text) {
    const wanted = text.trim().toLowerCase();
    let first = null;
    for (const option of select.options) {
      option.hidden = Boolean(wanted) && Boolean(option.value) && !match(option, wanted);
      option.disabled = option.hidden;
      if (!option.hidden && option.value && !first) first = option;
    }
    select.querySelectorAll("optgroup").forEach((group) => (group.hidden = [...group.children].every((option) => option.hidden)));
    if (!wanted || !first || !select.selectedOptions[0]?.hidden && select.value) return;
    first.selected = true;
    select.dispatchEvent(new Event("change", { bubbles: true }));
  }

  function findable(select) {
    if (select.dataset.found || select.options.length < 12) return;
    select.dataset.found = "yes";
    const box = document.createElement("input");
    const label = select.getAttribute("aria-label") || document.querySelector(`label[for="${CSS.escape(select.id)}"]`)?.textContent.trim() || "";
    Object.assign(box, { type: "search", className: "form-control find-box", autocomplete: "off" });
    box.placeholder = window.houqin.word("find");
    box.setAttribute("aria-label", `${window.houqin.word("find")} ${label}`);
    box.addEventListener("input", () => narrow(select, box.value));
    box.addEventListener("keydown", (event) => event.key === "Enter" && event.preventDefault());
    select.before(box);
  }

  function prepare(root) {
    root.querySelectorAll?.("[data-lines]").forEach(arrange);
    root.querySelectorAll?.("select[data-find]").forEach(findable);
  }

  document.addEventListener("click", (event) => {
    const add = event.target.closest?.("[data-line-add]");
    const drop = event.target.closest?.("[data-line-drop]");
    const lines = (add || drop)?.closest("[data-lines]");
    if (!lines) return;
    if (drop) drop.closest("[data-line]").remove();
    if (add) {
      const rows = lines.querySelectorAll("[data-line]");
      const copy = fresh(rows[0]);
      rows[rows.length - 1].after(copy);
      copy.querySelectorAll("select[data-find]").forEach(findable);
      copy.querySelector("select, input").focus();
    }
    arrange(lines);
  });

  prepare(document);
  document.addEventListener("htmx:load", (event) => prepare(event.target));
})();
