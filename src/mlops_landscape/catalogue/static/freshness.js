/* A fact grows old while the page stays the same. Whoever reads it later is warned: by the day on
   which it is read, which no build can know. */
(() => {
  "use strict";

  const STALE_DAYS = 180; // as in catalogue/model.py
  const DAY = 24 * 60 * 60 * 1000;

  const warn = () => {
    let oldest = 0;
    let stale = 0;
    document.querySelectorAll("time[data-checked]").forEach((time) => {
      const days = Math.floor((Date.now() - Date.parse(time.dateTime)) / DAY);
      if (days <= STALE_DAYS) return;
      stale += 1;
      oldest = Math.max(oldest, days);
      const note = document.createElement("strong");
      note.className = "is-stale";
      note.textContent = ` (${days} days ago: check it again)`;
      time.after(note);
    });
    if (!stale) return;
    const place = document.querySelector("article.bd-article h1");
    const banner = document.createElement("p");
    banner.className = "stale-banner";
    banner.setAttribute("role", "note");
    banner.textContent =
      `${stale} facts on this page were checked more than ${STALE_DAYS} days ago, ` +
      `the oldest ${oldest} days ago. Each is marked; follow its source before you rely on it.`;
    if (place) place.after(banner);
  };

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", warn);
  else warn();
})();
