/* A page that follows what goes on: what has changed is changed in its place, so that the scroll, the focus and what is
   being typed stay as they are. Nothing is asked for while nobody looks, a dialog is open or an act is under way. */
const bmgLive = (() => {
  const OURS = new Set(["data-came", "data-local", "open", "hidden", "tabindex", "aria-busy", "aria-selected", "title"]);
  const FIELDS = "input, textarea, select";

  /* What makes a row, a card or a step the same one, wherever it stands now. */
  function key(node) {
    if (node.nodeType !== Node.ELEMENT_NODE) return "";
    if (node.id || node.dataset.row) return node.id || node.dataset.row;
    const link = node.matches("tr, li, article") && node.querySelector("a[href]");
    return link ? link.getAttribute("href") : "";
  }

  function alike(old, now) {
    return old.nodeType === now.nodeType && old.nodeName === now.nodeName && key(old) === key(now);
  }

  function attributes(old, now) {
    for (const { name } of [...old.attributes]) if (!now.hasAttribute(name) && !OURS.has(name)) old.removeAttribute(name);
    const here = old.classList.contains("here");
    for (const { name, value } of now.attributes)
      if (!OURS.has(name) && old.getAttribute(name) !== value) old.setAttribute(name, value);
    if (here) old.classList.add("here");
  }

  function patch(old, now) {
    if (old.nodeType !== Node.ELEMENT_NODE) {
      if (old.data !== now.data) old.data = now.data;
      return;
    }
    if (old.matches(`[aria-live], dialog, ${FIELDS}`)) return; // what people were shown, or are at
    if (old.matches("time") && old.dateTime === now.dateTime) return; // written in the reader's zone
    if (old.matches("time")) delete old.dataset.local;
    attributes(old, now);
    children(old, now);
  }

  function children(old, now) {
    const wanted = [...now.childNodes], keep = new Set(wanted.map(key).filter(Boolean));
    let at = old.firstChild;
    for (const next of wanted) {
      while (at && key(at) && !keep.has(key(at))) { const gone = at; at = at.nextSibling; gone.remove(); }
      const name = key(next);
      let found = at && alike(at, next) ? at : null;
      if (!found && name) found = [...old.children].find((el) => key(el) === name && alike(el, next)) || null;
      if (!found) { old.insertBefore(next, at); continue; }
      if (found === at) at = at.nextSibling;
      else old.insertBefore(found, at);
      patch(found, next);
    }
    while (at) { const gone = at; at = at.nextSibling; gone.remove(); }
  }

  /* Make the page that is shown like the one that came as text; whether it could. */
  function follow(page, html) {
    const made = document.createElement("template");
    made.innerHTML = html; // escaped by the server; nothing in a template runs
    const now = made.content.querySelector("#page");
    if (!now || !page) return false;
    patch(page, now);
    return true;
  }

  return { follow };
})();
