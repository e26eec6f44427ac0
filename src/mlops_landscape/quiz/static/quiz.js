// The quiz widget (anywidget). All of it happens here, so that the built page needs no kernel;
// where there is one, score and answers are synced to Python.

const SYMBOL = { right: "✓", wrong: "✗" };
let views = 0;

function element(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name === "html") node.innerHTML = value; // made and escaped by quiz/markup.py
    else if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value !== undefined && value !== false) node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child !== undefined));
  return node;
}

function decode(base64) {
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  return JSON.parse(new TextDecoder().decode(bytes));
}

/** The same as `normalise` in quiz/validation.py. */
function normalise(answer) {
  return answer.replace(/[‘’]/g, "'").replace(/[“”]/g, '"').trim().replace(/\s+/g, " ").toLowerCase();
}

function count(number, one, many) {
  return `${number} ${number === 1 ? one : many}`;
}

const same = (a, b) => a.length === b.length && a.every((value, i) => value === b[i]);

/** A sign for the eye and a word for the ear. */
function mark(verdict) {
  return [
    element("span", { class: "mlq-symbol", "aria-hidden": "true" }, SYMBOL[verdict]),
    element("span", { class: "mlq-hidden" }, verdict === "right" ? "Right: " : "Wrong: "),
  ];
}

// ---- the kinds of questions ---------------------------------------------------------------
// Each kind builds its controls and returns
//   get()        the answer as it stands, in plain values that JSON can keep
//   set(answer)  shows an answer; throws if it does not fit
//   complete()   whether there is something to check
//   missing      what to say if there is not
//   grade()      { right, verdicts: [{ place, verdict, reason }], say }
//   inWords()    the answer as Python gets it

function verdictPlace(id) {
  return element("div", { class: "mlq-reason", id, hidden: "" });
}

function choice(question, key, id, changed) {
  const several = question.kind === "several";
  const rows = question.options.map((option, i) => {
    const input = element("input", {
      type: several ? "checkbox" : "radio",
      name: id,
      id: `${id}-${i}`,
      "aria-describedby": `${id}-${i}-reason`,
      onchange: changed,
    });
    const reason = verdictPlace(`${id}-${i}-reason`);
    const label = element("label", { for: input.id }, input, element("span", { html: option.html }));
    return { input, reason, row: element("div", { class: "mlq-option" }, label, reason) };
  });
  const chosen = () => rows.flatMap(({ input }, i) => (input.checked ? [i] : []));
  return {
    body: [
      several && element("p", { class: "mlq-how" }, "Choose all that apply."),
      element("div", { class: "mlq-options" }, ...rows.map(({ row }) => row)),
    ].filter(Boolean),
    get: chosen,
    set(answer) {
      rows.forEach(({ input }, i) => (input.checked = answer.includes(i)));
    },
    complete: () => chosen().length > 0,
    missing: several ? "Choose at least one option first." : "Choose an option first.",
    grade() {
      const given = chosen();
      const right = same(given, key.right);
      const verdicts = rows.flatMap(({ row, reason }, i) => {
        // The reasons of what was not chosen would give the answer away: they wait for it.
        if (!given.includes(i) && !right) return [];
        const verdict = key.right.includes(i) ? "right" : "wrong";
        return [{ box: row, place: reason, verdict, reason: key.reasons[i], quiet: !given.includes(i) }];
      });
      const extra = given.filter((i) => !key.right.includes(i)).length;
      const lacking = key.right.filter((i) => !given.includes(i)).length;
      const parts = [
        extra && `${count(extra, "choice does", "choices do")} not belong`,
        lacking && `${count(lacking, "right one is", "right ones are")} missing`,
      ].filter(Boolean);
      return { right, verdicts, say: several ? `Not yet: ${parts.join(", ")}.` : "Not this one." };
    },
    inWords() {
      const texts = chosen().map((i) => question.options[i].text);
      return several ? texts : texts[0];
    },
  };
}

