// Selecting rows: one by one, a whole range with Shift, or all of the page.

export function selectRows(page) {
  if (!page.querySelector("[data-place]")) return;
  const list = page.querySelector("[data-place]");
  let last = null; // the row that a range begins at
  list.addEventListener("click", (event) => {
    const box = event.target.closest(".row-select");
    if (!box) return;
    if (event.shiftKey) range(list, last, box);
    last = box.value;
    tell(page);
  });
  page.addEventListener("keydown", (event) => {
    if (event.key !== "X" || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const box = page.activeElement?.closest?.("[data-row]")?.querySelector(".row-select");
    if (!box) return;
    event.preventDefault();
    box.checked = true;
    range(list, last, box);
    last = box.value;
    tell(page);
  });
  const all = page.querySelector("[data-select-all]");
  all?.addEventListener("change", () => {
    for (const box of boxes(list)) box.checked = all.checked;
    tell(page);
  });
}

// Everything between where the range began and this row becomes what this row is.
function range(list, from, box) {
  const rows = boxes(list);
  const begin = rows.findIndex((each) => each.value === from);
  const end = rows.indexOf(box);
  if (begin < 0 || end < 0) return;
  for (const each of rows.slice(Math.min(begin, end), Math.max(begin, end) + 1)) each.checked = box.checked;
}

function boxes(list) {
  return [...list.querySelectorAll(".row-select")];
}

function tell(page) {
  page.dispatchEvent(new Event("change"));
}

export function selected(page) {
  return [...page.querySelectorAll(".row-select:checked")];
}

// A key that acts on several acts on the row that one stands on when nothing is selected.
export function selectHere(page) {
  if (selected(page).length) return true;
  const box = page.activeElement?.closest?.("[data-row]")?.querySelector(".row-select");
  if (!box) return false;
  box.click();
  return true;
}
