// A page that keeps itself up to date asks nothing while nobody looks at it, and shows nothing but itself.
document.addEventListener("htmx:beforeRequest", (event) => {
  if (document.hidden && event.target.matches("[data-live]")) event.preventDefault();
});
document.addEventListener("htmx:beforeSwap", (event) => {
  const answered = event.detail.xhr.responseURL;
  if (!event.target.matches("[data-live]") || !answered) return;
  if (new URL(answered).pathname === location.pathname) return;
  event.detail.shouldSwap = false; // who is logged out, or whose page is gone, was sent elsewhere
  location.reload();
});
