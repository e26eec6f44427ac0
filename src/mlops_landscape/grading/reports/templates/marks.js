// The marking form: one submission at a time, kept in this browser, downloaded as marks.csv.
(() => {
  const sheets = [...document.querySelectorAll(".sheet")];
  const find = (id) => document.getElementById(id);
  let current = 0;

  // ---- what was typed ----

  const fields = (sheet) => [...sheet.querySelectorAll(".criterion")];
  const points = (field) => field.querySelector(".points");
  const comment = (field) => field.querySelector(".comment");
  const isMarked = (field) => points(field).value !== "" && points(field).validity.valid;

  const written = new Map(); // what marks.csv said when this page was made
  for (const sheet of sheets)
    for (const field of fields(sheet))
      written.set(field, { points: points(field).value, comment: comment(field).value });

  function keep(sheet) {
    const kept = {};
    for (const field of fields(sheet)) {
      const now = { points: points(field).value, comment: comment(field).value };
      const was = written.get(field);
      if (now.points !== was.points || now.comment !== was.comment)
        kept[field.dataset.criterion] = { now, was };
    }
    const store = `marks ${sheet.dataset.store}`;
    try {
      if (Object.keys(kept).length) localStorage.setItem(store, JSON.stringify(kept));
      else localStorage.removeItem(store);
    } catch {
      find("progress").dataset.unkept = "yes"; // said with the progress
    }
  }

  function recall(sheet) {
    let kept = {};
    try {
      kept = JSON.parse(localStorage.getItem(`marks ${sheet.dataset.store}`)) ?? {};
    } catch {
      return; // nothing readable is kept
    }
    for (const field of fields(sheet)) {
      const one = kept[field.dataset.criterion];
      const was = written.get(field);
      // A marks.csv that has changed since is newer than what was typed here before.
      if (!one || one.was.points !== was.points || one.was.comment !== was.comment) continue;
      points(field).value = one.now.points;
      comment(field).value = one.now.comment;
    }
  }

  // ---- showing ----

  function show(field) {
    const input = points(field);
    const wrong = !input.validity.valid;
    input.setAttribute("aria-invalid", String(wrong));
    field.querySelector(".wrong").hidden = !wrong;
    for (const level of field.querySelectorAll(".level"))
      level.setAttribute("aria-pressed", String(input.value !== "" && Number(level.dataset.points) === Number(input.value)));
  }

  function showProgress(more = "") {
    const all = sheets.flatMap(fields);
    const done = sheets.filter((sheet) => fields(sheet).every(isMarked)).length;
    const parts = [`${done} of ${sheets.length} submissions marked`];
    const open = all.filter((field) => !isMarked(field)).length;
    if (open) parts.push(`${open} criteria to go`);
    if (find("progress").dataset.unkept) parts.push("this browser keeps nothing: download before you leave");
    if (more) parts.push(more);
    find("progress").textContent = parts.join("; ") + ".";
  }

  function go(to, focus = true) {
    current = Math.min(Math.max(to, 0), sheets.length - 1);
    sheets.forEach((sheet, at) => (sheet.hidden = at !== current));
    find("jump").value = String(current);
    find("previous").disabled = current === 0;
    find("next").disabled = current === sheets.length - 1;
    if (!focus) return;
    const open = fields(sheets[current]).find((field) => !isMarked(field));
    (open ? points(open) : sheets[current].querySelector("h2")).focus({ preventScroll: true });
    sheets[current].scrollIntoView({ block: "nearest" });
  }

  function goToUnmarked() {
    for (let step = 1; step <= sheets.length; step++) {
      const at = (current + step) % sheets.length;
      if (!fields(sheets[at]).every(isMarked)) return go(at);
    }
    showProgress("all done, download marks.csv");
    find("download").focus();
  }

  // ---- the file ----

  // As in the package's tables.py: no spreadsheet may take what was typed for a formula.
  const guarded = (text) => (/^'*[=+\-@\t\r]/.test(text) ? `'${text}` : text);
  const cell = (text) => (/[",;\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

  function asCsv() {
    const rows = [find("kept").dataset.columns.split(",")];
    for (const field of sheets.flatMap(fields)) {
      const { learner, exercise, criterion, outOf } = field.dataset;
      const value = points(field).value;
      rows.push([
        ...[learner, exercise, criterion].map(guarded),
        outOf,
        value === "" ? "" : String(Math.round(Number(value) * 100) / 100),
        guarded(comment(field).value),
      ]);
    }
    for (const row of find("kept").rows) rows.push([...row.cells].map((one) => one.textContent));
    return "\ufeff" + rows.map((row) => row.map(cell).join(",") + "\r\n").join("");
  }

  function download() {
    const wrong = sheets.findIndex((sheet) => fields(sheet).some((field) => !points(field).validity.valid));
    if (wrong >= 0) {
      go(wrong);
      const field = fields(sheets[wrong]).find((one) => !points(one).validity.valid);
      points(field).focus();
      showProgress("nothing downloaded: the points here are not possible");
      return;
    }
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([asCsv()], { type: "text/csv" }));
    link.download = "marks.csv";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
    showProgress("downloaded");
  }

  // ---- begin ----

  for (const sheet of sheets) {
    recall(sheet);
    for (const field of fields(sheet)) {
      show(field);
      field.addEventListener("input", () => {
        show(field);
        keep(sheet);
        showProgress();
      });
      for (const level of field.querySelectorAll(".level"))
        level.addEventListener("click", () => {
          points(field).value = level.dataset.points;
          points(field).dispatchEvent(new Event("input", { bubbles: true }));
        });
    }
  }
  find("jump").addEventListener("change", (event) => go(Number(event.target.value), false));
  find("previous").addEventListener("click", () => go(current - 1));
  find("next").addEventListener("click", () => go(current + 1));
  find("unmarked").addEventListener("click", goToUnmarked);
  find("download").addEventListener("click", download);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      goToUnmarked();
    }
  });
  document.querySelector(".bar").hidden = false;
  go(Math.max(sheets.findIndex((sheet) => !fields(sheet).every(isMarked)), 0), false);
  showProgress();
})();
