/* The table of the directory: search, three filters, and sorting by any column. */
(() => {
  "use strict";

  const start = (root) => {
    root.dataset.ready = "";
    const search = root.querySelector(".directory-search");
    const boxes = [...root.querySelectorAll("[data-only]")];
    const count = root.querySelector(".directory-count");
    const body = root.querySelector("tbody");
    const heads = [...root.querySelectorAll("thead th")];
    const rows = [...body.rows];
    const words = new Map(
      rows.map((row) => [row, `${row.textContent} ${row.dataset.words}`.toLowerCase()]),
    );
    const fits = {
      open: (row) => row.dataset.open === "True",
      account: (row) => row.dataset.account === "no",
      alive: (row) => row.dataset.alive === "True",
    };

    const filter = () => {
      const wanted = search.value.toLowerCase().split(/\s+/).filter(Boolean);
      const chosen = boxes.filter((box) => box.checked).map((box) => fits[box.dataset.only]);
      let shown = 0;
      rows.forEach((row) => {
        row.hidden = !(
          chosen.every((fit) => fit(row)) && wanted.every((word) => words.get(row).includes(word))
        );
        shown += !row.hidden;
      });
      const all = shown === rows.length;
      count.textContent = all ? `${shown} tools` : `${shown} of ${rows.length} tools`;
    };

    /* Releases are sorted by their month; a version number says nothing about age. */
    const key = (row, column) =>
      heads[column].textContent.startsWith("Release")
        ? row.dataset.released
        : row.cells[column].textContent;

    const sort = (column) => {
      const head = heads[column];
      const up = head.getAttribute("aria-sort") !== "ascending";
      heads.forEach((each) => each.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", up ? "ascending" : "descending");
      const order = new Intl.Collator("en", { numeric: true, sensitivity: "base" });
      const sorted = [...rows].sort((one, other) => {
        const [a, b] = [key(one, column), key(other, column)];
        if (!a || !b) return !a - !b; // what is empty comes last, up and down
        return up ? order.compare(a, b) : order.compare(b, a);
      });
      body.append(...sorted);
    };

    heads.forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = head.textContent;
      button.addEventListener("click", () => sort(column));
      head.replaceChildren(button);
    });
    search.addEventListener("input", filter);
    boxes.forEach((box) => box.addEventListener("change", filter));
    root.querySelector(".directory-bar").hidden = false;
    filter(); // the browser may have kept what was typed
  };

  const startAll = () =>
    document.querySelectorAll(".directory-tools:not([data-ready])").forEach(start);
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", startAll);
  else startAll();
})();
