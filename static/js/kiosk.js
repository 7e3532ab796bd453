// A terminal left alone goes back to its first page; whoever is still reading says so with one touch.
(() => {
  "use strict";

  const { idle, home } = document.body.dataset;
  const asks = 20; // seconds the question stands
  const first = location.pathname === home;
  let left = Number(idle);
  let asked = null;

  const leave = () => {
    // A first page nobody has typed on is fresh as it is.
    const typed = document.querySelector("input[name=q]");
    if (first && (!typed || !typed.value) && window.scrollY === 0) {
      still();
    } else {
      clearInterval(watch);
      location.replace(home);
    }
  };
  const still = () => {
    left = Number(idle);
    if (asked) asked.remove();
    asked = null;
  };
  const ask = () => {
    asked = document.createElement("div");
    asked.className = "kiosk__still";
    asked.setAttribute("role", "alertdialog");
    asked.setAttribute("aria-label", "还在看吗");
    const words = document.createElement("span");
    words.textContent = "还在看吗？马上回到首页。";
    const stay = document.createElement("button");
    stay.type = "button";
    stay.className = "button button--secondary";
    stay.textContent = "继续看";
    stay.addEventListener("click", still);
    asked.append(words, stay);
    document.body.append(asked);
  };

  const watch = setInterval(() => {
    left -= 1;
    if (left <= 0) leave();
    else if (left <= asks && !asked && !first) ask();
  }, 1000);
  ["pointerdown", "keydown", "scroll", "input"].forEach((sign) => {
    document.addEventListener(sign, still, { passive: true, capture: true });
  });

  // What one stranger read is not behind the next one's finger.
  document.querySelectorAll("a[data-home]").forEach((link) => {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      location.replace(link.href);
    });
  });
  window.addEventListener("pageshow", (event) => {
    if (event.persisted && !first) location.replace(home);
  });
})();
