/* Telephone intake: Enter leads from one question to the next, boxes are filled by typing initials, the caller's usual
   place is taken over. Selects are turned into such boxes too; without this script they stay selects. */
(() => {
  const form = document.querySelector("form[data-intake]");
  if (!form) return;
  const normal = (text) => text.toLowerCase().replace(/\s+/g, "");

  /* -- boxes ------------------------------------------------------------------------------------------------------ */

  function show(combo, options) {
    const list = combo.querySelector("[role=listbox]");
    list.replaceChildren(
      ...options.map((option, index) => {
        const row = document.createElement("li");
        row.setAttribute("role", "option");
        row.id = `${list.id}-${index}`;
        row.dataset.value = option.value;
        row.textContent = option.label;
        row.setAttribute("aria-selected", index === 0);
        return row;
      }),
    );
    list.hidden = options.length === 0;
    const input = combo.querySelector("[data-combo-q]");
    input.setAttribute("aria-expanded", String(!list.hidden));
    if (options.length) input.setAttribute("aria-activedescendant", `${list.id}-0`);
    else input.removeAttribute("aria-activedescendant");
  }

  const chosenRow = (combo) => combo.querySelector("[role=option][aria-selected=true]");

  function step(combo, by) {
    const rows = [...combo.querySelectorAll("[role=option]")];
    if (!rows.length) return;
    const at = Math.min(rows.length - 1, Math.max(0, rows.findIndex((row) => row.getAttribute("aria-selected") === "true") + by));
    rows.forEach((row, index) => row.setAttribute("aria-selected", String(index === at)));
    rows[at].scrollIntoView({ block: "nearest" });
    combo.querySelector("[data-combo-q]").setAttribute("aria-activedescendant", rows[at].id);
  }

  function take(combo, value, label) {
    combo.querySelector("[data-combo-value]").value = value;
    combo.querySelector("[data-combo-q]").value = label;
    combo.dataset.taken = label;
    show(combo, []);
  }

  async function search(combo, text) {
    const asked = (combo.dataset.asked = text);
    if (!text.trim()) return show(combo, []);
    if (!combo.dataset.comboUrl) return show(combo, matches(combo, text));
    try {
      const answer = await fetch(`${combo.dataset.comboUrl}?q=${encodeURIComponent(text)}`, { headers: { Accept: "application/json" } });
      if (answer.ok && combo.dataset.asked === asked) show(combo, (await answer.json()).options);
    } catch {
      /* Offline: what was typed goes along and the server looks for it. */
    }
    return undefined;
  }

  function matches(combo, text) {
    const wanted = normal(text);
    const rank = (option) => {
      const keys = normal(option.label);
      if (keys === wanted || option.keys.includes(wanted)) return 0;
      if (option.keys.some((key) => key.startsWith(wanted)) || keys.startsWith(wanted)) return 1;
      return keys.includes(wanted) || option.keys.some((key) => key.includes(wanted)) ? 2 : 3;
    };
    return combo.options
      .map((option) => ({ ...option, rank: rank(option) }))
      .filter((option) => option.rank < 3)
      .sort((one, other) => one.rank - other.rank)
      .slice(0, 8);
  }

  function enhance(select) {
    const combo = document.createElement("div");
    combo.className = "combo";
    combo.dataset.combo = "";
    const input = document.createElement("input");
    input.className = "form-control";
    input.type = "text";
    input.id = `${select.id}-q`;
    input.dataset.comboQ = "";
    input.dataset.flow = "";
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-expanded", "false");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-controls", `${select.id}-list`);
    const list = document.createElement("ul");
    list.className = "combo-list";
    list.id = `${select.id}-list`;
    list.setAttribute("role", "listbox");
    list.hidden = true;
    select.before(combo);
    combo.append(select, input, list);
    select.dataset.comboValue = "";
    select.classList.add("visually-hidden");
    select.tabIndex = -1;
    select.setAttribute("aria-hidden", "true");
    const label = form.querySelector(`label[for="${select.id}"]`);
    if (label) {
      label.htmlFor = input.id;
      list.setAttribute("aria-label", label.textContent.trim());
    }
    combo.options = [...select.options]
      .filter((option) => option.value)
      .map((option) => ({ value: option.value, label: option.textContent.trim(), keys: (option.dataset.keys || "").toLowerCase().split(" ").filter(Boolean) }));
    if (select.value) input.value = select.selectedOptions[0].textContent.trim();
  }

  form.querySelectorAll("[data-ask] select").forEach(enhance);

  let typing = 0;
  form.addEventListener("input", (event) => {
    const combo = event.target.closest("[data-combo]");
    if (!combo || !event.target.matches("[data-combo-q]")) return;
    combo.querySelector("[data-combo-value]").value = "";
    delete combo.dataset.taken;
    clearTimeout(typing);
    typing = setTimeout(() => search(combo, event.target.value), combo.dataset.comboUrl ? 120 : 0);
  });
  form.addEventListener("pointerdown", (event) => {
    const row = event.target.closest("[role=option]");
    if (!row) return;
    event.preventDefault();
    const combo = row.closest("[data-combo]");
    take(combo, row.dataset.value, row.textContent);
    next(combo.querySelector("[data-combo-q]"));
  });
  form.addEventListener("focusout", (event) => {
    const combo = event.target.closest("[data-combo]");
    if (combo && chosenRow(combo) && event.target.value && !combo.dataset.taken) take(combo, chosenRow(combo).dataset.value, chosenRow(combo).textContent);
  });

  /* -- Enter, Enter, Enter ----------------------------------------------------------------------------------------- */

  const FLOW = "[data-flow], [data-ask] :is(input, textarea)";
  const shown = (input) => input.offsetParent && input.type !== "hidden" && !input.closest("details:not([open])");
  const steps = () => [...form.querySelectorAll(FLOW)].filter(shown);

  function next(from) {
    const all = steps();
    const after = all.slice(all.indexOf(from) + 1).find((input) => !input.value) || all.slice(all.indexOf(from) + 1).pop();
    if (after) after.focus();
    else form.requestSubmit();
  }

  form.addEventListener("keydown", async (event) => {
    const input = event.target;
    const combo = input.closest("[data-combo]");
    if (combo && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      step(combo, event.key === "ArrowDown" ? 1 : -1);
      return;
    }
    if (combo && event.key === "Escape") show(combo, []);
    if (event.key !== "Enter" || event.isComposing || event.shiftKey || !input.matches(FLOW)) return;
    event.preventDefault();
    if (combo && !combo.dataset.taken && input.value) {
      clearTimeout(typing);
      await search(combo, input.value);
      const row = chosenRow(combo);
      if (!row) return;
      take(combo, row.dataset.value, row.textContent);
    }
    next(input);
  });

  /* -- the caller's usual place -------------------------------------------------------------------------------------- */

  function usual() {
    const person = form.querySelector("input[name=applicant]:checked");
    const input = form.querySelector("[data-usual]");
    if (!input) return;
    const combo = input.closest("[data-combo]");
    const theirs = !input.value || combo.dataset.usual === input.value;
    if (!theirs) return;
    const label = person?.dataset.placeLabel || "";
    take(combo, person?.dataset.place || "", label);
    combo.dataset.usual = label;
    if (!label) delete combo.dataset.taken;
  }
  document.addEventListener("htmx:afterSwap", (event) => event.detail.target?.id === "caller-found" && usual());
  form.addEventListener("change", (event) => event.target.name === "applicant" && usual());
  /* Whoever takes over a usual place by mistake types straight over it. */
  form.addEventListener("focusin", (event) => event.target.matches("[data-combo-q]") && event.target.select());
})();
