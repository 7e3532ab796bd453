// Titles while one types. Without this file the field is a plain form and finds the same.
(() => {
  "use strict";

  document.querySelectorAll("input[data-suggest]").forEach((input) => {
    const form = input.form;
    const list = document.createElement("div");
    list.className = "suggested";
    list.hidden = true;
    list.setAttribute("role", "group");
    list.setAttribute("aria-label", "建议");
    input.parentElement.after(list);

    let waiting = 0;
    let asked = "";
    const close = () => { list.hidden = true; };
    const show = async () => {
      const q = input.value.trim();
      if (q === asked) return;
      asked = q;
      if (!q) { close(); return; }
      try {
        const answer = await fetch(`${input.dataset.suggest}?q=${encodeURIComponent(q)}`);
        if (!answer.ok || asked !== q) return;
        list.innerHTML = await answer.text();
        list.hidden = !list.firstElementChild;
      } catch { close(); }
    };
    input.addEventListener("input", (event) => {
      if (event.isComposing) return;
      clearTimeout(waiting);
      waiting = setTimeout(show, 200);
    });
    input.addEventListener("compositionend", () => {
      clearTimeout(waiting);
      waiting = setTimeout(show, 200);
    });

    // The arrows walk the list, Escape closes it.
    const walk = (event) => {
      if (list.hidden) return;
      const links = [...list.querySelectorAll("a")];
      const here = links.indexOf(document.activeElement);
      if (event.key === "Escape") {
        close();
        input.focus();
      } else if (event.key === "ArrowDown" && (here >= 0 || event.target === input)) {
        event.preventDefault();
        (links[here + 1] || links[0]).focus();
      } else if (event.key === "ArrowUp" && here >= 0) {
        event.preventDefault();
        (here ? links[here - 1] : input).focus();
      }
    };
    form.addEventListener("keydown", walk);
    if (!form.contains(list)) list.addEventListener("keydown", walk);
    document.addEventListener("click", (event) => {
      if (!form.contains(event.target) && !list.contains(event.target)) close();
    });
  });
})();
