"use strict";
/* One listener for keys and one for clicks; what is asked for goes to the server as an act. */
const bmg = (() => {
  const $ = (selector, root = document) => root.querySelector(selector);
  const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
  const SETTLE_MS = 400; // a key decides only what has been seen
  const TYPING_MS = 300;
  const SAID_MS = 8000;
  const AHEAD_MS = 600;
  const LOOK_AGAIN_MS = 2000; // until it is seen whether somebody looks again
  const ANSWER_MS = 30000; // an answer that does not come is asked for again
  let since = 0, screen = "", afterG = 0, again = 0, typing = 0, saying = 0, stood = 0, ahead = 0, sending = false, pressed = null;

  const stored = {
    get: (name) => { try { return localStorage.getItem(name); } catch { return null; } },
    set: (name, value) => { try { localStorage.setItem(name, value); } catch { /* private mode */ } },
  };

  /* Drafts by person and brand: they outlive a look elsewhere and a page loaded anew, not the tab. */
  const memory = new Map();
  const drafts = {
    name: () => `draft:${$(".who") ? $(".who").textContent.trim() : ""}:${draft()}`,
    get() {
      try { return JSON.parse(sessionStorage.getItem(drafts.name())); } catch { return memory.get(drafts.name()); }
    },
    set(found) {
      memory.set(drafts.name(), found);
      try { sessionStorage.setItem(drafts.name(), JSON.stringify(found)); } catch { /* private mode */ }
    },
    drop() {
      memory.delete(drafts.name());
      try { sessionStorage.removeItem(drafts.name()); } catch { /* private mode */ }
    },
  };

  /* ---- theme ---- */
  function theme(wanted) {
    const chosen = wanted || stored.get("theme") ||
      (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
    document.documentElement.dataset.theme = chosen;
    if (wanted) stored.set("theme", wanted);
  }
  theme();

  /* ---- going on ---- */
  function go(path) {
    const link = document.createElement("a");
    link.href = path;
    link.hidden = true;
    document.body.append(link);
    link.click();
    link.remove();
  }

  /* ---- what a page holds ---- */
  const page = () => $("[data-screen]");
  const seen = (el) => el && el.offsetParent !== null && !el.disabled;

  function fields(button) {
    const here = page(), found = { ...button.dataset };
    if (here && here.dataset.brand && !found.brandid) {
      found.brandid = here.dataset.brand;
      found.version = here.dataset.version;
      found.idem = `${here.dataset.idem}-${button.dataset.act}`;
    }
    if (button.dataset.act === "approve") found.opened = $$("[data-must][data-opened]").map((el) => el.dataset.must);
    if (here && here.dataset.case) found.case_id = here.dataset.case;
    if ("collects" in button.dataset) {
      const form = button.closest("form") || $("[data-feedback]");
      if (form) for (const [name, value] of new FormData(form)) found[name] = String(value);
      // A moment is said in the reader's zone and sent in UTC.
      for (const el of form ? $$("[data-moment]", form) : []) if (el.value) found[el.name] = new Date(el.value).toISOString();
      Object.assign(found, marks());
    }
    return found;
  }

  function marks() {
    const found = { belongs: [], does_not_belong: [], mccids_out: [] };
    for (const el of $$("[data-mark][aria-pressed=true]"))
      found[el.dataset.mark].push(el.closest("[data-row]").dataset.row);
    for (const el of $$(".chip[aria-pressed=true]")) found.mccids_out.push(el.dataset.code);
    for (const name in found) found[name] = [...new Set(found[name])];
    return found;
  }

  function ticked() {
    const line = $("[data-ticked]");
    if (!line) return;
    const { belongs, does_not_belong, mccids_out } = marks();
    const said = [];
    if (belongs.length) said.push(`${belongs.length} belong`);
    if (does_not_belong.length) said.push(`${does_not_belong.length} do not`);
    if (mccids_out.length) said.push(`not code ${mccids_out.join(", ")}`);
    line.textContent = said.length ? `Ticked: ${said.join(" · ")}` : "No rows ticked, no code crossed out.";
    drafts.set({ ...marks(), text: $("#remark") ? $("#remark").value : "" });
  }

  function restore() {
    const found = page().dataset.brand && drafts.get();
    if (!found) return;
    for (const kind of ["belongs", "does_not_belong"])
      for (const row of found[kind])
        for (const el of $$(`[data-mark=${kind}]`))
          if (el.closest("[data-row]").dataset.row === row) el.setAttribute("aria-pressed", "true");
    for (const el of $$(".chip")) if (found.mccids_out.includes(el.dataset.code)) el.setAttribute("aria-pressed", "true");
    if ($("#remark")) $("#remark").value = found.text;
    ticked();
  }

  function mark(button) {
    const was = button.getAttribute("aria-pressed") === "true";
    for (const el of $$("[data-mark]", button.closest("[data-row]"))) el.setAttribute("aria-pressed", "false");
    button.setAttribute("aria-pressed", String(!was));
    ticked();
  }

  /* A draft is of a brand: it outlives a version made by somebody else meanwhile. */
  function draft() { return screen.split("/").slice(0, 2).join("/"); }

  /* ---- rows ---- */
  const rows = () => $$("[data-rows] tbody tr, [data-rows] [data-item]").filter((el) => el.offsetParent !== null);
  const current = () => rows().find((el) => el.classList.contains("here"));

  function move(step) {
    const all = rows();
    if (!all.length) return;
    const at = all.indexOf(current());
    const next = all[Math.max(0, Math.min(all.length - 1, at < 0 ? (step > 0 ? 0 : all.length - 1) : at + step))];
    for (const el of all) { el.classList.toggle("here", el === next); el.tabIndex = el === next ? 0 : -1; }
    next.focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
  }

  function pane(button) {
    for (const el of $$("[role=tab]")) el.setAttribute("aria-selected", String(el === button));
    for (const el of $$("[role=tabpanel]")) el.hidden = el.id !== button.dataset.pane;
    document.dispatchEvent(new Event("rowsshown"));
  }

  /* ---- acts ---- */
  /* Rows of an approved brand move only when the line that says so was opened. */
  function unopened() {
    const line = $$("details[data-must]").find((el) => !("opened" in el.dataset));
    if (!line) return false;
    line.open = true;
    since = Date.now(); // it decides only what has been seen
    $("summary", line).focus();
    say("Rows of an approved brand would move: here they are. Approve again if they should.", true);
    return true;
  }

  function act(button) {
    if (sending || button.dataset.act === "approve" && unopened()) return;
    sending = true;
    stood = scrollY;
    pressed = "collects" in button.dataset || "decides" in button.dataset ? null : { at: draft(), like: alike(button) };
    button.setAttribute("aria-busy", "true");
    setTimeout(() => { sending = false; }, 8000); // an answer that does not come blocks nothing for good
    say("…");
    emitEvent("act", fields(button));
  }

  /* The same button on the page that comes, whatever it will say then. */
  function alike(button) {
    return ["act", "point"].filter((name) => name in button.dataset).map((name) => `[data-${name}="${CSS.escape(button.dataset[name])}"]`).join("");
  }

  function say(text, bad = false) {
    const line = $("#say");
    if (!line) return;
    line.textContent = text;
    line.classList.toggle("bad", bad);
    clearTimeout(saying);
    if (text && !bad) saying = setTimeout(() => { line.textContent = ""; }, SAID_MS);
  }

  function reply(told) {
    const quiet = ["hints", "tried"].includes(told.panel); // answers to typing end no act
    if (!quiet) {
      sending = false;
      for (const el of $$("[aria-busy]")) el.removeAttribute("aria-busy");
    }
    if (!quiet || told.say) say(told.say, told.bad);
    if (told.panel) {
      const panel = document.getElementById(told.panel);
      if (panel) panel.innerHTML = told.html; // escaped by the server; the policy runs no handler
      const dialog = panel && $("dialog[data-shown]", panel);
      if (dialog) dialog.showModal();
    }
    if (!told.bad) {
      for (const el of $$("dialog[open]:not([data-shown])")) el.close();
      if (told.spent) drafts.drop();
    }
  }

  function leave(form) {
    const query = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (value) query.set(name, String(value));
    const text = query.toString();
    go(form.dataset.go + (text ? `?${text}` : ""));
  }

  function press(el) {
    if ("focus" in el.dataset) { el.focus(); return; }
    if ("decides" in el.dataset || el.dataset.act === "undo") {
      if (Date.now() - since < SETTLE_MS || stored.get("letters") === "off") return;
    }
    el.click();
  }

  /* ---- a page came ---- */
  function arrived() {
    const here = page(), name = here ? here.dataset.screen : "";
    const under = $("[data-under]");
    for (const el of $$("[data-tab]")) {
      if (under && el.dataset.tab === under.dataset.under) el.setAttribute("aria-current", "page");
      else el.removeAttribute("aria-current");
    }
    for (const el of $$("time[datetime]:not([data-local])")) {
      const moment = new Date(el.dateTime);
      el.dataset.local = "";
      if (!isNaN(moment)) {
        const year = moment.getFullYear() === new Date().getFullYear() ? {} : { year: "numeric" };
        el.textContent = moment.toLocaleString("en-GB", { day: "numeric", month: "short", ...year, hour: "2-digit", minute: "2-digit" }).replace(",", "");
        el.title = moment.toLocaleString("en-GB", { dateStyle: "full", timeStyle: "long" });
      }
    }
    if (!here || here.dataset.came) return;
    here.dataset.came = "yes";
    const changed = name !== screen;
    screen = name;
    since = Date.now();
    const title = $("h1", here);
    document.title = `${title.textContent.trim()} · brand-metagen`;
    const same = pressed && pressed.at === draft() && $$(pressed.like, here).find(seen);
    pressed = null;
    if (same) { scrollTo(0, stood); same.focus({ preventScroll: true }); }
    else if (changed) { title.focus({ preventScroll: true }); scrollTo(0, 0); } else scrollTo(0, stood);
    const tabs = $$("[role=tab]");
    if (tabs.length) pane(tabs.find((el) => $("b", el).textContent !== "0") || tabs[0]);
    for (const el of $$("[data-switch]")) choose(el);
    restore();
    const stay = $("[data-stay]", here);
    if (stay && !changed) stay.focus({ preventScroll: true });
    const last = $$(".bubble", here).pop();
    if (last) last.scrollIntoView({ block: "end" });
    const live = $("[data-live]");
    if (live) emitLive(live);
    clearTimeout(again);
    clearTimeout(ahead);
    if ("ahead" in here.dataset) ahead = setTimeout(() => emitEvent("act", { act: "ahead", brandid: here.dataset.brand }), AHEAD_MS);
    if (here.dataset.again) later(Number(here.dataset.again));
  }

  function begin(text) {
    const field = $("#remark");
    field.value = text;
    field.focus();
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  /* A line of the confidence shows the rows behind it. */
  function filter(id, text, fitting) {
    unfilter();
    pane($(`[data-pane="${id}"]`));
    let shown = 0;
    for (const el of $$(`#${id} tbody tr`)) {
      const fits = fitting(el);
      el.hidden = !fits;
      shown += fits ? 1 : 0;
    }
    const line = $("[data-filtered]");
    line.hidden = false;
    $("span", line).textContent = `${shown} kinds of rows shown: ${text}`;
    document.dispatchEvent(new Event("rowsshown"));
    line.scrollIntoView({ block: "nearest" });
  }

  function unfilter() {
    for (const el of $$("[role=tabpanel] tr[hidden]")) el.hidden = false;
    const line = $("[data-filtered]");
    if (line) line.hidden = true;
    document.dispatchEvent(new Event("rowsshown"));
  }

  function fill(text) {
    const field = $("[data-sends]");
    if (field) { field.value = text; field.focus(); }
  }

  /* Pages that say so follow what goes on, unless somebody does not want it or is about to do something. */
  function refresh() {
    const busy = document.hidden || sending || $("dialog[open]") || stored.get("follows") === "off";
    later(busy ? LOOK_AGAIN_MS : ANSWER_MS);
    if (!busy) emitEvent("act", { act: "live", at: screen });
  }

  function later(ms) {
    clearTimeout(again);
    again = setTimeout(refresh, ms);
  }

  /* The page as it is now, empty = as it was; nothing happens where another is shown meanwhile. */
  function live(told) {
    const here = page();
    if (!here || told.at !== screen) return;
    if (told.html) bmgLive.follow(here, told.html);
    if (told.html) screen = here.dataset.screen;
    if (here.dataset.again) later(Number(here.dataset.again));
    else clearTimeout(again);
  }

  function choose(select) {
    for (const el of $$("[data-when]", select.form)) el.hidden = !el.dataset.when.split(" ").includes(select.value);
  }

  function emitLive(form) {
    const found = { act: form.dataset.live };
    for (const [name, value] of new FormData(form)) found[name] = String(value);
    emitEvent("act", found);
  }

  /* ---- listeners ---- */
  document.addEventListener("click", (event) => {
    const el = event.target.closest("button, a");
    if (!el || el.disabled) return;
    if ("themeSwitch" in el.dataset) theme(document.documentElement.dataset.theme === "dark" ? "light" : "dark");
    if (el.dataset.opens) document.getElementById(el.dataset.opens).showModal();
    if ("closes" in el.dataset) el.closest("dialog").close();
    if (el.dataset.pane) pane(el);
    if (el.dataset.fill) fill(el.dataset.fill);
    if (el.dataset.say) begin(el.dataset.say);
    if (el.dataset.filter) filter(el.dataset.in, el.dataset.filter, (row) => $("td.why", row).textContent.includes(el.dataset.filter));
    if (el.dataset.kind) filter(el.dataset.in, el.dataset.kind, (row) => row.dataset.stratum === el.dataset.kind);
    if (el.dataset.paneOf) { const tab = $(`[data-pane="${el.dataset.paneOf}"]`); pane(tab); tab.scrollIntoView({ block: "nearest" }); }
    if ("unfilter" in el.dataset) unfilter();
    if ("carry" in el.dataset) drafts.set({ ...marks(), text: el.dataset.carry });
    if ("drop" in el.dataset) drafts.drop();
    if (el.dataset.mark) mark(el);
    if (el.matches("button.chip")) { el.setAttribute("aria-pressed", String(el.getAttribute("aria-pressed") !== "true")); ticked(); }
    if ("stays" in el.dataset) stood = scrollY;
    if (el.dataset.act) act(el);
  });
  document.addEventListener("toggle", (event) => {
    if (event.target.matches("[data-must]") && event.target.open) event.target.dataset.opened = "";
  }, true);
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.hasAttribute("action")) {
      if (form.action.endsWith("/leave")) sessionStorage.clear(); // no draft stays behind
      return;
    }
    event.preventDefault();
    if (form.dataset.go) leave(form);
  });
  document.addEventListener("change", (event) => {
    for (const name of ["letters", "follows"])
      if (name in event.target.dataset) stored.set(name, event.target.checked ? "on" : "off");
    if ("switch" in event.target.dataset) choose(event.target);
    if (event.target.form && event.target.form.dataset.go && event.target.tagName === "SELECT") leave(event.target.form);
  });
  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (event.target.id === "remark") {
      ticked();
      clearTimeout(typing);
      const said = { act: "hint", brandid: page().dataset.brand, text: event.target.value };
      typing = setTimeout(() => emitEvent("act", said), 2 * TYPING_MS);
    }
    if (!form || !form.dataset.live) return;
    clearTimeout(typing);
    typing = setTimeout(() => emitLive(form), TYPING_MS);
  });
  const WRITING = "input, textarea, select, [contenteditable]";
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.repeat && !["j", "k", "ArrowDown", "ArrowUp"].includes(event.key)) return;
    const target = event.target;
    if (target.closest(WRITING)) {
      if (event.key === "Escape") { target.blur(); const h = $("h1"); if (h) h.focus({ preventScroll: true }); }
      if (event.key === "Enter" && !event.shiftKey && "sends" in target.dataset) {
        event.preventDefault();
        target.form.querySelector("[data-act]").click();
      }
      if (event.key === "Enter" && event.ctrlKey) {
        const next = $("[data-feedback-submit]") || $("[data-act=understand]");
        if (target.closest("[data-feedback]") && seen(next)) { event.preventDefault(); next.click(); }
      }
      return;
    }
    if (event.ctrlKey || event.altKey || event.metaKey || $("dialog[open]")) return;
    const key = event.key;
    if (afterG && Date.now() - afterG < 1500) {
      afterG = 0;
      const link = $(`[data-goes="${CSS.escape(key)}"]`);
      if (link) { event.preventDefault(); link.click(); }
      return;
    }
    if (key === "g") { afterG = Date.now(); return; }
    if (key === "j" || key === "ArrowDown" && current()) { event.preventDefault(); move(1); return; }
    if (key === "k" || key === "ArrowUp" && current()) { event.preventDefault(); move(-1); return; }
    if (key === "d") { const change = $("#change"); if (change) change.focus(); else if ($("[data-brand]")) say("It reads as it did before: there is nothing to hold it against."); return; }
    const row = current();
    if (row && key === "Enter" && !target.closest("a, button")) { const link = $("a", row); if (link) link.click(); return; }
    if (row && (key === "b" || key === "x")) {
      const button = $(`[data-mark=${key === "b" ? "belongs" : "does_not_belong"}]`, row);
      if (button) { mark(button); return; }
    }
    const el = $$(`[data-key="${CSS.escape(key)}"]`).find(seen);
    if (el) { event.preventDefault(); press(el); }
  });
  window.addEventListener("offline", () => say("Connection lost. Your draft is kept; decisions wait.", true));
  window.addEventListener("online", () => say(""));
  new MutationObserver(arrived).observe(document.documentElement, { childList: true, subtree: true });
  document.addEventListener("DOMContentLoaded", () => {
    arrived();
    for (const name of ["letters", "follows"]) {
      const box = $(`[data-${name}]`);
      if (box) box.checked = stored.get(name) !== "off";
    }
  });
  return { reply, live };
})();
window.bmg = bmg;