function ordering(question, key, id, changed, announce) {
  let order = question.items.map((_, i) => i);
  const rows = question.items.map((item, i) => {
    const button = (by, sign, word) =>
      element(
        "button",
        {
          type: "button",
          class: "mlq-move",
          "data-move": by,
          "aria-label": `Move ${word}: ${item.text}`,
          title: `Move ${word} (Alt+arrow ${word})`,
          onclick: () => move(i, by),
        },
        element("span", { "aria-hidden": "true" }, sign),
      );
    const up = button(-1, "↑", "up");
    const down = button(1, "↓", "down");
    const reason = verdictPlace(`${id}-${i}-reason`);
    const place = element("span", { class: "mlq-place", "aria-hidden": "true" });
    const line = element("div", { class: "mlq-line" }, place, element("span", { class: "mlq-text", html: item.html }), up, down);
    const row = element("li", { class: "mlq-option mlq-item" }, line, reason);
    row.addEventListener("keydown", (event) => {
      const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
      if (!event.altKey || by === undefined) return;
      event.preventDefault();
      event.stopPropagation();
      move(i, by);
    });
    return { row, up, down, place, reason };
  });
  const list = element("ol", { class: "mlq-options mlq-order" });

  function arrange() {
    list.append(...order.map((i) => rows[i].row));
    order.forEach((i, at) => {
      rows[i].place.textContent = at + 1;
      rows[i].up.setAttribute("aria-disabled", at === 0);
      rows[i].down.setAttribute("aria-disabled", at === order.length - 1);
    });
  }

  function move(i, by) {
    const focused = document.activeElement;
    const from = order.indexOf(i);
    const to = from + by;
    const text = question.items[i].text;
    if (to < 0 || to >= order.length) {
      announce(`${text} is already ${by < 0 ? "first" : "last"}.`);
      return;
    }
    [order[from], order[to]] = [order[to], order[from]];
    arrange();
    // Moving a node in the document takes the focus from it.
    if (rows[i].row.contains(focused)) focused.focus();
    changed();
    announce(`${text} is now ${to + 1} of ${order.length}.`);
  }

  arrange();
  return {
    body: [
      element("p", { class: "mlq-how" }, "Put them in order with the arrow buttons, or with Alt and the arrow keys."),
      list,
    ],
    get: () => order,
    set(answer) {
      if (!same([...answer].sort(), order.map((_, i) => i))) throw new TypeError("not an order");
      order = [...answer];
      arrange();
    },
    initial: question.items.map((_, i) => i),
    complete: () => true,
    grade() {
      const verdicts = order.map((i, at) => {
        const fits = key.right[at] === i;
        return {
          box: rows[i].row,
          place: rows[i].reason,
          verdict: fits ? "right" : "wrong",
          reason: fits ? key.reasons[i] : "Not in its place yet.",
        };
      });
      const wrong = verdicts.filter(({ verdict }) => verdict === "wrong").length;
      return { right: !wrong, verdicts, say: `Not yet: ${count(wrong, "item is", "items are")} not in place.` };
    },
    inWords: () => order.map((i) => question.items[i].text),
  };
}

function matching(question, key, id, changed) {
  const rows = question.items.map((item, i) => {
    const select = element(
      "select",
      { id: `${id}-${i}`, "aria-describedby": `${id}-${i}-reason`, onchange: changed },
      element("option", { value: "" }, "Choose …"),
      ...question.partners.map((partner, j) => element("option", { value: j }, partner.text)),
    );
    const reason = verdictPlace(`${id}-${i}-reason`);
    const label = element("label", { for: select.id, html: item.html });
    const row = element("div", { class: "mlq-option mlq-pair" }, element("div", { class: "mlq-line" }, label, select), reason);
    return { select, reason, row };
  });
  const given = () => rows.map(({ select }) => (select.value === "" ? null : Number(select.value)));
  return {
    body: [
      element("p", { class: "mlq-how" }, "Choose a partner for each."),
      element("div", { class: "mlq-options" }, ...rows.map(({ row }) => row)),
    ],
    get: given,
    set(answer) {
      rows.forEach(({ select }, i) => (select.value = answer[i] ?? ""));
    },
    complete: () => !given().includes(null),
    missing: "Choose a partner for each item first.",
    grade() {
      const verdicts = given().map((partner, i) => {
        const fits = partner === key.right[i];
        return {
          box: rows[i].row,
          place: rows[i].reason,
          verdict: fits ? "right" : "wrong",
          reason: fits ? key.reasons[i] : "Not this one.",
        };
      });
      const wrong = verdicts.filter(({ verdict }) => verdict === "wrong").length;
      return { right: !wrong, verdicts, say: `Not yet: ${count(wrong, "pair does", "pairs do")} not fit.` };
    },
    inWords: () =>
      Object.fromEntries(given().map((j, i) => [question.items[i].text, question.partners[j].text])),
  };
}

