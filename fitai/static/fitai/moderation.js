// The queue and its cases by keyboard: letters lead to links and buttons, and nothing is decided by a single key.
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, select, textarea, [contenteditable]");
  if (event.ctrlKey || event.metaKey || event.altKey || (typing && typing.type !== "checkbox")) return;
  const link = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  const aim = document.querySelector(`[data-focus="${CSS.escape(event.key)}"]`) || (event.key === "r" && document.getElementById("id_canned"));
  if (link) link.click();
  else if (aim) aim.focus();
  else return;
  event.preventDefault();
});

// A filter shows what it lets through as soon as it is chosen; one box ticks all.
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-submits]")) event.target.form.requestSubmit();
  if (event.target.matches("[data-all]")) {
    for (const box of document.getElementsByName(event.target.dataset.all)) box.checked = event.target.checked;
  }
});
