/* The place picker: what was chosen goes into a hidden field; the last place is offered next time. */
(() => {
  const LAST = "houqin-place:";

  function choose(picker, code, label) {
    const value = picker.querySelector("[data-picker-value]");
    value.value = code;
    picker.querySelector("[data-picker-label]").textContent = label;
    picker.querySelector("[data-picker-chosen]").hidden = false;
    picker.querySelector("[data-picker-find]").hidden = true;
    try {
      localStorage.setItem(LAST + picker.dataset.picker, JSON.stringify({ code, label }));
    } catch {
      /* A private window keeps nothing; the choice stands all the same. */
    }
    value.dispatchEvent(new Event("change", { bubbles: true }));
    value.dispatchEvent(new CustomEvent("place-chosen", { bubbles: true, detail: { code, label } }));
  }

  document.addEventListener("click", (event) => {
    const picker = event.target.closest?.("[data-picker]");
    if (!picker) return;
    const option = event.target.closest("[data-picker-choose]");
    if (option) choose(picker, option.dataset.pickerChoose, option.dataset.label);
    if (event.target.closest("[data-picker-change]")) {
      picker.querySelector("[data-picker-chosen]").hidden = true;
      picker.querySelector("[data-picker-find]").hidden = false;
      picker.querySelector("[data-picker-q]").focus();
    }
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.target.matches?.("[data-picker-q]")) return;
    event.preventDefault();
    event.target.closest("[data-picker]").querySelector("[data-picker-choose]")?.click();
  });

  function offerLast(picker) {
    if (picker.querySelector("[data-picker-value]").value) return;
    let last = null;
    try {
      last = JSON.parse(localStorage.getItem(LAST + picker.dataset.picker));
    } catch {
      return;
    }
    if (last?.code) choose(picker, last.code, last.label);
  }

  document.querySelectorAll("[data-picker]").forEach(offerLast);
  /** Look a scanned code up in the picker called `name`; when it names one place, that one is chosen. */
  window.houqin.findPlace = (name, code) => {
    const picker = document.querySelector(`[data-picker="${CSS.escape(name)}"]`);
    if (!picker) return;
    const search = picker.querySelector("[data-picker-q]");
    const list = picker.querySelector(".picker-list");
    picker.querySelector("[data-picker-chosen]").hidden = true;
    picker.querySelector("[data-picker-find]").hidden = false;
    search.value = code;
    const chooseOnly = () => {
      const found = list.querySelectorAll("[data-picker-choose]");
      if (found.length === 1) found[0].click();
    };
    list.addEventListener("htmx:afterSwap", chooseOnly, { once: true });
    window.htmx.trigger(search, "search");
  };
})();
