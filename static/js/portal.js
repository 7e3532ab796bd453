// Makes pages quicker; every page works without it.
(() => {
  "use strict";

  // In elder mode the browser's own voice reads the page, when it has one.
  const crumbs = document.querySelector(".crumbs, [data-aloud]");
  if (crumbs && document.documentElement.hasAttribute("data-elder") && "speechSynthesis" in window) {
    const voice = window.speechSynthesis;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button button--secondary aloud";
    const rest = () => { button.textContent = "朗读本页"; };
    rest();
    button.addEventListener("click", () => {
      if (voice.speaking) {
        voice.cancel();
        rest();
        return;
      }
      const page = document.querySelector(".page") || document.querySelector("main");
      const speech = new SpeechSynthesisUtterance(page ? page.innerText : "");
      speech.lang = "zh-CN";
      speech.rate = 0.9;
      speech.onend = rest;
      button.textContent = "停止朗读";
      voice.speak(speech);
    });
    window.addEventListener("pagehide", () => voice.cancel());
    crumbs.append(button);
  }

  // A form is sent once: a second click on the way says so instead of sending again.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    if (event.submitter) event.submitter.setAttribute("aria-disabled", "true");
  });
  window.addEventListener("pageshow", () => {
    document.querySelectorAll("form[data-sent]").forEach((form) => {
      delete form.dataset.sent;
      form.querySelectorAll("[aria-disabled]").forEach((button) => button.removeAttribute("aria-disabled"));
    });
  });

  // On a phone the menu opens and closes in place; without this file its link jumps to it.
  const opener = document.querySelector("[data-menu]");
  if (opener) {
    const menu = document.getElementById("menu");
    opener.setAttribute("role", "button");
    opener.setAttribute("aria-controls", "menu");
    opener.setAttribute("aria-expanded", "false");
    const toggle = (event) => {
      event.preventDefault();
      const open = menu.toggleAttribute("data-open");
      opener.setAttribute("aria-expanded", String(open));
    };
    opener.addEventListener("click", toggle);
    opener.addEventListener("keydown", (event) => { if (event.key === " ") toggle(event); });
  }

  // After a refused form the reader starts at the summary of what to mend.
  const errors = document.getElementById("errors");
  if (errors) errors.focus();

  // A button for paper, where there is a printer to ask.
  document.querySelectorAll("[data-print]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  });

  // Leaving the government's site is asked once.
  const site = document.querySelector('meta[name="SiteName"]');
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='http']");
    if (!link || link.host === location.host) return;
    const name = site ? site.content : location.host;
    if (!window.confirm(`您访问的链接即将离开“${name}”，是否继续？`)) event.preventDefault();
  });

  // Files may be dropped onto their field.
  document.querySelectorAll("[data-upload]").forEach((box) => {
    const input = box.querySelector("input[type=file]");
    if (!input) return;
    const over = (event) => { event.preventDefault(); box.dataset.over = "yes"; };
    const out = () => { delete box.dataset.over; };
    box.addEventListener("dragover", over);
    box.addEventListener("dragleave", out);
    box.addEventListener("drop", (event) => {
      event.preventDefault();
      out();
      input.files = event.dataTransfer.files;
      input.dispatchEvent(new Event("change", { bubbles: true }));
    });
  });
})();
