/* Forms marked data-steps with more than six questions ask one at a time on a phone; without a script they are whole.
   What must be answered comes first, one by one; what may be left out shares a last step. */
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

  /** Whether a question may be left out: it says so, or is a box to tick. */
  function optional(question) {
    if (question.querySelector("[required]")) return false;
    const controls = question.querySelectorAll("input:not([type=hidden]), select, textarea");
    return Boolean(question.querySelector(".field-optional")) || (controls.length === 1 && controls[0].type === "checkbox");
  }

  /** Questions by step: each that must be answered alone, the others together at the end. */
  function stepsOf(questions) {
    const rest = questions.filter(optional);
    if (rest.length < 2 || rest.length === questions.length) return questions.map((question) => [question]);
    return [...questions.filter((question) => !rest.includes(question)).map((question) => [question]), rest];
  }

  function start(form) {
    const questions = [...form.querySelectorAll("[data-step]")];
    const failed = form.querySelector(".has-error");
    if (questions.length <= MANY || !PHONE.matches || failed) return;
    const steps = stepsOf(questions);
    let at = 0;
    const end = form.querySelector("[data-steps-end]");
    const back = form.querySelector("[data-steps-back]");
    const next = form.querySelector("[data-steps-next]");

    function show(focus) {
      const last = at === steps.length - 1;
      steps.forEach((step, index) => step.forEach((question) => (question.hidden = index !== at)));
      const more = steps[at].length > 1 ? ` · ${word("step-more")}` : "";
      form.querySelector("[data-steps-word]").textContent = word("step", at + 1, steps.length) + more;
      form.querySelector("[data-steps-progress]").value = (at + 1) / steps.length;
      end.hidden = !last;
      next.hidden = last;
      back.hidden = at === 0;
      if (focus) steps[at][0].querySelector("input:not([type=hidden]), select, textarea, button")?.focus();
    }

    function go(by) {
      const controls = steps[at].flatMap((question) => [...question.querySelectorAll("input, select, textarea")]);
      const bad = controls.find((control) => !control.checkValidity());
      steps[at].forEach((question) => complain(question, by > 0 && bad && question.contains(bad) && bad));
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
      [...questions, end].forEach((part) => (part.hidden = false));
    });
    show(false);
  }

  document.querySelectorAll("form[data-steps]").forEach(start);
})();
