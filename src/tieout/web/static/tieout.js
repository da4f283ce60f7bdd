// What the page does beyond what it does without scripts: times in the reader's zone, one press per button,
// no refresh while nobody looks, and a word when Tieout does not answer.
(() => {
  const zone = new Intl.DateTimeFormat(undefined, { timeZoneName: "short" });
  const local = new Intl.DateTimeFormat(undefined, {
    day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit",
  });
  const zoneName = () =>
    zone.formatToParts(new Date()).find((part) => part.type === "timeZoneName")?.value ?? "UTC";

  function localise(root) {
    for (const time of root.querySelectorAll("time[datetime]")) {
      const text = local.format(new Date(time.dateTime));
      if (time.hasAttribute("data-local") && time.textContent !== text) time.textContent = text;
      const title = `${text} ${zoneName()}`;
      if (time.title !== title) time.title = title;
    }
    for (const place of root.querySelectorAll("[data-zone]")) {
      const text = Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
      if (place.textContent !== text) place.textContent = text;
    }
  }

  // A part that is put in place is localised before it is drawn.
  document.addEventListener("htmx:after:swap", () => localise(document));
  document.addEventListener("tieout:shown", () => localise(document));
  document.addEventListener("DOMContentLoaded", () => localise(document));
  if (document.readyState !== "loading") localise(document);

  const isLive = (event) => event.detail?.ctx?.sourceElement?.hasAttribute?.("data-live");

  // Without a secure address a browser has no clipboard for scripts: then the text is selected, to be copied by hand.
  async function copy(button, source) {
    const said = button.querySelector("[data-said]");
    let done = true;
    try {
      await navigator.clipboard.writeText(source.textContent);
    } catch {
      getSelection().selectAllChildren(source);
      done = false;
    }
    said.textContent = done ? "Copied" : "Selected";
    announce(done ? "Copied" : "Selected: copy it with the keyboard");
    setTimeout(() => { said.textContent = "Copy"; announce(""); }, 4000);
  }
  const announce = (text) => {
    const place = document.getElementById("announce");
    if (place) place.textContent = text;
  };

  // One press is enough: a second one of the same form is dropped until the page has changed.
  let pressed = new WeakMap();
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || form.method !== "post") return;
    const last = pressed.get(form);
    if (last && performance.now() - last < 4000) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    pressed.set(form, performance.now());
    (event.submitter ?? form).setAttribute("aria-busy", "true");
  }, true);
  const free = () => {
    pressed = new WeakMap();
    for (const busy of document.querySelectorAll("[aria-busy]")) busy.removeAttribute("aria-busy");
  };
  addEventListener("pageshow", free);
  document.addEventListener("htmx:finally:request", (event) => { if (!isLive(event)) free(); });
  document.addEventListener("click", (event) => {
    if (event.target.closest?.("[aria-disabled=true]")) event.preventDefault();
    const copying = event.target.closest?.("[data-copy]");
    if (copying) copy(copying, document.getElementById(copying.dataset.copy));
    const dismiss = event.target.closest?.("[data-dismiss]");
    if (dismiss) {
      event.preventDefault();
      event.stopImmediatePropagation();
      dismiss.closest(".notice").remove();
      document.getElementById("main").focus();
    }
  }, true);
  document.addEventListener("change", (event) => {
    if (event.target.matches?.("[data-submit]")) event.target.form.requestSubmit();
  });
  document.addEventListener("keydown", (event) => {
    // Enter in the search for another record searches; it does not link.
    if (event.key === "Enter" && event.target.matches?.("[data-find]")) event.preventDefault();
    if (event.key === "/" && !event.target.closest?.("input, select, textarea")) {
      const search = document.getElementById("search");
      if (search) { event.preventDefault(); search.focus(); }
    }
  });

  const lost = (is) => {
    const box = document.getElementById("lost");
    if (box && box.hidden === is) box.hidden = !is;
  };
  document.addEventListener("htmx:before:request", (event) => {
    // Nobody looks, or somebody is choosing something: the refresh waits.
    if (isLive(event) && (document.hidden || document.querySelector("select:focus"))) event.preventDefault();
  });
  document.addEventListener("htmx:after:request", (event) => {
    if (isLive(event)) lost((event.detail.ctx.response?.raw?.status ?? 200) >= 500);
  });
  document.addEventListener("htmx:error", (event) => { if (isLive(event)) lost(true); });
  // After a press that changed the page, a reader who works by keyboard or by ear is led to what it says.
  document.addEventListener("htmx:after:settle", () => {
    const notice = document.getElementById("notice");
    if (notice && !notice.dataset.told && !notice.contains(document.activeElement)) {
      notice.dataset.told = "yes";
      if (document.activeElement === document.body) notice.focus({ preventScroll: true });
      notice.scrollIntoView({ block: "nearest" });
    }
  });
})();