function short(question, key, id, changed) {
  const input = element("input", {
    type: "text",
    id: `${id}-0`,
    autocomplete: "off",
    autocapitalize: "off",
    spellcheck: "false",
    "aria-describedby": `${id}-0-reason`,
    oninput: changed,
  });
  const reason = verdictPlace(`${id}-0-reason`);
  const row = element(
    "div",
    { class: "mlq-option mlq-short" },
    element("label", { for: input.id }, "Your answer"),
    input,
    reason,
  );
  return {
    body: [row],
    get: () => input.value,
    set(answer) {
      input.value = answer;
    },
    initial: "",
    complete: () => input.value.trim() !== "",
    missing: "Type an answer first.",
    grade() {
      const answer = normalise(input.value);
      const right =
        key.accepted.includes(answer) ||
        (key.pattern !== "" && new RegExp(`^(?:${key.pattern})$`, "i").test(answer));
      const miss = Object.hasOwn(key.nearMisses, answer) ? key.nearMisses[answer] : undefined;
      const verdict = right ? "right" : "wrong";
      return {
        right,
        verdicts: [{ box: row, place: reason, verdict, reason: right ? "Accepted." : (miss ?? "Not accepted.") }],
        say: "Not yet.",
      };
    },
    inWords: () => input.value,
  };
}

const KINDS = { single: choice, several: choice, ordering, matching, short };

// ---- what the reader's browser keeps ------------------------------------------------------

/** Answers of one quiz in localStorage. Where it is blocked, the quiz works and forgets. */
function memory(name) {
  const slot = `mlops-quiz:${name}`;
  return {
    read() {
      try {
        return JSON.parse(localStorage.getItem(slot)) ?? {};
      } catch {
        return {};
      }
    },
    write(answers) {
      try {
        localStorage.setItem(slot, JSON.stringify(answers));
      } catch {
        // Private windows and full disks: nothing to keep the answers in.
      }
    },
    clear() {
      try {
        localStorage.removeItem(slot);
      } catch {
        // as above
      }
    },
  };
}

// ---- the quiz -----------------------------------------------------------------------------

