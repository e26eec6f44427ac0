/* The way through the course: what this browser's reader has read, solved and answered, the next
   step, and all of it on the landing page. Steps come from course-path.js.

   Kept in localStorage under "mlops-path":
     read    docnames of pages that count as read
     solved  docnames of exercises that the reader has ticked
     right   how many questions of a quiz were right when it was last seen, by its name
     door    the way that was chosen on the landing page
   Which questions are answered is read from the quiz's own slots. Where the storage is blocked, all
   of it works and is forgotten with the page. */
(() => {
  "use strict";

  const SLOT = "mlops-path";
  const ENOUGH = 60; // seconds in sight after which a page whose end was seen counts as read
  const course = window.mlopsCourse;
  const place = document.querySelector(".mlp-end[data-page]");
  if (!course || !place) return;

  const here = place.dataset.page;
  const root = document.documentElement.dataset.content_root ?? "./";
  const steps = course.doors.flatMap((door) => door.steps.map((step) => ({ ...step, door })));
  const current = steps.find((step) => step.page === here);
  const isExercise = (step) => step.page.startsWith("exercises/");

  // ---- what the browser keeps ---------------------------------------------------------------

  const names = (value) => (Array.isArray(value) ? value.filter((name) => typeof name === "string") : []);
  let memory = { read: [], solved: [], right: {}, door: "" };
  let isBlocked = false;

  function state() {
    if (!isBlocked) {
      try {
        const kept = JSON.parse(localStorage.getItem(SLOT)) ?? {};
        memory = {
          read: names(kept.read),
          solved: names(kept.solved),
          right: kept.right && typeof kept.right === "object" ? kept.right : {},
          door: course.doors.some((door) => door.id === kept.door) ? kept.door : "",
        };
      } catch (error) {
        // Blocked, or no JSON: in the latter case there is nothing to be lost.
        isBlocked = !(error instanceof SyntaxError);
        if (!isBlocked) memory = { read: [], solved: [], right: {}, door: "" };
      }
    }
    return memory;
  }

  function change(how) {
    const kept = state(); // read again: another tab may have written meanwhile
    how(kept);
    try {
      localStorage.setItem(SLOT, JSON.stringify(kept));
    } catch {
      isBlocked = true; // from here on, this page alone remembers
    }
    draw();
  }

  function mark(step, done) {
    change((kept) => {
      const list = isExercise(step) ? "solved" : "read";
      kept[list] = kept[list].filter((page) => page !== step.page);
      if (done) kept[list].push(step.page);
    });
  }

  const isDone = (step, kept) => (isExercise(step) ? kept.solved : kept.read).includes(step.page);

  // ---- quizzes ------------------------------------------------------------------------------

  const seen = {}; // what a quiz on this page has said of itself, for browsers that keep nothing

  function answered(quiz) {
    try {
      const kept = JSON.parse(localStorage.getItem(`mlops-quiz:${quiz.name}`)) ?? {};
      return Object.entries(quiz.digests).filter(
        ([id, digest]) => Object.hasOwn(kept, id) && kept[id]?.checked && kept[id].digest === digest,
      ).length;
    } catch {
      return seen[quiz.name]?.answered ?? 0;
    }
  }

  window.addEventListener("mlops-quiz-score", ({ detail }) => {
    seen[detail.quiz] = detail;
    if ((state().right[detail.quiz] ?? 0) === detail.score) draw();
    else change((kept) => (kept.right[detail.quiz] = detail.score));
  });

  // ---- words --------------------------------------------------------------------------------

  function element(tag, attributes = {}, ...children) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
      else if (value !== undefined) node.setAttribute(name, value);
    }
    node.append(...children);
    return node;
  }

  /** The same as `time_text` in path/measure.py. */
  function time(minutes) {
    const hours = Math.floor(minutes / 60);
    const rest = minutes % 60;
    if (hours >= 10) return `${hours + (rest >= 30 ? 1 : 0)} h`;
    return [hours && `${hours} h`, rest && `${rest} min`].filter(Boolean).join(" ");
  }

  const several = (number, word) => `${number} ${word}${number === 1 ? "" : "s"}`;
  const noun = (door) => (door.id === "do" ? "exercise" : "page");
  const verb = (door) => (door.id === "do" ? "solved" : "read");
  const address = (page) => `${root}${page}.html`;

  function standing(door, kept) {
    const done = door.steps.filter((step) => isDone(step, kept));
    const left = door.steps.filter((step) => !isDone(step, kept));
    const quizzes = door.steps.filter((step) => step.quiz);
    const complete = quizzes.filter((step) => answered(step.quiz) === Object.keys(step.quiz.digests).length);
    return {
      done: done.length,
      left: left.reduce((sum, step) => sum + step.minutes, 0),
      quizzes: quizzes.length,
      complete: complete.length,
      next: left.find((step) => step.page !== here),
      hasBegun: done.length > 0 || quizzes.some((step) => answered(step.quiz) > 0),
    };
  }

  function stepText(step, kept) {
    const parts = [];
    if (isDone(step, kept)) parts.push(isExercise(step) ? "✓ solved" : "✓ read");
    if (step.quiz) {
      const total = Object.keys(step.quiz.digests).length;
      const given = answered(step.quiz);
      const right = Math.min(kept.right[step.quiz.name] ?? 0, given);
      if (given) parts.push(`quiz: ${given} of ${total} answered${right ? `, ${right} right` : ""}`);
    }
    return parts.join(" · ");
  }

  // ---- the landing page ---------------------------------------------------------------------

  const doors = [...document.querySelectorAll(".mlp-door")].map((card) => {
    const door = course.doors.find(({ id }) => id === card.dataset.door);
    const link = card.querySelector(".mlp-next a");
    if (!door || !link) return undefined;
    const bar = element("div", { class: "mlp-bar", "aria-hidden": "true" }, element("div"));
    const text = element("p", { class: "mlp-progress" });
    card.querySelector(".mlp-next").before(bar, text);
    link.addEventListener("click", () => change((kept) => (kept.door = door.id)));
    return { door, card, link, bar, text, minutes: card.querySelector(".mlp-next .mlp-minutes") };
  }).filter(Boolean);

  function drawDoor({ door, card, link, bar, text, minutes }, kept) {
    const { done, left, quizzes, complete, next, hasBegun } = standing(door, kept);
    const total = door.steps.length;
    bar.hidden = text.hidden = !hasBegun;
    bar.firstChild.style.width = `${(100 * done) / total}%`;
    text.textContent = [
      `${done} of ${several(total, noun(door))} ${verb(door)}`,
      quizzes ? `${complete} of ${several(quizzes, "quiz").replace("quizs", "quizzes")} answered` : "",
      left ? `${time(left)} left` : "",
    ].filter(Boolean).join(", ") + ".";
    const target = next ?? door.steps[0];
    link.href = address(target.page);
    link.textContent = `${next ? (hasBegun ? "Go on" : "Begin") : "All done. Once more"}: ${target.title}`;
    minutes.textContent = time(target.minutes);
    card.classList.toggle("mlp-is-chosen", kept.door === door.id);
    card.querySelector(".mlp-chosen")?.remove();
    if (kept.door === door.id) card.prepend(element("p", { class: "mlp-chosen" }, "Your path"));
  }

  const rows = [...document.querySelectorAll(".mlp-steps [data-step]")].map((row) => {
    const text = element("span", { class: "mlp-status" });
    row.append(text);
    return { step: steps.find((step) => step.page === row.dataset.step), text, part: row.closest("details") };
  });
  const folds = [...document.querySelectorAll(".mlp-steps details")].map((part) => {
    const text = element("span", { class: "mlp-status" });
    part.querySelector("summary").append(text);
    return { part, text };
  });

  function drawSteps(kept) {
    for (const { step, text } of rows) {
      const words = step ? stepText(step, kept) : "";
      text.textContent = words && ` · ${words}`;
    }
    for (const { part, text } of folds) {
      const inside = rows.filter((row) => row.part === part && row.step);
      const done = inside.filter(({ step }) => isDone(step, kept)).length;
      text.textContent = done ? ` · ${done} of ${inside.length} done` : "";
    }
  }

  /** A button, and the question that comes before it does anything. */
  function resetPlace() {
    const said = element("span", { role: "status" });
    const keep = element("button", { type: "button", class: "mlp-button", onclick: () => close() }, "Keep it");
    const forget = element("button", { type: "button", class: "mlp-button mlp-danger", onclick: () => clear() }, "Forget it");
    const question = element(
      "div",
      { class: "mlp-question", role: "group", "aria-label": "Forget my progress?", hidden: "" },
      element("p", {}, "This forgets which pages you have read, which exercises you have ticked, and all your quiz answers, in this browser. It cannot be undone."),
      keep,
      " ",
      forget,
    );
    const open = element(
      "button",
      {
        type: "button",
        class: "mlp-button",
        "aria-expanded": "false",
        onclick: () => {
          question.hidden = !question.hidden;
          open.setAttribute("aria-expanded", String(!question.hidden));
          said.textContent = "";
          if (!question.hidden) keep.focus();
        },
      },
      "Forget my progress …",
    );
    question.addEventListener("keydown", (event) => {
      if (event.key === "Escape") close();
    });

    function close(words = "") {
      question.hidden = true;
      open.setAttribute("aria-expanded", "false");
      said.textContent = words;
      open.focus();
    }

    function clear() {
      for (const { quiz } of steps) {
        try {
          if (quiz) localStorage.removeItem(`mlops-quiz:${quiz.name}`);
        } catch {
          // Blocked: there is nothing to forget.
        }
      }
      change((kept) => Object.assign(kept, { read: [], solved: [], right: {}, door: "" }));
      close("Your progress is forgotten.");
    }

    return element("div", { class: "mlp-reset" }, open, " ", said, question);
  }

  const overview = document.querySelector(".mlp-steps");
  if (overview) overview.append(resetPlace());

  // ---- the end of a page --------------------------------------------------------------------

  let box; // the tick of this page
  let next; // the line with the next step
  let said; // for the ear: what happened without a hand
  let hasChosen = false; // the reader has set or taken back the tick: it is left alone

  function endOfPage() {
    const parts = [];
    if (current) {
      const note = isExercise(current)
        ? "This page cannot see your notebook, so you tick it yourself. It is kept in this browser, for nobody but you."
        : "Ticks itself once you have been here for a minute and have seen the end. It is kept in this browser, for nobody but you.";
      box = element("input", {
        type: "checkbox",
        id: "mlp-done",
        "aria-describedby": "mlp-note",
        onchange: () => {
          hasChosen = true;
          mark(current, box.checked);
        },
      });
      parts.push(
        element(
          "p",
          { class: "mlp-tick" },
          element("label", { for: "mlp-done" }, box, isExercise(current) ? "In my notebook, every line of check() is green" : "I have read this page"),
        ),
        element("p", { class: "mlp-note", id: "mlp-note" }, note),
      );
      said = element("span", { class: "mlp-said", role: "status" });
      parts.push(said);
    }
    next = element("p", { class: "mlp-next" });
    parts.push(next);
    place.setAttribute("role", "region");
    place.setAttribute("aria-label", "Your path");
    place.append(...parts);
  }

  function drawEnd(kept) {
    if (!next) return;
    if (box) box.checked = isDone(current, kept);
    const door = course.doors.find(({ id }) => id === kept.door) ?? current?.door ?? course.doors[0];
    const { done, next: target } = standing(door, kept);
    const all = element("a", { href: `${address(course.root)}#three-ways-in` }, "the whole path");
    next.replaceChildren(
      ...(target
        ? ["Next on your path: ", element("a", { href: address(target.page) }, target.title), ` (${time(target.minutes)}). `]
        : ["There is nothing else left on your path. "]),
      `${done} of ${several(door.steps.length, noun(door))} ${verb(door)}: `,
      all,
      ".",
    );
  }

  /** A page counts as read when its end has been in sight, and the page for a minute. */
  function watch() {
    if (!current || isExercise(current) || !("IntersectionObserver" in window)) return;
    let seconds = 0;
    let hasSeenEnd = false;
    const observer = new IntersectionObserver((entries) => {
      if (entries.some((entry) => entry.isIntersecting)) {
        hasSeenEnd = true;
        judge();
      }
    });
    const clock = setInterval(() => {
      if (document.visibilityState !== "visible") return;
      seconds += 1;
      judge();
    }, 1000);

    function judge() {
      if (seconds < ENOUGH || !hasSeenEnd) return;
      clearInterval(clock);
      observer.disconnect();
      if (hasChosen || isDone(current, state())) return;
      mark(current, true);
      said.textContent = "This page is marked as read.";
    }

    observer.observe(place);
  }

  // ---- all of it ----------------------------------------------------------------------------

  function draw() {
    const kept = state();
    doors.forEach((door) => drawDoor(door, kept));
    drawSteps(kept);
    drawEnd(kept);
  }

  if (!doors.length) endOfPage();
  draw();
  watch();
  // Another tab has changed something; or the page comes back with "Back", as it was left.
  window.addEventListener("storage", draw);
  window.addEventListener("pageshow", (event) => event.persisted && draw());
})();
