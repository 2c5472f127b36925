/* The box that finds everything in the back office: "/" leads to it, arrows walk through what was found, Escape closes. */
(() => {
  const box = document.getElementById("find-q");
  const found = document.getElementById("find-found");
  if (!box || !found) return;
  const links = () => [...found.querySelectorAll("a")];

  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && !event.target.closest("input, textarea, select")) {
      event.preventDefault();
      box.focus();
      return;
    }
    if (event.target !== box && !found.contains(event.target)) return;
    if (event.key === "Escape") {
      found.replaceChildren();
      box.focus();
    }
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    event.preventDefault();
    const all = links();
    const at = all.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1);
    (all[at] || box).focus();
  });

  document.addEventListener("click", (event) => {
    if (!event.target.closest(".find")) found.replaceChildren();
  });
})();
