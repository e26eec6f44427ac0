// The rules of the stack builder: pure functions from a choice and the catalogue to words.
// What speaks against a tool under which constraint was worked out in Python (stack/rules.py) and
// comes with the data. A classic script of one constant; widget.py puts the view behind it.
//
// A choice is { picks, constraints }: picks is a Map from job id to a list of tool ids, empty for
// a job that nobody does (a job not yet decided on is not in it); constraints is a list of tokens
// such as "open-source" and "team:alone".
const StackRules = (() => {
  const FORM = "stack=v1";
  const NOTHING = "nothing";
  const ALWAYS = "";

  /** The catalogue with what is looked up often: jobs and tools by id, pairs by both ids. */
  function prepare(data) {
    const jobs = data.categories.flatMap((category) => category.jobs.map((job) => ({ ...job, category: category.name })));
    const pairs = new Map();
    for (const pair of data.pairs) for (const key of [pair.tools, [...pair.tools].reverse()]) pairs.set(key.join(" "), pair);
    const tokens = new Map();
    for (const { id, label, options } of data.constraints) {
      if (!options.length) tokens.set(id, label);
      for (const [value, name] of options) tokens.set(`${id}:${value}`, `${label}: ${name}`);
    }
    return {
      ...data,
      jobs,
      job: new Map(jobs.map((job) => [job.id, job])),
      tool: new Map(Object.entries(data.tools).map(([id, tool]) => [id, { id, ...tool }])),
      pair: (a, b) => pairs.get(`${a} ${b}`),
      tokens,
    };
  }

  // ---- words ---------------------------------------------------------------------------------

  function list(words, last = "and") {
    return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} ${last} ${words.at(-1)}`;
  }

  function count(number, one, many = `${one}s`) {
    return `${number} ${number === 1 ? one : many}`;
  }

  /** A text of the catalogue, written with or without its full stop, as a sentence. */
  const sentence = (text) => `${text.replace(/\.$/, "")}.`;

  const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);

  // ---- the choice ----------------------------------------------------------------------------

  const nothing = () => ({ picks: new Map(), constraints: [] });

  /** The same choice with other tools for one job; undefined: not decided. */
  function withPick(choice, job, tools) {
    const picks = new Map(choice.picks);
    if (tools === undefined) picks.delete(job);
    else picks.set(job, tools);
    return { ...choice, picks };
  }

  /** The same choice with one constraint set to a value; true: it holds, "" or false: not said. */
  function withConstraint(choice, id, value) {
    const others = choice.constraints.filter((token) => token.split(":")[0] !== id);
    if (value) others.push(value === true ? id : `${id}:${value}`);
    return { ...choice, constraints: others };
  }

  /** One tool instead of another wherever the other is picked and the one is offered. */
  function replaced(choice, from, to, data) {
    const picks = new Map(choice.picks);
    for (const [job, tools] of picks) {
      if (!tools.includes(from)) continue;
      const offered = to && data.job.get(job).offers.includes(to);
      const next = [...new Set(tools.flatMap((tool) => (tool !== from ? [tool] : offered ? [to] : [])))];
      if (next.length) picks.set(job, next);
      else picks.delete(job);
    }
    return { ...choice, picks };
  }

  /** Every picked tool once, with the jobs it was picked for, in the order of the jobs. */
  function pickedTools(choice, data) {
    const found = new Map();
    for (const job of data.jobs) {
      for (const id of choice.picks.get(job.id) ?? []) {
        if (!found.has(id)) found.set(id, { ...data.tool.get(id), for: [] });
        found.get(id).for.push(job);
      }
    }
    return [...found.values()];
  }

  // ---- the address -----------------------------------------------------------------------------

  /** The choice in one readable line, jobs and constraints in the order of the form. */
  function write(choice, data) {
    const parts = [FORM];
    for (const { id } of data.jobs) {
      if (choice.picks.has(id)) parts.push(`${id}:${choice.picks.get(id).join("+") || NOTHING}`);
    }
    parts.push(...[...data.tokens.keys()].filter((token) => choice.constraints.includes(token)));
    return parts.join(";");
  }

  /** Whether an address means a choice at all, and not a place on the page. */
  const isAddress = (text) => /^#?stack(=|%3D|$)/i.test(text);

  /** What an address says, and in words what of it could not be understood. */
  function read(text, data) {
    const problems = [];
    let choice = nothing();
    let plain = text.replace(/^#/, "");
    try {
      plain = decodeURIComponent(plain);
    } catch {
      problems.push("It holds a percent sign that stands for nothing.");
    }
    const [form, ...parts] = plain.split(";").map((part) => part.trim());
    if (form !== FORM) problems.push(`It begins with “${form}” and not with “${FORM}”, the form that this page writes.`);
    for (const part of parts.filter(Boolean)) {
      const at = part.indexOf(":");
      const name = at < 0 ? part : part.slice(0, at);
      if (name.includes("/")) choice = readPick(choice, name, at < 0 ? "" : part.slice(at + 1), data, problems);
      else choice = readConstraint(choice, name, part, data, problems);
    }
    return { choice, problems };
  }

  function readPick(choice, name, value, data, problems) {
    const job = data.job.get(name);
    if (!job) {
      problems.push(`“${name}” is no job of the catalogue.`);
      return choice;
    }
    if (choice.picks.has(name)) problems.push(`${job.name} stands in it twice; the last one counts.`);
    if (value === NOTHING) return withPick(choice, name, []);
    const tools = [];
    for (const id of value.split("+").filter(Boolean)) {
      const tool = data.tool.get(id);
      if (!tool) problems.push(`“${id}”, given for ${job.name}, is no tool of the catalogue.`);
      else if (!job.offers.includes(id)) problems.push(`${tool.name} does not do ${job.name}.`);
      else if (!tools.includes(id)) tools.push(id);
    }
    if (!value) problems.push(`It names no tool for ${job.name}.`);
    return tools.length ? withPick(choice, name, tools) : choice;
  }

  function readConstraint(choice, name, token, data, problems) {
    if (!data.tokens.has(token)) {
      problems.push(`“${token}” is no constraint that this page knows.`);
      return choice;
    }
    if (choice.constraints.some((other) => other.split(":")[0] === name)) {
      problems.push(`The constraint “${name}” stands in it twice; the last one counts.`);
    }
    return withConstraint(choice, name, token === name ? true : token.slice(name.length + 1));
  }

  // ---- what fits -------------------------------------------------------------------------------

  const under = (tokens, reasons) => tokens.filter((token) => Object.hasOwn(reasons, token)).map((token) => reasons[token]);

  /** Why a tool does not fit the constraints, and what is in doubt; both empty: it fits. */
  function judge(tool, constraints) {
    const tokens = [ALWAYS, ...constraints];
    return { against: under(tokens, tool.against), doubts: under(tokens, tool.doubts) };
  }

  const value = (choice, id) => choice.constraints.find((token) => token.startsWith(`${id}:`))?.slice(id.length + 1);

  /** How many things there are to keep alive, and which kinds they are. */
  function upkeep(choice, data) {
    const tools = pickedTools(choice, data);
    const byKind = Object.fromEntries(Object.keys(data.upkeep).map((kind) => [kind, []]));
    const onKubernetes = tools.filter((tool) => tool.kubernetes);
    const unknown = [];
    for (const tool of tools) {
      if (tool.kubernetes) continue;
      (byKind[tool.upkeep] ?? unknown).push(tool);
    }
    const ownCluster = onKubernetes.length > 0 && value(choice, "kubernetes") !== "yes";
    let total = onKubernetes.length + (ownCluster ? data.kubernetesCount : 0);
    for (const [kind, of] of Object.entries(byKind)) total += data.upkeep[kind].count * of.length;
    return { total, byKind, onKubernetes, ownCluster, unknown, team: data.teams[value(choice, "team")] };
  }

  // ---- findings --------------------------------------------------------------------------------
  // A finding is { level, text } with, where there are any, links [{ label, url }],
  // actions [{ label, from, to } | { label, job, tools }] and a list of texts to unfold.
  // level: error (it will not work), warning, note, good.

  const names = (tools) => list(tools.map((tool) => tool.name));

  function findings(choice, data) {
    if (!choice.picks.size) return [];
    const tools = pickedTools(choice, data);
    const groups = [
      { id: "status", title: "Ended, renamed, unconfirmed", items: tools.flatMap((tool) => statusOf(tool, choice, data)) },
      { id: "constraints", title: "Your constraints", items: conflicts(tools, choice) },
      { id: "gaps", title: "Gaps", items: gaps(choice, tools, data) },
      { id: "overlaps", title: "Overlaps", items: overlaps(choice, tools, data) },
      { id: "upkeep", title: "To keep alive", items: upkeepItems(choice, data, tools) },
      { id: "terms", title: "Accounts and licences", items: terms(tools, choice) },
      { id: "clouds", title: "Bound to a cloud", items: clouds(tools, data) },
      { id: "together", title: "Known to work together", items: together(tools, data) },
    ];
    return groups.filter((group) => group.items.length);
  }

  function statusOf(tool, choice, data) {
    const note = tool.note ? `: ${tool.note}` : "";
    const checked = tool.checkedOn ? ` (checked on ${tool.checkedOn})` : "";
    const links = tool.source ? [{ label: "source", url: tool.source }] : [];
    const actions = successors(tool, data);
    if (tool.ended) {
      const leave = { label: `Take ${tool.name} out`, from: tool.id };
      return [{ level: "error", text: `${tool.name} is ${tool.stateWords}${note}${checked}.`, links, actions: actions.length ? actions : [leave] }];
    }
    if (tool.state === "maintenance") {
      return [{ level: "warning", text: `${tool.name} is ${tool.stateWords}${note}${checked}.`, links, actions }];
    }
    if (actions.length && tool.state !== "unconfirmed") {
      const instead = list(actions.map((action) => data.tool.get(action.to).name), "or");
      return [{ level: "note", text: `${tool.name} lives; for new work look at ${instead}${note}${checked}.`, links, actions }];
    }
    if (tool.state === "renamed") return [{ level: "note", text: `The name of ${tool.name} has changed${note}${checked}.`, links }];
    if (tool.state === "unconfirmed") {
      return [{ level: "note", text: `That ${tool.name} is still maintained is unconfirmed${note}${checked}.`, links, actions }];
    }
    return [];
  }

  function successors(tool, data) {
    return tool.successors
      .filter((id) => tool.for.some((job) => job.offers.includes(id)))
      .map((id) => ({ label: `Replace ${tool.name} with ${data.tool.get(id).name}`, from: tool.id, to: id }));
  }

  function conflicts(tools, choice) {
    const found = [];
    const doubted = new Map();
    for (const tool of tools) {
      // What holds whatever the constraints are is said with the status.
      const against = under(choice.constraints, tool.against);
      const actions = [{ label: `Take ${tool.name} out`, from: tool.id }];
      if (against.length) found.push({ level: "error", text: `${tool.name} does not fit: ${against.join("; ")}.`, actions });
      for (const words of under(choice.constraints, tool.doubts)) doubted.set(words, [...(doubted.get(words) ?? []), tool]);
    }
    for (const [words, of] of doubted) found.push({ level: "note", text: `To be checked for ${names(of)}: ${words}.` });
    return found;
  }

  const isDone = (choice, id) => (choice.picks.get(id) ?? []).length > 0;

  function gaps(choice, tools, data) {
    const open = data.jobs.filter((job) => !isDone(choice, job.id));
    const place = (job) => `${job.name} (${job.stages.length ? `stage ${list(job.stages)}` : job.category})`;
    const essential = open.filter((job) => job.essential).map((job) => {
      const covering = data.job.get(job.coveredBy);
      if (covering && isDone(choice, covering.id)) {
        const by = names(choice.picks.get(covering.id).map((id) => data.tool.get(id)));
        return { level: "note", text: `${place(job)} has no tool of its own; ${by}, picked for ${covering.name}, brings one.` };
      }
      const state = choice.picks.has(job.id) ? "is done by nobody" : "is not decided yet";
      const able = tools.filter((tool) => job.offers.includes(tool.id) && !tool.ended);
      const actions = able.map((tool) => ({ label: `Use ${tool.name} for ${job.name}`, job: job.id, tools: [tool.id] }));
      return { level: "warning", text: `${place(job)} ${state}. ${job.reason}`, actions, gap: job.id };
    });
    const optional = open.filter((job) => !job.essential);
    // A gap that another tool fills is worth less attention than one that nobody fills.
    essential.sort((a, b) => (a.level === b.level ? 0 : a.level === "warning" ? -1 : 1));
    if (!essential.length) essential.push({ level: "good", text: "Every essential job has a tool." });
    if (optional.length) {
      essential.push({
        level: "note",
        text: `${count(optional.length, "optional job")} without a tool, which is right for most stacks`,
        list: optional.map((job) => `${place(job)}. ${job.reason}`),
      });
    }
    return essential;
  }

  function overlaps(choice, tools, data) {
    const found = [];
    for (const job of data.jobs) {
      const ids = choice.picks.get(job.id) ?? [];
      ids.forEach((a, i) =>
        ids.slice(i + 1).forEach((b) => {
          const pair = data.pair(a, b);
          const both = `${data.tool.get(a).name} and ${data.tool.get(b).name} are both picked for ${job.name}`;
          if (pair) found.push({ level: "note", text: `${both}. They are known to work together: ${sentence(pair.how)}`, links: [{ label: "source", url: pair.source }] });
          else found.push({ level: "warning", text: `${both}: two places to look, two things to learn. Keep both only if you can say which does what.` });
        }),
      );
      for (const tool of tools) {
        if (!ids.length || ids.includes(tool.id) || !tool.jobs.includes(job.id)) continue;
        const others = names(ids.map((id) => data.tool.get(id)));
        const text = `${tool.name}, picked for ${names(tool.for)}, also does ${job.name}, for which you picked ${others}.`;
        const actions = [{ label: `Use ${tool.name} for ${job.name} instead`, job: job.id, tools: [tool.id] }];
        // Two that are known to work together may well share a job.
        const level = ids.some((id) => data.pair(tool.id, id)) ? "note" : "warning";
        found.push({ level, text, actions });
      }
    }
    return found;
  }

  function upkeepItems(choice, data, tools) {
    if (!tools.length) return [];
    const { total, byKind, onKubernetes, ownCluster, unknown, team } = upkeep(choice, data);
    const parts = [];
    if (byKind.server.length) parts.push(`${count(byKind.server.length, "server")} (${names(byKind.server)})`);
    if (byKind.cluster.length) {
      parts.push(`${count(byKind.cluster.length, "cluster")} (${names(byKind.cluster)}), each counted as ${data.upkeep.cluster.count}`);
    }
    if (ownCluster) parts.push(`a Kubernetes cluster, counted as ${data.kubernetesCount}`);
    if (onKubernetes.length) parts.push(`${names(onKubernetes)} on Kubernetes`);
    const sum = total ? `${count(total, "thing")} to keep alive: ${list(parts)}.` : "Nothing to keep alive.";
    const found = [];
    if (team && total > team.most) {
      found.push({ level: "warning", text: `${sum} That is more than the ${team.most} that ${team.who} can look after, by this page's rule of thumb.` });
    } else if (team) {
      found.push({ level: "good", text: `${sum} By this page's rule of thumb ${team.who} can look after ${team.most}.` });
    } else {
      found.push({ level: "note", text: `${sum} Say how large your team is, and the number is compared with it.` });
    }
    const light = [
      [byKind.library, "Nothing to keep alive for"],
      [byKind.service, "Kept alive by the vendor"],
    ];
    for (const [of, words] of light) if (of.length) found.push({ level: "note", text: `${words}: ${names(of)}.` });
    if (unknown.length) found.push({ level: "note", text: `Not recorded, and not counted: ${names(unknown)}.` });
    return found;
  }

  function terms(tools, choice) {
    const found = [];
    const account = (state) => tools.filter((tool) => tool.account === state);
    if (account("needed").length) found.push({ level: "note", text: `An account with the vendor is needed for ${names(account("needed"))}.` });
    else if (tools.length && !account("unconfirmed").length) found.push({ level: "good", text: "No account with a vendor is needed." });
    // With that constraint it is said there.
    if (account("unconfirmed").length && !choice.constraints.includes("no-account")) found.push({ level: "note", text: `Whether an account is needed is unconfirmed for ${names(account("unconfirmed"))}.` });
    const kinds = new Map();
    for (const tool of tools) kinds.set(tool.kindName, [...(kinds.get(tool.kindName) ?? []), tool]);
    for (const [kind, of] of kinds) {
      const licensed = of.map((tool) => `${tool.name} (${tool.licence === "unconfirmed" ? "licence unconfirmed" : tool.licence})`);
      const open = of[0].kind === "open-source";
      if (open && kinds.size === 1) found.push({ level: "good", text: `All ${of.length} are open source.`, list: licensed });
      else found.push({ level: "note", text: open ? `Open source: ${of.length} of ${tools.length}` : `${kind}: ${list(licensed)}.`, list: open ? licensed : undefined });
    }
    return found;
  }

  function clouds(tools, data) {
    const found = [];
    const used = Object.keys(data.clouds).filter((cloud) => tools.some((tool) => tool.cloud === cloud));
    if (used.length > 1) {
      const where = list(used.map((cloud) => data.clouds[cloud]));
      found.push({ level: "warning", text: `The stack lies in ${where}: data crosses between them, for which each charges, and every permission is set up twice.` });
    }
    for (const cloud of used) {
      const bound = tools.filter((tool) => tool.cloud === cloud);
      const exist = bound.length === 1 ? "exists" : "exist";
      found.push({ level: "note", text: `${names(bound)} ${exist} only in ${data.clouds[cloud]}: to leave it is to replace ${bound.length === 1 ? "it" : "them"}.` });
    }
    return found;
  }

  function together(tools, data) {
    const known = [];
    const unknown = [];
    tools.forEach((a, i) => {
      const others = tools.slice(i + 1);
      for (const b of others) {
        const pair = data.pair(a.id, b.id);
        if (pair) known.push({ level: "good", text: `${a.name} and ${b.name}: ${sentence(pair.how)}`, links: [{ label: "source", url: pair.source }] });
      }
      const without = others.filter((b) => !data.pair(a.id, b.id));
      if (without.length) unknown.push({ text: `${a.name} with ${list(without.map((b) => b.name), "or")}.`, pairs: without.length });
    });
    const missing = unknown.reduce((sum, each) => sum + each.pairs, 0);
    if (missing) {
      known.push({
        level: "note",
        text: `For ${missing} of ${count((tools.length * (tools.length - 1)) / 2, "pair")} nothing was found. That means: no source was found. It does not mean that they do not work together`,
        list: unknown.map((each) => each.text),
      });
    }
    return known;
  }

  /** How many findings of each sort there are, in words, the worst first. */
  function tally(choice, data) {
    const items = findings(choice, data).flatMap((group) => group.items);
    const errors = items.filter((item) => item.level === "error").length;
    const open = items.filter((item) => item.gap).length;
    const warnings = items.filter((item) => item.level === "warning" && !item.gap).length;
    const parts = [open ? count(open, "essential gap") : "no essential gap"];
    if (errors) parts.unshift(count(errors, "mistake"));
    if (warnings) parts.push(count(warnings, "warning"));
    return list(parts);
  }

  /** The choice in one sentence, for the eye and for the ear. */
  function summary(choice, data) {
    if (!choice.picks.size) return "Nothing is picked yet.";
    const tools = count(pickedTools(choice, data).length, "tool");
    return `${tools}, ${count(upkeep(choice, data).total, "thing")} to keep alive; ${tally(choice, data)}.`;
  }

  // ---- suggestions -----------------------------------------------------------------------------

  /**
   * Fill the jobs that are not decided, the essential ones first, in the order of the catalogue.
   * Among the tools that fit and live, the first by: least in doubt; within what the team can
   * keep alive; already picked for another job; known to work with most of what is picked; least
   * to keep alive; order of the catalogue. Returns the new choice, and for each job the words.
   */
  function suggest(choice, data, { all = false } = {}) {
    const reasons = [];
    let filled = choice;
    const undecided = data.jobs.filter((job) => !choice.picks.has(job.id) && (all || job.essential));
    undecided.sort((a, b) => Number(b.essential) - Number(a.essential));
    for (const job of undecided) {
      const covering = data.job.get(job.coveredBy);
      if (covering && isDone(filled, covering.id)) continue;
      const judged = job.offers.map((id) => rank(data.tool.get(id), job, filled, data));
      const fitting = judged.filter((each) => !each.against.length).sort(compare);
      if (!fitting.length) {
        const why = judged.map((each) => `${each.tool.name} (${each.against.join("; ")})`).join(", ");
        reasons.push({ job: job.id, tool: undefined, text: `${job.name}: nothing fits. ${why}.` });
        continue;
      }
      const [best] = fitting;
      filled = withPick(filled, job.id, [best.tool.id]);
      reasons.push({ job: job.id, tool: best.tool.id, text: `${job.name}: ${best.tool.name}, because it ${explain(best, fitting, judged, choice)}.` });
    }
    return { choice: filled, reasons };
  }

  function rank(tool, job, choice, data) {
    const picked = pickedTools(choice, data);
    const { against, doubts } = judge(tool, choice.constraints);
    const after = upkeep(withPick(choice, job.id, [tool.id]), data);
    const partners = picked.filter((other) => data.pair(tool.id, other.id));
    const already = picked.some((other) => other.id === tool.id);
    const load = already ? 0 : (data.upkeep[tool.upkeep]?.rank ?? Infinity);
    const tooMuch = after.team !== undefined && after.total > after.team.most;
    const order = [doubts.length, tooMuch ? 1 : 0, already ? 0 : 1, -partners.length, load];
    return { tool, against, doubts, partners, already, tooMuch, picked, words: data.upkeep[tool.upkeep]?.words, order };
  }

  function compare(a, b) {
    const at = a.order.findIndex((value, i) => value !== b.order[i]);
    return at < 0 ? 0 : a.order[at] - b.order[at]; // sort is stable: the catalogue's order is kept
  }

  function explain(best, fitting, judged, choice) {
    const parts = [];
    if (choice.constraints.length) parts.push("fits your constraints");
    if (best.tool.state === "active") parts.push("is active");
    if (best.tool.state === "renamed") parts.push("is alive under another name");
    if (best.already) parts.push("is in your stack already");
    if (best.partners.length) parts.push(`is known to work with ${names(best.partners)}`);
    if (best.words && !best.already) parts.push(`is ${best.words}`);
    if (judged.length === 1) parts.push("is the only tool of the catalogue for it");
    else if (fitting.length === 1) parts.push(`is the only one of ${judged.length} that fits`);
    const equals = fitting.filter((other) => other !== best && compare(best, other) === 0);
    if (equals.length) parts.push(`comes first in the catalogue among equals (${names(equals.map((each) => each.tool))})`);
    const but = [...best.doubts];
    if (best.tooMuch) but.push("with it there is more to keep alive than your team should");
    return list(parts) + (but.length ? `; to be checked: ${but.join("; ")}` : "");
  }

  // ---- to take along -----------------------------------------------------------------------------

  const cell = (text) => text.replaceAll("|", "\\|");

  function toMarkdown(choice, data, url) {
    const lines = ["# Our MLOps stack", "", `Constraints: ${choice.constraints.map((token) => data.tokens.get(token)).join("; ") || "none"}.`, ""];
    if (choice.picks.size) lines.push("| Job | Tool | Kind and licence | Account | To keep alive |", "|---|---|---|---|---|");
    for (const job of data.jobs) {
      if (!choice.picks.has(job.id)) continue;
      const tools = choice.picks.get(job.id).map((id) => data.tool.get(id));
      if (!tools.length) lines.push(`| ${cell(job.name)} | nobody does it | | | |`);
      for (const tool of tools) {
        const licence = tool.licence === "unconfirmed" ? "licence unconfirmed" : tool.licence;
        const columns = [job.name, `[${tool.name}](${tool.homepage})`, `${tool.kindName}, ${licence}`, tool.account, data.upkeep[tool.upkeep]?.words ?? "not recorded"];
        lines.push(`| ${columns.map(cell).join(" | ")} |`);
      }
    }
    for (const group of findings(choice, data)) {
      lines.push("", `## ${group.title}`, "");
      for (const item of group.items) {
        const links = (item.links ?? []).map(({ label, url: to }) => ` ([${label}](${to}))`).join("");
        lines.push(`- ${item.level === "error" ? "**Mistake:** " : ""}${item.text}${links}`);
        for (const text of item.list ?? []) lines.push(`  - ${text}`);
      }
    }
    lines.push("", `Made with the stack builder of the MLOps Tools Landscape: ${url}`, "");
    return lines.join("\n");
  }

  function toJson(choice, data, url) {
    const content = {
      version: 1,
      address: url,
      constraints: choice.constraints,
      jobs: data.jobs
        .filter((job) => choice.picks.has(job.id))
        .map((job) => ({ job: job.id, name: job.name, essential: job.essential, tools: choice.picks.get(job.id) })),
      tools: pickedTools(choice, data).map(({ id, name, kind, licence, account, upkeep: kept, cloud, state }) => ({ id, name, kind, licence, account, upkeep: kept, cloud, state })),
      findings: findings(choice, data).flatMap(({ id, items }) => items.map(({ level, text, links }) => ({ about: id, level, text, ...(links?.length && { sources: links.map((link) => link.url) }) }))),
    };
    return `${JSON.stringify(content, null, 2)}\n`;
  }

  return {
    prepare, nothing, withPick, withConstraint, replaced, pickedTools, write, isAddress, read,
    judge, value, upkeep, findings, tally, summary, suggest, toMarkdown, toJson, capital, list, count,
  };
})();
