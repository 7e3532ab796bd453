// Keyboard for the workbench. Every key has a link or a button that does the same.
(() => {
  "use strict";
  document.addEventListener("DOMContentLoaded", () => {
    // The shell's scrolling boxes name themselves in English unless told their name first.
    document.querySelectorAll("[data-simplebar]:not([data-simplebar-aria-label])").forEach((box) => {
      box.setAttribute("data-simplebar-aria-label", "可以滚动的内容");
    });
    const desk = document.querySelector("[data-desk]");
    if (!desk) return;
    const rows = [...desk.querySelectorAll("tbody tr[data-light]")];
    const help = document.getElementById("desk-help");
    let here = -1;

    const go = (step) => {
      if (!rows.length) return;
      rows[here]?.classList.remove("is-here");
      here = Math.min(Math.max(here + step, 0), rows.length - 1);
      rows[here].classList.add("is-here");
      rows[here].scrollIntoView({ block: "nearest" });
      rows[here].querySelector("[data-open]").focus({ preventScroll: true });
    };
    const open = (fragment) => {
      const link = rows[here]?.querySelector("[data-open]");
      if (link) window.location.href = link.href + fragment;
    };
    const act = () => {
      if (desk.dataset.desk === "queue") return open("#act");
      const form = desk.querySelector("#act details[open], #act details");
      if (!form) return;
      form.open = true;
      form.querySelector("textarea, select, input:not([type=hidden]), button")?.focus();
    };
    const keys = {
      j: () => go(1),
      k: () => go(-1),
      a: act,
      u: () => { if (desk.dataset.desk === "case") window.location.href = desk.dataset.back || "/admin/approvals/case/mine/"; },
      x: () => { const box = rows[here]?.querySelector("input[type=checkbox]"); if (box) box.checked = !box.checked; },
      "?": () => (help.open ? help.close() : help.showModal()),
    };
    document.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]")) return;
      const key = keys[event.key];
      if (!key) return;
      event.preventDefault();
      key();
    });
    // A double click sends once; the server would answer the second kindly all the same.
    desk.querySelectorAll("form[data-once]").forEach((form) => {
      form.addEventListener("submit", (event) => {
        if (form.dataset.sent) event.preventDefault();
        form.dataset.sent = "yes";
      });
    });
    if (window.location.hash === "#act") act();
  });
})();
