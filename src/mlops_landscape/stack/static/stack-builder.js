// The view of the stack builder (an anywidget): the form, the findings, the address. What they say
// is decided in stack-rules.js, which widget.py puts before this file. Needs no kernel; where there
// is one, the choice is synced to Python.

const DIRECTORY = "reference/tools.html";
const LEVELS = {
  error: { symbol: "✗", word: "Mistake: " },
  warning: { symbol: "!", word: "Warning: " },
  note: { symbol: "·", word: "" },
  good: { symbol: "✓", word: "" },
};
const CONTROLS = ["button", "input", "select", "summary", "textarea", "a"];
let views = 0;

function element(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value !== undefined && value !== false) node.setAttribute(name, value);
  }
  // JupyterLab must not take the keys of a control for its own shortcuts.
  if (CONTROLS.includes(tag)) node.dataset.lmSuppressShortcuts = "true";
  node.append(...children.filter((child) => child !== undefined));
  return node;
}

/** A sign for the eye and a word for the ear. */
function mark(level) {
  const { symbol, word } = LEVELS[level];
  const parts = [element("span", { class: "mls-symbol", "aria-hidden": "true" }, symbol)];
  if (word) parts.push(element("span", { class: "mls-hidden" }, word));
  return parts;
}

function render({ model, el }) {
  const rules = StackRules;
  const data = rules.prepare(model.get("data"));
  const uid = `mls${(views += 1)}-${Math.random().toString(36).slice(2, 8)}`;
  // Only a page of the book has an address of its own to keep the choice in: JupyterLab uses its.
  const inPage = el.classList.contains("widget-host");
  const start = model.get("address");
  let choice = rules.nothing();
  /** Why a tool was picked for a job, by "job tool": from a worked stack or a suggestion. */
  const why = new Map();

  const live = element("div", { class: "mls-hidden", role: "status", "aria-live": "polite" });
  const announce = (text) => (live.textContent = text);

  // ---- the address ---------------------------------------------------------------------------

  const alert = element("div", { class: "mls-alert", role: "alert", hidden: "" });

  function complain(problems) {
    alert.hidden = problems.length === 0;
    const words = problems.map((problem) => element("li", {}, problem));
    alert.replaceChildren(
      ...(words.length ? [element("p", {}, "Not all of the address could be read. The rest is below."), element("ul", {}, ...words)] : []),
    );
  }

  function show(address) {
    const { choice: next, problems } = rules.read(address, data);
    choice = next;
    complain(problems);
    refresh();
  }

  function currentUrl() {
    const address = `#${rules.write(choice, data)}`;
    return inPage ? location.href.split("#")[0] + address : address;
  }

  /** Take over another choice that the reader has made here. */
  function change(next, words) {
    choice = next;
    complain([]);
    refresh();
    if (inPage) history.pushState(null, "", currentUrl());
    if (words) announce(words);
  }

  function onAddress() {
    if (rules.isAddress(location.hash)) show(location.hash);
    else if (!location.hash) show(start);
    // Anything else is a place on the page.
  }

  // ---- worked stacks ---------------------------------------------------------------------------

  const cards = data.stacks.map((stack) => {
    const id = `${uid}-${stack.id}`;
    const load = element(
      "button",
      { type: "button", class: "mls-button", "data-stack": stack.id, "aria-label": `Load the stack ${stack.name}`, "aria-describedby": id },
      "Load",
    );
    load.addEventListener("click", () => {
      why.clear();
      for (const pick of stack.picks) why.set(`${pick.job} ${pick.tool}`, pick.reason);
      reasons.replaceChildren();
      change(rules.read(stack.address, data).choice, `The stack ${stack.name} is loaded. ${rules.summary(rules.read(stack.address, data).choice, data)}`);
    });
    const card = element(
      "li",
      { class: "mls-card" },
      element("h4", {}, stack.name),
      element("p", { id }, `For ${stack.for}.`),
      load,
    );
    return { stack, card, address: rules.write(rules.read(stack.address, data).choice, data) };
  });

  // ---- constraints -----------------------------------------------------------------------------

  const constraints = data.constraints.map(({ id, label, options, meaning }) => {
    const name = `${uid}-${id}`;
    const hint = element("p", { id: `${name}-hint`, class: "mls-hint" }, meaning);
    if (!options.length) {
      const input = element("input", { type: "checkbox", id: name, "data-constraint": id, "aria-describedby": hint.id });
      input.addEventListener("change", () => change(rules.withConstraint(choice, id, input.checked)));
      const box = element("div", { class: "mls-constraint" }, element("label", { for: name, class: "mls-check" }, input, label), hint);
      return { box, set: () => (input.checked = choice.constraints.includes(id)) };
    }
    const select = element(
      "select",
      { id: name, "data-constraint": id, "aria-describedby": hint.id },
      element("option", { value: "" }, "not said"),
      ...options.map(([value, text]) => element("option", { value }, text)),
    );
    select.addEventListener("change", () => change(rules.withConstraint(choice, id, select.value)));
    const box = element("div", { class: "mls-constraint" }, element("label", { for: name }, label), select, hint);
    return { box, set: () => (select.value = rules.value(choice, id) ?? "") };
  });

  // ---- jobs ------------------------------------------------------------------------------------

  function aboutTool(tool) {
    const lines = [
      ["", tool.summary],
      ["Right if: ", tool.choose],
      ["Wrong if: ", tool.leave],
      ["To keep: ", rules.capital(data.upkeep[tool.upkeep]?.words ?? "")],
    ].filter(([, text]) => text);
    return [
      ...lines.map(([start, text]) => element("p", {}, start ? element("strong", {}, start) : undefined, text)),
      element("a", { href: inPage ? `${DIRECTORY}#${tool.id}` : tool.homepage }, `${tool.name} ${inPage ? "in the directory" : "at its maker's"}`),
    ];
  }

  function toolRow(job, id) {
    const tool = data.tool.get(id);
    const name = `${uid}-${job.id}-${id}`;
    const input = element("input", { type: "checkbox", id: name, "data-job": job.id, "data-tool": id, "aria-describedby": `${name}-verdict` });
    const verdict = element("p", { class: "mls-verdict", id: `${name}-verdict` });
    const fits = element("span", { class: "mls-fits", hidden: "" }, ...mark("good"), "fits");
    const reason = element("p");
    const about = element("details", {}, element("summary", {}, `About ${tool.name}`), ...aboutTool(tool));
    const more = element("div", { class: "mls-more", hidden: "" }, reason, about);
    const row = element(
      "div",
      { class: "mls-option" },
      element("label", { for: name, class: "mls-check" }, input, element("span", {}, tool.name), fits, element("span", { class: "mls-kind" }, tool.kindName)),
      verdict,
      more,
    );
    input.addEventListener("change", () => {
      const others = (choice.picks.get(job.id) ?? []).filter((other) => other !== id);
      const tools = input.checked ? job.offers.filter((each) => each === id || others.includes(each)) : others;
      change(rules.withPick(choice, job.id, tools.length ? tools : undefined));
    });
    function refreshRow() {
      input.checked = (choice.picks.get(job.id) ?? []).includes(id);
      const { against, doubts } = rules.judge(tool, choice.constraints);
      const fit = against.length ? "not" : doubts.length ? "doubt" : "fits";
      row.dataset.fit = fit;
      fits.hidden = fit !== "fits" || !choice.constraints.length;
      if (fit === "not") verdict.replaceChildren(mark("error")[0], `does not fit: ${against.join("; ")}`);
      else if (fit === "doubt") verdict.replaceChildren(mark("warning")[0], `to be checked: ${doubts.join("; ")}`);
      else verdict.replaceChildren();
      more.hidden = !input.checked;
      reason.textContent = why.get(`${job.id} ${id}`) ?? "";
    }
    return { row, refresh: refreshRow };
  }

  function jobBox(job) {
    const rows = job.offers.map((id) => toolRow(job, id));
    const name = `${uid}-${job.id}-nothing`;
    const nothing = element("input", { type: "checkbox", id: name, "data-job": job.id, "data-nothing": "" });
    nothing.addEventListener("change", () => change(rules.withPick(choice, job.id, nothing.checked ? [] : undefined)));
    const box = element(
      "fieldset",
      { class: "mls-job", "data-job": job.id },
      element(
        "legend",
        {},
        job.name,
        " ",
        element("span", { class: job.essential ? "mls-tag mls-essential" : "mls-tag" }, job.essential ? "essential" : "optional"),
      ),
      ...rows.map(({ row }) => row),
      element("div", { class: "mls-option" }, element("label", { for: name, class: "mls-check" }, nothing, element("span", {}, "Nobody does this"))),
    );
    function refreshJob() {
      const tools = choice.picks.get(job.id);
      box.dataset.state = tools === undefined ? "open" : tools.length ? "picked" : "nothing";
      nothing.checked = tools?.length === 0;
      rows.forEach((row) => row.refresh());
    }
    return { box, refresh: refreshJob };
  }

  const categories = data.categories.map((category) => {
    const jobs = category.jobs.map((job) => jobBox(job));
    const tally = element("span", { class: "mls-tally" });
    const box = element(
      "details",
      { class: "mls-category", open: "" },
      element("summary", {}, element("span", {}, category.name), tally),
      element("div", { class: "mls-grid" }, ...jobs.map((job) => job.box)),
    );
    function refreshCategory() {
      const open = category.jobs.filter((job) => !choice.picks.has(job.id));
      const essential = open.filter((job) => job.essential).length;
      const decided = `${category.jobs.length - open.length} of ${category.jobs.length} decided`;
      tally.textContent = essential ? `${decided}, ${essential} essential open` : decided;
      jobs.forEach((job) => job.refresh());
    }
    return { box, refresh: refreshCategory };
  });

  // ---- suggestions -----------------------------------------------------------------------------

  const reasons = element("div", { class: "mls-reasons" });

  function suggest(all) {
    const { choice: next, reasons: given } = rules.suggest(choice, data, { all });
    for (const { job, tool, text } of given) if (tool) why.set(`${job} ${tool}`, text.slice(text.indexOf(", because it ") + 2).replace(/^b/, "B"));
    const filled = given.filter(({ tool }) => tool).length;
    const empty = given.length - filled;
    const words = given.length
      ? `${rules.count(filled, "job")} filled${empty ? `, ${empty} without a tool that fits` : ""}.`
      : `No ${all ? "" : "essential "}job was left to fill.`;
    change(next, words);
    reasons.replaceChildren(
      element("p", {}, element("strong", {}, "Suggested. "), words),
      ...(given.length ? [element("ul", {}, ...given.map(({ tool, text }) => element("li", {}, ...mark(tool ? "good" : "warning"), text)))] : []),
    );
  }

  function button(text, action, properties = {}) {
    return element("button", { type: "button", class: "mls-button", onclick: action, ...properties }, text);
  }

  const toolbar = element(
    "div",
    { class: "mls-toolbar" },
    button("Suggest for me: essential jobs", () => suggest(false), { class: "mls-button mls-main" }),
    button("Suggest for me: all jobs", () => suggest(true)),
    button("Reset", () => {
      why.clear();
      reasons.replaceChildren();
      change(rules.nothing(), "Everything is cleared.");
    }),
  );

  // ---- findings --------------------------------------------------------------------------------

  const title = element("h3", { id: `${uid}-findings`, tabindex: "-1" }, "Findings");
  const summary = element("p", { class: "mls-summary", role: "status", "aria-live": "polite" });
  const groups = element("div", { class: "mls-groups" });
  const jump = element("button", { type: "button", class: "mls-jump", onclick: () => title.focus() });

  function act(action) {
    const next = action.job ? rules.withPick(choice, action.job, action.tools) : rules.replaced(choice, action.from, action.to, data);
    change(next, `Done: ${action.label}. ${rules.summary(next, data)}`);
    title.focus({ preventScroll: true }); // the button that had the focus is gone
  }

  function unfolding(item, key) {
    return element(
      "details",
      { "data-key": key },
      element("summary", {}, item.text),
      element("ul", {}, ...item.list.map((text) => element("li", {}, text))),
    );
  }

  function itemBox(item, key) {
    const subject = item.text.split(/[:.]/)[0];
    const links = (item.links ?? []).flatMap(({ label, url }) => [" ", element("a", { href: url, "aria-label": `${label}: ${subject}` }, label)]);
    const actions = (item.actions ?? []).map((action) => button(action.label, () => act(action)));
    return element(
      "li",
      { class: `mls-finding mls-is-${item.level}`, "data-level": item.level },
      ...mark(item.level),
      element("div", {}, ...(item.list ? [unfolding(item, key)] : [item.text]), ...links, actions.length ? element("div", { class: "mls-actions" }, ...actions) : undefined),
    );
  }

  function refreshFindings() {
    summary.textContent = rules.summary(choice, data);
    jump.textContent = choice.picks.size ? `Findings: ${rules.tally(choice, data)} ↓` : "Findings ↓";
    const unfolded = new Set([...groups.querySelectorAll("details[open]")].map((details) => details.dataset.key));
    const found = rules.findings(choice, data);
    groups.replaceChildren(
      ...found.map(({ id, title: name, items }) =>
        element("section", { "data-group": id }, element("h4", {}, name), element("ul", {}, ...items.map((item, i) => itemBox(item, `${id}-${item.gap ?? i}`)))),
      ),
    );
    if (!found.length) {
      groups.append(element("p", {}, "Load a worked stack, let the builder suggest one, or pick tools for the jobs that you know. What is missing, doubled or in doubt is then said here."));
    }
    for (const details of groups.querySelectorAll("details")) details.open = unfolded.has(details.dataset.key);
  }

  // ---- to take along ---------------------------------------------------------------------------

  const text = element("textarea", { id: `${uid}-text`, rows: "8", readonly: "", spellcheck: "false" });
  const label = element("label", { for: text.id });
  const fallback = element("div", { class: "mls-fallback", hidden: "" }, label, text);

  async function copy(content, what) {
    try {
      await navigator.clipboard.writeText(content);
      fallback.hidden = true;
      announce(`Copied as ${what}.`);
      copied.textContent = `Copied as ${what}.`;
    } catch {
      // No clipboard for pages from a file, or the reader has forbidden it.
      label.textContent = `The browser does not let this page copy. Here is the ${what} to copy yourself:`;
      text.value = content;
      fallback.hidden = false;
      copied.textContent = "";
      text.focus();
      text.select();
    }
  }

  const copied = element("span", { class: "mls-copied", "aria-hidden": "true" });
  const take = element(
    "section",
    { class: "mls-take", "aria-label": "Take it along" },
    element("div", { class: "mls-toolbar" },
      button("Copy as Markdown", () => copy(rules.toMarkdown(choice, data, currentUrl()), "Markdown")),
      button("Copy as JSON", () => copy(rules.toJson(choice, data, currentUrl()), "JSON")),
      copied,
    ),
    fallback,
  );

  // ---- all together ----------------------------------------------------------------------------

  function refresh() {
    const address = rules.write(choice, data);
    constraints.forEach((constraint) => constraint.set());
    categories.forEach((category) => category.refresh());
    for (const { card, address: own } of cards) card.toggleAttribute("data-current", own === address);
    copied.textContent = "";
    fallback.hidden = true;
    refreshFindings();
    root.dataset.address = address;
    model.set("address", address);
    model.set("picks", Object.fromEntries(choice.picks));
    model.set("constraints", [...choice.constraints]);
    model.save_changes();
  }

  const root = element(
    "section",
    { class: "mls", "aria-label": "Stack builder" },
    alert,
    element("h3", {}, "Start from a worked stack"),
    element("ul", { class: "mls-cards" }, ...cards.map(({ card }) => card)),
    element("h3", { id: `${uid}-constraints` }, "Constraints"),
    element("div", { class: "mls-constraints", role: "group", "aria-labelledby": `${uid}-constraints` }, ...constraints.map(({ box }) => box)),
    element("h3", {}, "A tool for each job"),
    toolbar,
    reasons,
    element(
      "div",
      { class: "mls-columns" },
      element("div", { class: "mls-jobs" }, ...categories.map(({ box }) => box), jump),
      element("div", { class: "mls-side", role: "region", "aria-labelledby": title.id }, title, summary, take, groups),
    ),
    live,
  );
  el.append(root);
  // On a phone the form would be as long as a chapter; how much of it is open stands on each part.
  // JupyterLab shows what is drawn only later, when it has a width.
  if (root.clientWidth && root.clientWidth < 600) for (const details of root.querySelectorAll(".mls-category:not(:first-child)")) details.open = false;

  show(inPage && rules.isAddress(location.hash) ? location.hash : start);
  const onModel = () => {
    if (model.get("address") !== rules.write(choice, data)) show(model.get("address"));
  };
  model.on("change:address", onModel);
  if (inPage) window.addEventListener("hashchange", onAddress);
  return () => {
    model.off("change:address", onModel);
    window.removeEventListener("hashchange", onAddress);
  };
}

export default { render };
