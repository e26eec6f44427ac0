// The sliders of "open source or managed" (anywidget). The rule is here, so that the built page
// needs no kernel; where there is one, weights and result are synced to Python.

const MOST = 5;
const START = 3;
const WORDS = ["not at all", "a little", "somewhat", "matters", "matters a lot", "decides"];
const SIDES = [
  [-2, "open source, strongly"],
  [-1, "open source"],
  [0, "it depends: neither"],
  [1, "managed"],
  [2, "managed, strongly"],
];
const SLOT = "mlops-weighing";
let views = 0;

// ---- the rule -----------------------------------------------------------------------------
// rows: [{ id, name, weight 0…5, lean -2…2 }]

/** Points of either side, and the balance: -1 all open source, 1 all managed. */
export function weigh(rows) {
  let open = 0;
  let managed = 0;
  let most = 0;
  for (const { weight, lean } of rows) {
    if (lean < 0) open -= weight * lean;
    else managed += weight * lean;
    most += 2 * weight;
  }
  return { open, managed, most, balance: most ? (managed - open) / most : 0 };
}

/** The result in words. The limits are wide on purpose: more would be false precision. */
export function verdict({ balance, most }) {
  if (!most) return "nothing weighs anything yet";
  const far = Math.abs(balance);
  if (far < 0.1) return "no clear answer";
  return `${far < 0.35 ? "leans to" : "clearly"} ${balance < 0 ? "open source" : "managed"}`;
}

/** -1, 0 or 1: on which side the verdict is. */
function side(rows) {
  const { balance } = weigh(rows);
  return Math.abs(balance) < 0.1 ? 0 : Math.sign(balance);
}

/** The three aspects that count most: for the result, or, where there is none, either way. */
export function deciding(rows) {
  const where = side(rows);
  return rows
    .map((row) => ({ ...row, points: row.weight * row.lean }))
    .filter(({ points }) => (where ? points * where > 0 : points !== 0))
    .sort((a, b) => Math.abs(b.points) - Math.abs(a.points))
    .slice(0, 3);
}

/** The smallest change of one slider, else of two, after which another side is named. */
export function tipping(rows) {
  const before = side(rows);
  if (!weigh(rows).most) return undefined;
  const changed = (changes) =>
    rows.map((row) => ({ ...row, weight: changes.find(({ id }) => id === row.id)?.to ?? row.weight }));
  const moves = rows.flatMap(({ id, name, weight }) =>
    Array.from({ length: MOST + 1 }, (_, to) => ({ id, name, from: weight, to })).filter(({ to }) => to !== weight),
  );
  const size = (changes) => changes.reduce((sum, { from, to }) => sum + Math.abs(to - from), 0);
  const best = (candidates) => {
    let found;
    for (const changes of candidates) {
      if (found && size(changes) >= size(found.changes)) continue;
      const after = changed(changes);
      const result = weigh(after);
      if (result.most && side(after) !== before) found = { changes, verdict: verdict(result) };
    }
    return found;
  };
  const pairs = () => moves.flatMap((one, i) => moves.slice(i + 1).map((other) => [one, other])).filter(([a, b]) => a.id !== b.id);
  return best(moves.map((move) => [move])) ?? best(pairs());
}

// ---- the page -----------------------------------------------------------------------------

function element(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value !== undefined && value !== false) node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child !== undefined));
  return node;
}

