/* Forms marked data-once: sending shows at once that it is under way and cannot be repeated; coming back frees it. */
(() => {
  const { word, toast } = window.houqin;

  function hold(form, submitter) {
    form.dataset.sending = "yes";
    const buttons = form.querySelectorAll("button:not([type=button])");
    const pressed = submitter || buttons[0];
    if (pressed) {
      pressed.dataset.label = pressed.innerHTML;
      pressed.textContent = word("sending");
    }
    /* After the browser has gathered the fields, or the pressed button's own value would be lost. */
    setTimeout(() => buttons.forEach((button) => (button.disabled = true)));
    form.setAttribute("aria-busy", "true");
  }

  function free(form) {
    delete form.dataset.sending;
    form.removeAttribute("aria-busy");
    form.querySelectorAll("button:not([type=button])").forEach((button) => {
      button.disabled = false;
      if (button.dataset.label) button.innerHTML = button.dataset.label;
      delete button.dataset.label;
    });
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("[data-once]") || event.defaultPrevented) return;
    const stop = (text) => {
      event.preventDefault();
      event.stopImmediatePropagation();
      if (text) toast(text);
    };
    if (form.dataset.sending) stop();
    else if (form.querySelector("[data-uploading]")) stop(word("wait-photos"));
    else if (!navigator.onLine) stop(word("offline-submit"));
    else if (form.dataset.confirm && !form.dataset.confirmed) ask(event, form);
    else hold(form, event.submitter);
  });

  /* data-confirm="consequence in words" with <dialog> from the page; where none is at hand, the browser's own question. */
  function ask(event, form) {
    if (window.confirm(form.dataset.confirm)) {
      hold(form, event.submitter);
    } else {
      event.preventDefault();
    }
  }

  const freeAll = () => document.querySelectorAll("form[data-sending]").forEach(free);
  addEventListener("pageshow", (event) => event.persisted && freeAll());
  document.addEventListener("htmx:afterRequest", (event) => {
    const form = event.target.closest?.("form[data-sending]");
    if (form) free(form);
  });
})();
