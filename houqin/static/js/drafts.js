/* Forms marked data-draft="key" keep what was typed on this device until it has been sent (data-draft-done="key"). */
(() => {
  const { word } = window.houqin;
  const PREFIX = "houqin-draft:";
  const DAYS = 7;
  const SKIP = new Set(["csrfmiddlewaretoken", "task", "version", "q", ""]);

  const kept = (control) => !SKIP.has(control.name) && !control.closest("[data-no-draft], .photos") && !["hidden", "password", "file", "submit", "button"].includes(control.type);

  function read(key) {
    try {
      const draft = JSON.parse(localStorage.getItem(PREFIX + key));
      return draft && Date.now() - draft.at < DAYS * 864e5 ? draft.values : null;
    } catch {
      return null;
    }
  }

  function gather(form) {
    const values = {};
    for (const control of form.elements) {
      if (!kept(control)) continue;
      if (["checkbox", "radio"].includes(control.type)) {
        values[control.name] ??= [];
        if (control.checked) values[control.name].push(control.value);
      } else {
        values[control.name] = [control.value];
      }
    }
    return values;
  }

  function put(form, values) {
    let changed = false;
    for (const control of form.elements) {
      const old = values[control.name];
      if (!old || !kept(control)) continue;
      const toggle = ["checkbox", "radio"].includes(control.type);
      const next = toggle ? old.includes(control.value) : old[0];
      if ((toggle ? control.checked : control.value) === next) continue;
      if (toggle) control.checked = next;
      else control.value = next;
      changed = true;
      control.dispatchEvent(new Event("change", { bubbles: true }));
    }
    return changed;
  }

  function offer(form, key) {
    const box = document.createElement("div");
    box.className = "note";
    const say = document.createElement("p");
    say.className = "grow";
    say.textContent = word("draft-back");
    const drop = document.createElement("button");
    drop.type = "button";
    drop.className = "btn btn-small";
    drop.textContent = word("draft-drop");
    drop.addEventListener("click", () => {
      localStorage.removeItem(PREFIX + key);
      location.reload();
    });
    box.append(say, drop);
    form.prepend(box);
  }

  function watch(form) {
    const key = form.dataset.draft;
    const draft = form.querySelector(".has-error") ? null : read(key);
    if (draft && put(form, draft)) offer(form, key);
    let timer;
    const save = () => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        try {
          localStorage.setItem(PREFIX + key, JSON.stringify({ at: Date.now(), values: gather(form) }));
        } catch {
          return;
        }
        const note = form.querySelector("[data-draft-note]");
        if (note) note.textContent = word("draft-kept");
      }, 400);
    };
    form.addEventListener("input", save);
    form.addEventListener("change", save);
  }

  document.querySelectorAll("[data-draft-done]").forEach((mark) => localStorage.removeItem(PREFIX + mark.dataset.draftDone));
  document.querySelectorAll("form[data-draft]").forEach(watch);
})();
