/* Codes by camera: live where the browser reads codes, a photograph otherwise, and always the number typed in. */
(() => {
  const { word } = window.houqin;
  let stream = null;

  const reader = () => ("BarcodeDetector" in window ? new window.BarcodeDetector({ formats: ["qr_code"] }) : null);

  function stop(dialog) {
    stream?.getTracks().forEach((track) => track.stop());
    stream = null;
    dialog.querySelector("video").hidden = true;
  }

  function say(dialog, text) {
    dialog.querySelector("[data-scan-say]").textContent = text;
  }

  /** Open what a code says: only addresses of this site; a bare code goes through /q/CODE. */
  function follow(dialog, text) {
    const target = dialog.dataset.target;
    let address;
    try {
      address = new URL(text, location.href);
    } catch {
      return say(dialog, word("scan-foreign", text));
    }
    if (/^https?:/i.test(text) && address.origin !== location.origin) return say(dialog, word("scan-foreign", address.host));
    const bare = !/^(https?:|\/)/i.test(text);
    const code = bare ? text.trim() : decodeURIComponent(address.pathname.replace(/\/$/, "").split("/").pop());
    stop(dialog);
    dialog.close();
    if (target) return fill(target, code);
    location.assign(bare ? `/q/${encodeURIComponent(code)}` : address.href);
  }

  /** A code for a field of a form that is open (data-scan-into) is sent at once; otherwise it is a place picker's. */
  function fill(target, code) {
    const field = document.querySelector(`[data-scan-into="${CSS.escape(target)}"]`);
    if (!field) return window.houqin.findPlace(target, code);
    field.value = code;
    field.form.requestSubmit();
  }

  async function look(dialog, video, detector) {
    while (stream) {
      const found = await detector.detect(video).catch(() => []);
      if (found.length) return follow(dialog, found[0].rawValue);
      await new Promise((done) => setTimeout(done, 200));
    }
  }

  async function open(button) {
    const dialog = document.getElementById("scan-dialog") || build();
    const host = button.closest("[data-scan]");
    dialog.dataset.target = host.dataset.scanTarget || "";
    say(dialog, "");
    dialog.showModal();
    const detector = reader();
    dialog.querySelector("[data-scan-photo]").hidden = !detector;
    if (!detector || !navigator.mediaDevices?.getUserMedia) return;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    } catch {
      return;
    }
    const video = dialog.querySelector("video");
    video.hidden = false;
    video.srcObject = stream;
    await video.play();
    say(dialog, word("scan-aim"));
    look(dialog, video, detector);
  }

  async function fromPhoto(dialog, file) {
    const picture = await createImageBitmap(file).catch(() => null);
    const found = picture ? await reader().detect(picture).catch(() => []) : [];
    if (found.length) follow(dialog, found[0].rawValue);
    else say(dialog, word("scan-none"));
  }

  function build() {
    const dialog = document.getElementById("scan-template").content.firstElementChild.cloneNode(true);
    document.body.append(dialog);
    dialog.addEventListener("close", () => stop(dialog));
    dialog.querySelector("form").addEventListener("submit", (event) => {
      event.preventDefault();
      const code = event.target.elements.code.value.trim();
      if (code) follow(dialog, code);
    });
    dialog.querySelector("[type=file]").addEventListener("change", (event) => {
      if (event.target.files[0]) fromPhoto(dialog, event.target.files[0]);
      event.target.value = "";
    });
    return dialog;
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-scan-open]");
    if (button) open(button);
  });
})();
