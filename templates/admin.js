// Shows a run while it goes on. Without this script the page shows the run as it was when it was opened.
const figures = document.querySelector("[data-events]");
if (figures) {
  const events = new EventSource(figures.dataset.events);
  events.addEventListener("run", (event) => {
    const run = JSON.parse(event.data);
    for (const figure of figures.querySelectorAll("[data-key]")) figure.textContent = run[figure.dataset.key];
    if (run.state === "done" || run.state === "failed") {
      events.close();
      location.reload();
    }
  });
}
