/* The section board: dragging a card to a column opens the same dialog as its 转办 button, with the column filled in. */
(() => {
  const SLOP = 8;
  let drag = null;

  const columnAt = (x, y) => document.elementFromPoint(x, y)?.closest("[data-column][data-accepts]");

  function lift(card, event) {
    const box = card.getBoundingClientRect();
    const ghost = card.cloneNode(true);
    ghost.removeAttribute("id");
    ghost.classList.add("board-ghost");
    ghost.setAttribute("aria-hidden", "true");
    ghost.style.width = `${box.width}px`;
    document.body.append(ghost);
    card.classList.add("is-lifted");
    Object.assign(drag, { ghost, dx: event.clientX - box.left, dy: event.clientY - box.top });
  }

  function follow(event) {
    drag.ghost.style.left = `${event.clientX - drag.dx}px`;
    drag.ghost.style.top = `${event.clientY - drag.dy}px`;
    const column = columnAt(event.clientX, event.clientY);
    document.querySelectorAll(".is-target").forEach((other) => other !== column && other.classList.remove("is-target"));
    if (column && column !== drag.from) column.classList.add("is-target");
  }

  function drop(event) {
    const { card, ghost, from } = drag;
    drag = null;
    if (!ghost) return;
    ghost.remove();
    card.classList.remove("is-lifted");
    document.querySelectorAll(".is-target").forEach((column) => column.classList.remove("is-target"));
    const column = event.type === "pointerup" ? columnAt(event.clientX, event.clientY) : null;
    if (!column || column === from) return;
    const address = new URL(card.dataset.move, location.href);
    address.searchParams.set("to", column.dataset.drop);
    window.htmx.ajax("GET", address.pathname + address.search, { target: "#dialog-body", swap: "innerHTML" });
  }

  document.addEventListener("pointerdown", (event) => {
    const card = event.target.closest?.(".board-card[data-movable]");
    if (!card || event.button !== 0 || event.pointerType === "touch" || event.target.closest("button")) return;
    drag = { card, from: card.closest("[data-column]"), x: event.clientX, y: event.clientY };
  });

  document.addEventListener("pointermove", (event) => {
    if (!drag) return;
    if (!drag.ghost && Math.hypot(event.clientX - drag.x, event.clientY - drag.y) > SLOP) lift(drag.card, event);
    if (drag.ghost) {
      event.preventDefault();
      follow(event);
    }
  });

  document.addEventListener("pointerup", (event) => {
    if (!drag) return;
    if (drag.ghost) addEventListener("click", (click) => click.preventDefault(), { capture: true, once: true });
    drop(event);
  });
  document.addEventListener("pointercancel", (event) => drag && drop(event));
  document.addEventListener("dragstart", (event) => event.target.closest?.(".board-card[data-movable]") && event.preventDefault());
})();
