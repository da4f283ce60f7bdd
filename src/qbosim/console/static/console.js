// Comfort only; every page works without it.
"use strict";
for (const form of document.querySelectorAll('form[method="post"]')) {
  form.addEventListener("submit", () => {
    setTimeout(() => form.querySelectorAll("button").forEach((each) => (each.disabled = true)));
  });
}
window.addEventListener("pageshow", () => {
  document.querySelectorAll("button:disabled").forEach((each) => (each.disabled = false));
});
document.querySelector(".trouble")?.focus();
for (const table of document.querySelectorAll("table[data-grows]")) {
  const add = document.createElement("button");
  add.type = "button";
  add.textContent = "Add a line";
  add.className = "small";
  add.addEventListener("click", () => {
    const rows = table.tBodies[0].rows;
    const copy = rows[rows.length - 1].cloneNode(true);
    for (const field of copy.querySelectorAll("input, select")) {
      field.value = "";
      field.setAttribute("aria-label", field.getAttribute("aria-label").replace(/\d+$/, rows.length + 1));
    }
    table.tBodies[0].append(copy);
    copy.querySelector("input").focus();
  });
  table.parentElement.after(add);
}
