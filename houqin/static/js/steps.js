/* Forms marked data-steps with more than six questions ask one at a time on a phone; without a script they are whole. */
(() => {
  const { word } = window.houqin;
  const PHONE = matchMedia("(max-width: 47.99rem)");
  const MANY = 6;

  /** Say in our own words, next to the question, that it wants an answer; or take the words away. */
  function complain(step, wanted) {
    step.querySelector("[data-step-error]")?.remove();
    step.classList.toggle("has-error", Boolean(wanted));
    if (!wanted) return;
    const say = document.createElement("p");
    say.className = "field-error";
    say.dataset.stepError = "";
    say.setAttribute("role", "alert");
    say.textContent = word(wanted.validity.valueMissing ? "answer-first" : "answer-again");
    step.querySelector("legend, label")?.after(say);
  }

  function start(form) {
    const steps = [...form.querySelectorAll("[data-step]")];
    const failed = form.querySelector(".has-error");
    if (steps.length <= MANY || !PHONE.matches || failed) return;
    let at = 0;
    const end = form.querySelector("[data-steps-end]");
    const back = form.querySelector("[data-steps-back]");
    const next = form.querySelector("[data-steps-next]");

    function show(focus) {
      const last = at === steps.length - 1;
      steps.forEach((step, index) => (step.hidden = index !== at));
      form.querySelector("[data-steps-word]").textContent = word("step", at + 1, steps.length);
      form.querySelector("[data-steps-progress]").value = (at + 1) / steps.length;
      end.hidden = !last;
      next.hidden = last;
      back.hidden = at === 0;
      if (focus) steps[at].querySelector("input:not([type=hidden]), select, textarea, button")?.focus();
    }

    function go(by) {
      const bad = [...steps[at].querySelectorAll("input, select, textarea")].find((control) => !control.checkValidity());
      complain(steps[at], by > 0 && bad);
      if (by > 0 && bad) {
        bad.focus();
        return;
      }
      at = Math.min(steps.length - 1, Math.max(0, at + by));
      show(true);
      if (by > 0) history.pushState({ step: at }, "");
    }

    form.classList.add("is-stepped");
    history.replaceState({ step: 0 }, "");
    next.addEventListener("click", () => go(1));
    back.addEventListener("click", () => history.back());
    addEventListener("popstate", (event) => {
      at = event.state?.step ?? 0;
      show(false);
    });
    form.addEventListener("keydown", (event) => {
      const last = at === steps.length - 1;
      if (event.key !== "Enter" || last || event.target.matches("textarea, button, [type=search]")) return;
      event.preventDefault();
      go(1);
    });
    PHONE.addEventListener("change", () => {
      if (PHONE.matches) return;
      form.classList.remove("is-stepped");
      [...steps, end].forEach((part) => (part.hidden = false));
    });
    show(false);
  }

  document.querySelectorAll("form[data-steps]").forEach(start);
})();
