// A time in a table leads to its moment of the video.
document.addEventListener("click", (event) => {
  const time = event.target.closest("[data-seek]");
  const film = document.getElementById("film");
  if (!time || !film) return;
  film.currentTime = Number(time.dataset.seek);
  film.scrollIntoView({ block: "nearest", behavior: "smooth" });
});
