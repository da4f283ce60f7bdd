// Lets a part of the page follow what happens, told by server-sent events: `data-events` names their address.
// Every event brings the part as it is now, so it does not matter which ones were missed while the network was
// lost, the page was hidden, or this browser was not there at all.
(() => {
  const AGAIN = 2000;
  let source = null, place = null, waiting = 0;

  const lost = (is) => {
    const box = document.getElementById("lost");
    if (box) box.hidden = !is;
  };

  function stop() {
    clearTimeout(waiting);
    source?.close();
    source = null;
  }

  function show(text) {
    const focused = place.contains(document.activeElement) ? document.activeElement.id : "";
    place.innerHTML = text;
    window.htmx?.process(place);
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
    document.dispatchEvent(new Event("tieout:shown"));
  }

  function watch() {
    const found = document.hidden ? null : document.querySelector("[data-events]");
    if (found && found === place && source) return;
    stop();
    place = found;
    if (!place) return;
    source = new EventSource(place.dataset.events);
    source.addEventListener("open", () => lost(false));
    source.addEventListener("progress", (event) => show(event.data));
    source.addEventListener("end", (event) => {
      show(event.data);
      place.removeAttribute("data-events");
      stop();
    });
    source.addEventListener("error", () => {
      // A browser comes back by itself only while it was never refused; so it is done here.
      stop();
      lost(true);
      waiting = setTimeout(watch, AGAIN);
    });
  }

  document.addEventListener("visibilitychange", watch);
  document.addEventListener("htmx:after:swap", watch);
  addEventListener("pagehide", stop);
  addEventListener("pageshow", watch);
  document.addEventListener("DOMContentLoaded", watch);
  if (document.readyState !== "loading") watch();
})();
