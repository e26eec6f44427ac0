// Draws the widgets of a built page without a kernel and without a request to anyone.
// MyST-NB puts the widgets' state in the page; an anywidget carries its own code in it, so all it
// needs is a model to talk to. Any other widget needs html-manager (3.6 MB, vendored), which is
// loaded for pages that hold one, and draws what is left. A classic script, because modules do not load from file://.
(() => {
  const ROOT = new URL(".", document.currentScript.src).href;
  const STATE = "application/vnd.jupyter.widget-state+json";
  const VIEW = "application/vnd.jupyter.widget-view+json";
  const modules = new Map();
  const styles = new Set();

  const json = (script) => JSON.parse(script.textContent);

  function withBuffers({ state, buffers = [] }) {
    const whole = structuredClone(state);
    for (const { path, data, encoding } of buffers) {
      const bytes =
        encoding === "hex"
          ? Uint8Array.from(data.match(/../g) ?? [], (pair) => parseInt(pair, 16))
          : Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
      const holder = path.slice(0, -1).reduce((value, step) => value[step], whole);
      holder[path.at(-1)] = new DataView(bytes.buffer);
    }
    return whole;
  }

  /** The part of a Jupyter widget model that works without a kernel. */
  function kernelless(state) {
    const heard = new Map();
    const tell = (name, ...values) => [...(heard.get(name) ?? [])].forEach((call) => call(...values));
    return {
      get: (key) => state[key],
      set(key, value) {
        const changes = typeof key === "object" ? key : { [key]: value };
        for (const [name, next] of Object.entries(changes)) {
          if (state[name] === next) continue;
          state[name] = next;
          tell(`change:${name}`, this, next);
        }
        tell("change", this);
      },
      save_changes() {},
      send() {},
      on(names, call) {
        for (const name of names.split(" ")) heard.set(name, [...(heard.get(name) ?? []), call]);
      },
      off(names, call) {
        for (const name of names?.split(" ") ?? [...heard.keys()]) {
          heard.set(name, call ? (heard.get(name) ?? []).filter((other) => other !== call) : []);
        }
      },
    };
  }

  function load(source) {
    if (!modules.has(source)) {
      const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
      modules.set(source, import(url).finally(() => URL.revokeObjectURL(url)));
    }
    return modules.get(source);
  }

  async function prepare(entry) {
    const state = withBuffers(entry);
    if (state._css && !styles.has(state._css)) {
      styles.add(state._css);
      document.head.append(Object.assign(document.createElement("style"), { textContent: state._css }));
    }
    const module = await load(state._esm);
    const widget = typeof module.default === "function" ? await module.default() : (module.default ?? module);
    const model = kernelless(state);
    const experimental = { invoke: () => Promise.reject(new Error("This needs a running kernel.")) };
    await widget.initialize?.({ model, experimental });
    return (el) => widget.render({ model, el, experimental });
  }

  function place(view, className) {
    const el = Object.assign(document.createElement("div"), { className });
    view.replaceWith(el);
    return el;
  }

  function excuse(el, error) {
    console.error(error);
    el.className = "widget-host-error admonition warning";
    el.setAttribute("role", "alert");
    const words = `This interactive part could not be drawn (${error?.message ?? error}). The rest of the page works.`;
    el.replaceChildren(Object.assign(document.createElement("p"), { textContent: words }));
  }

  function script(file, attributes = {}) {
    return new Promise((resolve, reject) => {
      const tag = Object.assign(document.createElement("script"), { src: ROOT + file, async: false });
      for (const [name, value] of Object.entries(attributes)) tag.setAttribute(name, value);
      tag.onload = resolve;
      tag.onerror = () => reject(new Error(`_static/${file} is missing`));
      document.head.append(tag);
    });
  }

  async function drawWithHtmlManager(views) {
    try {
      // Whatever html-manager lacks it looks for beside these files, never on another host.
      window.__jupyter_widgets_assets_path__ = `${ROOT}vendor/`;
      await script("vendor/require.js");
      // Its icons' fonts are looked for where its modules would be.
      const paths = { "@jupyter-widgets": "", "@jupyter-widgets/html-manager/dist": "", anywidget: "/anywidget" };
      for (const name of Object.keys(paths)) paths[name] = `${ROOT}vendor${paths[name]}`;
      window.require.config({ paths });
      await script("vendor/embed-amd.js", { "data-jupyter-widgets-cdn": `${ROOT}vendor/` });
      // It draws every view that is still in the page by itself.
    } catch (error) {
      views.forEach((view) => excuse(place(view, ""), error));
    }
  }

  function draw() {
    const entries = {};
    for (const tag of document.querySelectorAll(`script[type="${STATE}"]`)) Object.assign(entries, json(tag).state);
    // A widget that is linked to others must live with them, so that one hears the other.
    const linked = new Set(
      Object.values(entries)
        .filter((entry) => /LinkModel$/.test(entry.model_name))
        .flatMap(({ state }) => [state.source?.[0], state.target?.[0]]),
    );
    const prepared = new Map();
    const rest = [];
    for (const view of document.querySelectorAll(`script[type="${VIEW}"]`)) {
      const id = json(view).model_id;
      if (entries[id]?.model_module !== "anywidget" || linked.has(`IPY_MODEL_${id}`)) {
        rest.push(view);
        continue;
      }
      const el = place(view, "widget-host");
      if (!prepared.has(id)) prepared.set(id, prepare(entries[id]));
      prepared
        .get(id)
        .then((render) => render(el))
        .catch((error) => excuse(el, error));
    }
    if (rest.length) drawWithHtmlManager(rest);
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", draw);
  else draw();
})();