const sideOf = (lean) => SIDES.find(([value]) => value === lean)[1];
const plain = (lean) => (lean === 0 ? "depends" : lean < 0 ? "open source" : "managed");
const list = (words) => (words.length < 2 ? (words[0] ?? "") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`);

/** Weights and corrections in localStorage. Where it is blocked, the sliders work and forget. */
const kept = {
  read() {
    try {
      return JSON.parse(localStorage.getItem(SLOT)) ?? {};
    } catch {
      return {};
    }
  },
  write(state) {
    try {
      localStorage.setItem(SLOT, JSON.stringify(state));
    } catch {
      // Private windows and full disks: nothing to keep the weights in.
    }
  },
  clear() {
    try {
      localStorage.removeItem(SLOT);
    } catch {
      // as above
    }
  },
};

const whole = (value, least, most) => Number.isInteger(value) && value >= least && value <= most;

function render({ model, el }) {
  const aspects = model.get("aspects");
  const uid = `mlw${(views += 1)}-${Math.random().toString(36).slice(2, 8)}`;

  const rows = aspects.map((aspect, i) => {
    const id = `${uid}-${i}`;
    const slider = element("input", {
      type: "range",
      min: 0,
      max: MOST,
      step: 1,
      id,
      "aria-describedby": `${id}-lean`,
      "data-aspect": aspect.id,
      oninput: () => changed(row),
    });
    const word = element("output", { class: "mlw-word", for: id, "aria-hidden": "true" });
    const chip = element("span", { class: "mlw-chip", id: `${id}-lean` });
    const select = element(
      "select",
      { id: `${id}-side`, onchange: () => changed(row) },
      ...SIDES.map(([value, text]) => element("option", { value }, text)),
    );
    const row = { aspect, slider, word, chip, select };
    row.node = element(
      "div",
      { class: "mlw-row" },
      element("div", { class: "mlw-name" }, element("label", { for: id }, aspect.name), chip),
      element("div", { class: "mlw-slide" }, slider, word),
      element(
        "details",
        { class: "mlw-why" },
        element("summary", {}, "Why, and is it so for you?"),
        element(
          "p",
          {},
          `${aspect.why} `,
          element("a", { href: `#${aspect.section}`, "aria-label": `The section on ${aspect.name}` }, "The section"),
        ),
        element("p", {}, element("label", { for: select.id }, `For us, ${aspect.name} favours`), select),
      ),
    );
    return row;
  });

  const state = () =>
    rows.map(({ aspect, slider, select }) => ({
      id: aspect.id,
      name: aspect.name,
      weight: Number(slider.value),
      lean: Number(select.value),
    }));

  const marker = element("span", { class: "mlw-marker" });
  const bar = element(
    "div",
    { class: "mlw-bar", role: "img" },
    element("span", { class: "mlw-middle" }),
    marker,
  );
  const headline = element("strong", { class: "mlw-verdict" });
  const points = element("span", { class: "mlw-points" });
  const decides = element("p", { class: "mlw-decides" });
  const tips = element("p", { class: "mlw-tips" });
  const said = element("p", { class: "mlw-said", role: "status", "aria-live": "polite" });
  const text = element("textarea", { class: "mlw-text", readonly: "", rows: 14, "aria-label": "Your weighing as text", hidden: "" });

  function show() {
    const now = state();
    rows.forEach(({ slider, word, chip }, i) => {
      const { weight, lean } = now[i];
      const shown = `${weight} of ${MOST}, ${WORDS[weight]}`;
      slider.setAttribute("aria-valuetext", shown);
      word.textContent = `${weight} · ${WORDS[weight]}`;
      chip.textContent = `${lean === 0 ? "" : "favours "}${plain(lean)}${Math.abs(lean) === 2 ? ", strongly" : ""}`;
      chip.dataset.side = plain(lean);
    });
    const result = weigh(now);
    const words = verdict(result);
    const decisive = deciding(now);
    const tip = tipping(now);
    marker.style.insetInlineStart = `${50 + 50 * result.balance}%`;
    headline.textContent = `${words[0].toUpperCase()}${words.slice(1)}.`;
    points.textContent = ` ${result.open} points for open source, ${result.managed} for managed.`;
    bar.setAttribute(
      "aria-label",
      `From open source on the left to managed on the right: ${words}, ${result.open} points to ${result.managed}.`,
    );
    decides.textContent = decisive.length
      ? `What decides it: ${list(decisive.map((row) => `${row.name} (${Math.abs(row.points)} for ${plain(row.lean)})`))}.`
      : "No aspect with a weight favours either side.";
    tips.textContent = tip
      ? `What would tip it: ${list(tip.changes.map((one) => `${one.name} from ${one.from} to ${one.to}`))}. It would then say "${tip.verdict}".`
      : result.most
        ? "What would tip it: no change of one or two sliders. Only another judgement of an aspect would."
        : "Move a slider to begin.";
    root.dataset.verdict = words;
    model.set("weights", Object.fromEntries(now.map(({ id, weight }) => [id, weight])));
    model.set("leans", Object.fromEntries(now.map(({ id, lean }) => [id, lean])));
    model.set("balance", result.balance);
    model.set("verdict", words);
    model.save_changes();
  }

  function changed() {
    said.textContent = "";
    text.hidden = true;
    show();
    kept.write(Object.fromEntries(state().map(({ id, weight, lean }) => [id, { weight, lean }])));
  }

  function start() {
    for (const { aspect, slider, select } of rows) {
      slider.value = START;
      select.value = aspect.lean;
    }
  }

  function restore() {
    const old = kept.read();
    for (const { aspect, slider, select } of rows) {
      const one = Object.hasOwn(old, aspect.id) ? old[aspect.id] : undefined;
      if (whole(one?.weight, 0, MOST)) slider.value = one.weight;
      if (whole(one?.lean, -2, 2)) select.value = one.lean;
    }
  }

  function reset() {
    start();
    kept.clear();
    text.hidden = true;
    show();
    said.textContent = `All weights are back at ${START}, and all judgements are this page's.`;
  }

  function inWords() {
    const lines = state().map(({ name, weight, lean }) => `- ${name}: ${weight} of ${MOST}, favours: ${sideOf(lean)}`);
    return [
      `Open source or managed? ${headline.textContent}${points.textContent}`,
      "",
      ...lines,
      "",
      decides.textContent,
      tips.textContent,
    ].join("\n");
  }

  async function copy() {
    const words = inWords();
    try {
      await navigator.clipboard.writeText(words);
      said.textContent = "Copied.";
    } catch {
      text.value = words;
      text.hidden = false;
      text.focus();
      text.select();
      said.textContent = "The browser does not let a page copy here. The text is selected: copy it with your keys.";
    }
  }

  const root = element(
    "section",
    { class: "mlw", "aria-labelledby": `${uid}-title` },
    element("div", { class: "mlw-title", id: `${uid}-title` }, "How much does each aspect matter to you?"),
    element("div", { class: "mlw-rows" }, ...rows.map(({ node }) => node)),
    element(
      "div",
      { class: "mlw-result" },
      element("div", { class: "mlw-ends" }, element("span", {}, "◀ Open source"), element("span", {}, "Managed ▶")),
      bar,
      element("p", { class: "mlw-headline", role: "status", "aria-live": "polite" }, headline, points),
      decides,
      tips,
      element(
        "div",
        { class: "mlw-actions" },
        element("button", { type: "button", onclick: copy }, "Copy as text"),
        element("button", { type: "button", onclick: reset }, "Reset"),
      ),
      said,
      text,
      element(
        "details",
        { class: "mlw-why" },
        element("summary", {}, "How this is computed"),
        element(
          "p",
          {},
          "An aspect gives its weight in points to the side that it favours, twice the weight if strongly, none if it depends. " +
            "The marker stands at the difference of the two sums, as a share of the most that these weights could give. " +
            "Within a tenth of the middle there is no clear answer; beyond 0.35 it is clear. There are no decimals to show: the weights are yours and the judgements are opinions with reasons.",
        ),
      ),
    ),
  );
  // As in the quiz: JupyterLab must not take these keys for its own shortcuts.
  for (const control of root.querySelectorAll("button, input, select, summary, textarea, a")) {
    control.dataset.lmSuppressShortcuts = "true";
  }
  el.append(root);
  start();
  restore();
  show();
}

export default { render };
