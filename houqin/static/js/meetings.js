/* The grid of rooms: dragging over free quarters, or one tap, opens the booking form with room and time filled in. */
(() => {
  const FIRST_HOUR = 7;
  const COLUMNS = 60;
  const TAPPED = 4; // a tap means an hour
  let drag = null;

  const columnAt = (day, x) => {
    const box = day.getBoundingClientRect();
    return Math.min(COLUMNS - 1, Math.max(0, Math.floor(((x - box.left) / box.width) * COLUMNS)));
  };
  const clock = (column) => {
    const minutes = FIRST_HOUR * 60 + column * 15;
    return `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
  };

  function mark(from, to) {
    drag.from = Math.min(from, to);
    drag.to = Math.max(from, to) + 1;
    drag.mark.className = `is-chosen f${drag.from} t${drag.to}`;
    drag.mark.textContent = `${clock(drag.from)}–${clock(drag.to)}`;
  }

  function open(day, from, to) {
    const frame = day.closest("[data-grid]");
    const query = new URLSearchParams({
      room: day.closest("[data-room]").dataset.room,
      from: `${frame.dataset.day}T${clock(from)}`,
      to: `${frame.dataset.day}T${clock(to)}`,
    });
    location.assign(`${frame.dataset.new}?${query}`);
  }

  document.addEventListener("pointerdown", (event) => {
    const day = event.target.closest?.("[data-grid] [data-room] ol");
    if (!day || event.button !== 0 || event.target.closest("ol li")) return;
    if (event.pointerType === "touch") return; // a touch scrolls; a tap is the click below
    event.preventDefault();
    drag = { day, start: columnAt(day, event.clientX), mark: document.createElement("li") };
    day.append(drag.mark);
    day.setPointerCapture(event.pointerId);
    mark(drag.start, drag.start);
  });
  document.addEventListener("pointermove", (event) => drag && mark(drag.start, columnAt(drag.day, event.clientX)));
  document.addEventListener("pointerup", () => {
    if (!drag) return;
    const { day, from, to, mark: chosen } = drag;
    drag = null;
    chosen.remove();
    open(day, from, to === from + 1 ? Math.min(from + TAPPED, COLUMNS) : to);
  });
  document.addEventListener("pointercancel", () => {
    drag?.mark.remove();
    drag = null;
  });

  /* Two taps on a phone: the strip of a room's day leads to that day, where free times are links. */
  document.addEventListener("click", (event) => {
    const day = event.target.closest?.("[data-grid] [data-room] ol");
    if (day && event.detail && matchMedia("(pointer: coarse)").matches) location.assign(day.closest("[data-room]").querySelector("a").href);
  });

  /* The week: the row is a link to the room's week, and its strip to the day that was tapped. */
  document.addEventListener("click", (event) => {
    const strip = event.target.closest?.("[data-week] svg");
    if (!strip || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const box = strip.getBoundingClientRect();
    const days = strip.closest("[data-week]").querySelectorAll("[data-day]");
    const tapped = Math.floor(((event.clientX - box.left) / box.width) * days.length);
    const day = days[Math.min(days.length - 1, Math.max(0, tapped))].dataset.day;
    location.assign(`${strip.closest("a").pathname}?day=${day}`);
  });
})();