function render({ model, el }) {
  const name = model.get("name");
  const questions = model.get("questions");
  const keys = decode(model.get("answer_key"));
  const kept = memory(name);
  const uid = `mlq${(views += 1)}-${Math.random().toString(36).slice(2, 8)}`;

  const live = element("div", { class: "mlq-hidden", role: "status", "aria-live": "polite" });
  const announce = (text) => (live.textContent = text);
  const segments = questions.map(() => element("span", { class: "mlq-segment" }));
  const bar = element(
    "div",
    { class: "mlq-bar", role: "progressbar", "aria-label": "Questions right", "aria-valuemin": 0, "aria-valuemax": questions.length },
    ...segments,
  );
  const tally = element("span", { class: "mlq-tally" });
  const reset = element("button", { type: "button", class: "mlq-button mlq-plain", onclick: startAgain }, "Reset");

  const items = questions.map((question, index) => {
    const id = `${uid}-${index}`;
    const item = { question, checked: false, right: false, tries: 0 };
    const control = KINDS[question.kind](question, keys[question.id], id, () => reopen(item), announce);
    const feedback = element("div", { class: "mlq-feedback", role: "status", "aria-live": "polite" });
    const check = element("button", { type: "submit", class: "mlq-button mlq-check", "aria-label": `Check question ${index + 1}` }, "Check");
    const reveal = element("button", { type: "button", class: "mlq-button mlq-plain", hidden: "", onclick: () => explain(item) }, "Explain");
    const form = element(
      "form",
      { class: "mlq-question", "data-question": question.id, "data-kind": question.kind, novalidate: "" },
      element(
        "fieldset",
        {},
        element(
          "legend",
          {},
          element("span", { class: "mlq-number", "aria-hidden": "true" }, index + 1),
          element("span", { class: "mlq-hidden" }, `Question ${index + 1}: `),
          element("span", { class: "mlq-text", html: question.question }),
        ),
        ...control.body,
        question.hint
          ? element("details", { class: "mlq-hint" }, element("summary", {}, "Hint"), element("p", { html: question.hint }))
          : undefined,
        element("div", { class: "mlq-actions" }, check, reveal),
        feedback,
      ),
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      submit(item);
    });
    return Object.assign(item, { control, feedback, check, reveal, form, empty: control.initial ?? control.get() });
  });

  function tell(item, verdict, ...words) {
    item.feedback.className = `mlq-feedback mlq-is-${verdict}`;
    item.feedback.replaceChildren(...words);
  }

  function explanation(item) {
    return element("span", { class: "mlq-explanation", html: keys[item.question.id].explanation });
  }

  function forget(item) {
    item.checked = item.right = false;
    item.form.dataset.state = "open";
    item.feedback.className = "mlq-feedback";
    item.feedback.replaceChildren();
    for (const box of item.form.querySelectorAll(".mlq-option")) {
      box.classList.remove("mlq-is-right", "mlq-is-wrong", "mlq-quiet");
    }
    for (const place of item.form.querySelectorAll(".mlq-reason")) {
      place.hidden = true;
      place.replaceChildren();
    }
  }

  function ready(item) {
    item.check.classList.toggle("mlq-ready", item.control.complete());
  }

  function reopen(item) {
    forget(item);
    ready(item);
    save();
    report();
  }

  function showVerdict(item) {
    const { right, verdicts, say } = item.control.grade();
    forget(item);
    item.checked = true;
    item.right = right;
    item.form.dataset.state = right ? "right" : "wrong";
    for (const { box, place, verdict, reason, quiet } of verdicts) {
      box.classList.add(quiet ? "mlq-quiet" : `mlq-is-${verdict}`);
      place.replaceChildren(...mark(verdict), element("span", { html: reason }));
      place.hidden = false;
    }
    const sign = element("span", { class: "mlq-symbol", "aria-hidden": "true" }, SYMBOL[right ? "right" : "wrong"]);
    if (right) tell(item, "right", sign, element("strong", {}, "Right. "), explanation(item));
    else tell(item, "wrong", sign, element("strong", {}, say), " Change your answer and check again.");
    item.reveal.hidden = right || item.tries < 2;
  }

  function submit(item) {
    if (!item.control.complete()) {
      tell(item, "open", item.control.missing);
      item.form.querySelector("input, select, button").focus();
      return;
    }
    item.tries += 1;
    showVerdict(item);
    save();
    report();
  }

  function explain(item) {
    const { example } = keys[item.question.id];
    tell(item, "open", ...(example ? ["An accepted answer is ", element("code", {}, example), ". "] : []), explanation(item));
    item.reveal.hidden = true;
    item.check.focus();
  }

  function startAgain() {
    for (const item of items) {
      item.tries = 0;
      item.control.set(item.empty);
      item.reveal.hidden = true;
      forget(item);
      ready(item);
    }
    kept.clear();
    report();
    announce("All answers are cleared.");
  }

  function save() {
    const answers = {};
    for (const { question, control, checked } of items) {
      answers[question.id] = { digest: question.digest, answer: control.get(), checked };
    }
    kept.write(answers);
  }

  function restore() {
    const answers = kept.read();
    for (const item of items) {
      const old = Object.hasOwn(answers, item.question.id) ? answers[item.question.id] : undefined;
      // An answer to a question that has been changed since is no answer.
      if (old?.digest === item.question.digest) {
        try {
          item.control.set(old.answer);
          if (old.checked && item.control.complete()) showVerdict(item);
        } catch {
          item.control.set(item.empty);
          forget(item);
        }
      }
      ready(item);
    }
  }

  function report() {
    const score = items.filter((item) => item.right).length;
    const done = items.filter((item) => item.checked);
    items.forEach((item, i) => {
      segments[i].className = `mlq-segment mlq-is-${item.checked ? (item.right ? "right" : "wrong") : "open"}`;
    });
    bar.setAttribute("aria-valuenow", score);
    bar.setAttribute("aria-valuetext", `${score} of ${items.length} right`);
    const complete = score === items.length;
    tally.textContent = `${complete ? "✓ " : ""}${score} / ${items.length}`;
    root.dataset.state = complete ? "complete" : "open";
    model.set("score", score);
    model.set("answered", done.length);
    model.set("responses", Object.fromEntries(done.map((item) => [item.question.id, item.control.inWords()])));
    model.save_changes();
    const detail = { quiz: name, score, answered: done.length, total: items.length };
    window.dispatchEvent(new CustomEvent("mlops-quiz-score", { detail }));
  }

  const root = element(
    "section",
    { class: "mlq", "data-quiz": name, "aria-labelledby": `${uid}-title` },
    element(
      "div",
      { class: "mlq-head" },
      element("div", { class: "mlq-title", id: `${uid}-title`, html: model.get("title") }),
      element("div", { class: "mlq-standing" }, bar, tally, reset),
    ),
    ...items.map(({ form }) => form),
    live,
  );
  // JupyterLab must not take the keys of the quiz for its own shortcuts. Its selectors end in
  // ":focus", so the mark has to be on whatever has the focus.
  for (const control of root.querySelectorAll("button, input, select, summary")) {
    control.dataset.lmSuppressShortcuts = "true";
  }
  el.append(root);
  for (const item of items) forget(item);
  restore();
  report();
}

export default { render };
