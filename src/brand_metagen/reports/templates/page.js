"use strict";
// Comfort only: sorting and filtering of tables. Without it the page reads the same.
const value = (row, column) => {
  const cell = row.cells[column];
  const given = cell.dataset.v;
  return given === undefined ? cell.textContent.trim() : Number(given);
};
const compare = (a, b) => (typeof a === "number" ? a - b : String(a).localeCompare(String(b), "en"));
for (const table of document.querySelectorAll("table.sortable")) {
  const body = table.tBodies[0];
  if (body.rows.length < 3) continue;
  [...table.tHead.rows[0].cells].forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const down = head.getAttribute("aria-sort") === "ascending" ||
        (!head.hasAttribute("aria-sort") && head.classList.contains("num"));
      for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const sign = down ? -1 : 1;
      body.append(...[...body.rows].sort((a, b) => sign * compare(value(a, column), value(b, column))));
    });
  });
  if (body.rows.length < 10) continue;
  const box = document.createElement("input");
  box.type = "search";
  box.placeholder = "Filter these rows";
  box.setAttribute("aria-label", "Filter these rows");
  box.addEventListener("input", () => {
    const wanted = box.value.toLowerCase();
    for (const row of body.rows) row.hidden = !row.textContent.toLowerCase().includes(wanted);
  });
  table.parentElement.before(box);
}
