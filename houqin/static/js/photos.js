/* The photo picker (Alpine): shrink to at most 1600 px, upload with progress, go on after a lost connection. */
(() => {
  const { word } = window.houqin;
  const LONGEST = 1600;
  const QUALITY = 0.82;
  const WAITS = [2000, 5000, 10000, 20000];
  /* Pictures stay outside Alpine's state: a browser object wrapped in a proxy cannot be sent or drawn. */
  const pictures = new Map();

  /** Redraw a picture at most LONGEST pixels long, upright, as JPEG; what cannot be drawn is sent as it is. */
  async function shrink(file) {
    try {
      const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
      const scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
      const canvas = document.createElement("canvas");
      canvas.width = Math.round(picture.width * scale);
      canvas.height = Math.round(picture.height * scale);
      canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
      picture.close();
      const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
      return { blob: blob && (blob.size < file.size || scale < 1) ? blob : file, canvas };
    } catch {
      return { blob: file, canvas: null };
    }
  }

  const csrf = () => document.querySelector("input[name=csrfmiddlewaretoken]")?.value || "";

  /** Send one file; resolves with the server's answer, rejects with {refused, message}. */
  function send(url, blob, name, progress) {
    return new Promise((done, fail) => {
      const body = new FormData();
      body.append("file", blob, name);
      const request = new XMLHttpRequest();
      request.open("POST", url);
      request.responseType = "json";
      request.timeout = 60000;
      request.setRequestHeader("X-CSRFToken", csrf());
      request.setRequestHeader("Accept", "application/json");
      request.upload.addEventListener("progress", (event) => event.lengthComputable && progress(Math.round((event.loaded / event.total) * 100)));
      request.addEventListener("load", () => {
        if (request.status >= 200 && request.status < 300 && request.response?.id) done(request.response);
        else fail({ refused: request.status >= 400 && request.status < 500 && request.status !== 408 && request.status !== 429, message: request.response?.detail || request.response?.message });
      });
      ["error", "timeout", "abort"].forEach((kind) => request.addEventListener(kind, () => fail({ refused: false })));
      request.send(body);
    });
  }

  document.addEventListener("alpine:init", () => {
    window.Alpine.data("photos", () => ({
      list: [],
      problem: "",
      upload: "",
      field: "",
      max: 6,
      kept: 0,

      init() {
        const { upload, name, max } = this.$el.dataset;
        Object.assign(this, { upload, field: name, max: Number(max), kept: this.$el.querySelectorAll("[data-photo-kept]").length });
        this.$el.addEventListener("click", (event) => {
          const drop = event.target.closest("[data-photo-drop]");
          if (!drop) return;
          drop.closest("[data-photo-kept]").remove();
          this.kept -= 1;
        });
        addEventListener("online", () => this.list.filter((photo) => photo.failed).forEach((photo) => this.retry(photo)));
      },

      get room() {
        return this.list.length + this.kept < this.max;
      },

      add(event) {
        const files = [...event.target.files];
        event.target.value = "";
        this.problem = "";
        const free = this.max - this.kept - this.list.length;
        if (files.length > free) this.problem = word("too-many", this.max);
        files.slice(0, free).forEach((file) => this.start(file));
      },

      async start(file) {
        const key = `${Date.now()}-${Math.random()}`;
        this.list.push({ key, name: file.name, field: this.field, id: "", drawn: false, percent: 0, busy: true, failed: false, pending: true, css: "", word: word("shrinking"), tries: 0 });
        const photo = this.list.find((entry) => entry.key === key);
        this.mark();
        const picture = await shrink(file);
        pictures.set(key, picture);
        photo.drawn = Boolean(picture.canvas);
        this.go(photo);
      },

      async go(photo) {
        Object.assign(photo, { busy: true, failed: false, css: "", percent: 0, word: word("uploading", 0) });
        this.mark();
        try {
          const { blob } = pictures.get(photo.key);
          const name = photo.name.replace(/\.\w+$/, "") + (blob.type === "image/jpeg" ? ".jpg" : photo.name.match(/\.\w+$/)?.[0] || "");
          const answer = await send(this.upload, blob, name, (percent) => Object.assign(photo, { percent, word: word("uploading", percent) }));
          Object.assign(photo, { id: answer.id, busy: false, pending: false, percent: 100, word: word("uploaded") });
        } catch (fault) {
          this.fail(photo, fault);
        }
        this.mark();
      },

      fail(photo, fault) {
        if (fault.refused) {
          this.remove(photo);
          this.problem = fault.message || word("refused");
          return;
        }
        Object.assign(photo, { busy: false, failed: true, css: "is-failed", word: word("failed") });
        const wait = WAITS[photo.tries++];
        if (wait && navigator.onLine) setTimeout(() => photo.failed && this.list.includes(photo) && this.go(photo), wait);
      },

      show(frame, photo) {
        const canvas = photo.drawn && pictures.get(photo.key)?.canvas;
        if (!canvas) return;
        canvas.setAttribute("role", "img");
        canvas.setAttribute("aria-label", photo.name);
        frame.prepend(canvas);
      },

      retry(photo) {
        this.go(photo);
      },

      remove(photo) {
        pictures.delete(photo.key);
        this.list = this.list.filter((entry) => entry.key !== photo.key);
        this.mark();
      },

      /* js/submit.js holds the form back while something is still on its way. */
      mark() {
        this.$root.toggleAttribute("data-uploading", this.list.some((photo) => photo.busy));
      },
    }));
  });
})();
