"use strict";
/* A piece of a rule lights what it matched: while it has the focus or the pointer, or once pressed. */
(() => {
  const $ = (selector, root = document) => root.querySelector(selector);
  const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
  const pinned = () => $("[data-light][aria-pressed=true]");

  function light(button) {
    const place = button ? button.dataset.light : null;
    const has = (el, name) => place !== null && el.dataset[name].split(" ").includes(place);
    for (const el of $$("[data-piece]")) el.classList.toggle("lit", el.dataset.piece === place);
    for (const el of $$("[data-p]")) el.classList.toggle("lit", has(el, "p"));
    for (const el of $$("[data-pieces]")) el.classList.toggle("dim", place !== null && !has(el, "pieces"));
    const line = $("[data-lighting]");
    if (line) line.textContent = button ? told(button) : line.dataset.lighting;
  }

  function told(button) {
    const shown = $$("[role=tabpanel]:not([hidden]) [data-pieces]").filter((el) => !el.hidden);
    const lit = shown.filter((el) => !el.classList.contains("dim")).length;
    const stays = button.getAttribute("aria-pressed") === "true" ? " and stays lit" : "";
    const what = button.dataset.light === "x" ? "What is shut out stands" : `Piece ${button.textContent} matched`;
    return `${what} in ${lit} of the ${shown.length} kinds of rows shown${stays}.`;
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-light]");
    if (!button) return;
    const was = button.getAttribute("aria-pressed") === "true";
    for (const el of $$("[data-light]")) el.setAttribute("aria-pressed", String(el === button && !was));
    light(button);
  });
  for (const [type, inside] of [["focusin", true], ["pointerover", true], ["focusout", false], ["pointerout", false]])
    document.addEventListener(type, (event) => {
      const piece = event.target.closest && event.target.closest("[data-piece]");
      if (piece) light(inside ? $("[data-light]", piece) : pinned());
    });
  document.addEventListener("rowsshown", () => { if ($("[data-light]")) light(pinned()); });
})();
