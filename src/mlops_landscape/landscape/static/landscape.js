/* The landscape on a page: Plotly draws it, this adds what Plotly lacks.

   Zooming scales the drawing with CSS, and panning is the browser's own scrolling of the map, so
   neither redraws anything. Every tool is a real link over its box: hovering, clicking, touching
   and the keyboard work as on any link. */
(() => {
  "use strict";

  const NARROW_BELOW = 640; // px of page width: the phone's map below it
  const LARGEST = 12; // times the size at which the whole map fits
  const STEP = 1.35; // of one press of + or -
  const DRAG_FROM = 4; // px that a pointer may tremble within a click
  const PAN = 80; // px of one press of an arrow key
  const CONFIG = { staticPlot: true, displayModeBar: false, responsive: false };

  let counter = 0;

  const start = (root) => {
    root.dataset.ready = "";
    const find = (selector) => root.querySelector(selector);
    const all = JSON.parse(find(".landscape-data").textContent);
    const map = find(".landscape-map");
    const sizer = find(".landscape-sizer");
    const layer = find(".landscape-layer");
    const plot = find(".landscape-plot");
    const links = find(".landscape-links");
    const card = find(".landscape-card");
    const details = find(".landscape-details");
    const search = find(".landscape-search");
    const count = find(".landscape-count");
    const clear = find(".landscape-clear");
    const orders = [...root.querySelectorAll("[name=landscape-order]")];
    const stageless = find(".landscape-stageless");
    const toggles = [...root.querySelectorAll(".landscape-toggle")];
    const rows = new Map(
      Object.keys(all.tools).map((id) => [id, root.querySelector(`#tool-${id}`)]),
    );
    const pages = (document.documentElement.dataset.content_root || "") + root.dataset.book;
    card.id = `landscape-card-${++counter}`;

    let order = "category"; // or "stage": what a column of the map is
    let geometry = null; // the map in use: all.maps[order].wide or .narrow
    let boxes = []; // {box, link, tool, shown} in reading order
    let roving = null; // the one link that Tab reaches
    let zoom = 1;
    let drawn = 0; // number of the latest drawing

    /* ---- where a tool is explained -------------------------------------------------- */

    const address = (id) => {
      const chapter = all.tools[id].chapter;
      return chapter ? `${pages}${chapter}` : `#tool-${id}`;
    };

    const openRow = (id) => {
      const row = rows.get(id);
      if (!row) return;
      if (row.hidden) clearFilters();
      details.open = true;
      hideCard();
      if (location.hash !== `#tool-${id}`) location.hash = `#tool-${id}`;
      row.scrollIntoView({ block: "center" });
      row.focus({ preventScroll: true });
    };

    const follow = (event, id) => {
      if (all.tools[id].chapter || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      openRow(id);
    };

    const followHash = () => {
      const match = /^#(tool|by)-(.+)$/.exec(location.hash);
      if (match && match[1] === "tool") openRow(match[2]);
      else if (match && all.maps[match[2]]) orderBy(match[2]);
    };

    root.querySelectorAll(".landscape-page").forEach((link) => {
      link.href = pages + link.getAttribute("href");
    });

    /* ---- drawing --------------------------------------------------------------------- */

    const isDark = () => document.documentElement.dataset.theme === "dark";

    const themed = (figure) => {
      const text = JSON.stringify({ data: figure.data, layout: figure.layout });
      if (!isDark()) return JSON.parse(text);
      return JSON.parse(text.replace(/#[0-9a-f]{6}/g, (colour) => all.dark[colour] || colour));
    };

    const draw = async () => {
      const mine = ++drawn;
      const began = performance.now();
      const figure = themed(geometry);
      await window.Plotly.newPlot(plot, figure.data, figure.layout, CONFIG);
      if (mine !== drawn) return;
      collectMarks();
      fade();
      root.dataset.milliseconds = Math.round(performance.now() - began);
      const size = geometry === all.maps[order].narrow ? "narrow" : "wide";
      root.dataset.drawn = `${size} ${isDark() ? "dark" : "light"}`;
      root.dataset.order = order;
    };

    /* Plotly draws the boxes of a trace in the order of its data. */
    const collectMarks = () => {
      const bars = [...plot.querySelectorAll(".barlayer .trace.bars")].map((trace) => [
        ...trace.querySelectorAll("g.point"),
      ]);
      const marks = [...plot.querySelectorAll(".scatterlayer .trace.scatter .points path.point")];
      boxes.forEach((entry) => {
        const { trace, point, stripe, mark } = entry.box;
        entry.drawn = [bars[trace][point]];
        if (stripe !== null) entry.drawn.push(bars[stripe][point]);
        if (mark !== undefined) entry.drawn.push(marks[mark]);
      });
    };

    const makeLinks = () => {
      links.replaceChildren();
      boxes = geometry.boxes.map((box) => {
        const tool = all.tools[box.tool];
        const link = document.createElement("a");
        const [x, y, width, height] = box.at;
        link.href = address(box.tool);
        link.draggable = false;
        link.tabIndex = -1;
        link.dataset.tool = box.tool;
        link.setAttribute("aria-label", `${tool.name}, ${box.job}, ${tool.kindName}`);
        link.style.cssText = `left:${x}px;top:${y}px;width:${width}px;height:${height}px`;
        links.append(link);
        return { box, link, tool, shown: true, drawn: [] };
      });
      boxes.forEach((entry) => {
        entry.link.landscapeEntry = entry;
      });
      rove(boxes[0]);
    };

    const choose = () => {
      const { narrow, wide } = all.maps[order];
      const wanted = root.clientWidth < NARROW_BELOW ? narrow : wide;
      if (wanted === geometry) return resize();
      geometry = wanted;
      zoom = 1;
      hideCard();
      makeLinks();
      layer.style.width = `${geometry.width}px`;
      layer.style.height = `${geometry.height}px`;
      resize();
      return draw();
    };

    /* ---- zoom and pan ---------------------------------------------------------------- */

    const fitting = () => map.clientWidth / geometry.width;

    const resize = () => {
      const scale = fitting() * zoom;
      map.classList.toggle("is-zoomed", zoom > 1);
      map.style.height = `${geometry.height * fitting() + map.offsetHeight - map.clientHeight}px`;
      sizer.style.width = `${geometry.width * scale}px`;
      sizer.style.height = `${geometry.height * scale}px`;
      layer.style.transform = `scale(${scale})`;
      root.dataset.zoom = zoom.toFixed(3);
    };

    /* Zoom so that what is at (x, y) of the window stays there. */
    const zoomTo = (wanted, x, y) => {
      const next = Math.min(Math.max(wanted, 1), LARGEST);
      if (Math.abs(next - zoom) < 1e-6) return;
      hideCard();
      const frame = map.getBoundingClientRect();
      const left = x - frame.left - map.clientLeft;
      const top = y - frame.top - map.clientTop;
      const ratio = next / zoom;
      const across = (map.scrollLeft + left) * ratio - left;
      const down = (map.scrollTop + top) * ratio - top;
      zoom = next;
      resize();
      map.scrollTo({ left: across, top: down, behavior: "instant" });
    };

    const zoomAroundMiddle = (factor) => {
      const frame = map.getBoundingClientRect();
      const top = Math.max(frame.top, 0);
      const bottom = Math.min(frame.bottom, window.innerHeight);
      zoomTo(zoom * factor, (frame.left + frame.right) / 2, (top + bottom) / 2);
    };

    const reset = () => {
      hideCard();
      zoom = 1;
      resize();
      map.scrollTo({ left: 0, top: 0, behavior: "instant" });
    };

    const pan = (across, down) => {
      const before = [map.scrollLeft, map.scrollTop];
      map.scrollBy({ left: across, top: down, behavior: "instant" });
      return before[0] !== map.scrollLeft || before[1] !== map.scrollTop;
    };

    map.addEventListener(
      "wheel",
      (event) => {
        if (!event.ctrlKey && !event.metaKey) return; // the browser pans, or scrolls the page
        event.preventDefault();
        const lines = event.deltaMode === 1 ? 16 : 1;
        zoomTo(zoom * Math.exp(-event.deltaY * lines * 0.002), event.clientX, event.clientY);
      },
      { passive: false },
    );

    /* Dragging with the mouse. A finger scrolls natively. */
    let drag = null;
    let dragged = false;
    let pointer = "mouse";
    map.addEventListener("pointerdown", (event) => {
      pointer = event.pointerType;
      dragged = false;
      if (event.pointerType !== "mouse" || event.button !== 0) return;
      drag = { x: event.clientX, y: event.clientY, left: map.scrollLeft, top: map.scrollTop };
    });
    window.addEventListener("pointermove", (event) => {
      if (!drag) return;
      const across = event.clientX - drag.x;
      const down = event.clientY - drag.y;
      if (!dragged && Math.hypot(across, down) < DRAG_FROM) return;
      if (!dragged) {
        dragged = true;
        hideCard();
        map.classList.add("is-dragged");
      }
      map.scrollTo({ left: drag.left - across, top: drag.top - down, behavior: "instant" });
    });
    ["pointerup", "pointercancel"].forEach((name) =>
      window.addEventListener(name, () => {
        drag = null;
        map.classList.remove("is-dragged");
      }),
    );
    map.addEventListener(
      "click",
      (event) => {
        if (!dragged) return;
        event.preventDefault();
        event.stopPropagation();
        dragged = false;
      },
      true,
    );

    /* Pinching with two fingers. */
    let pinch = null;
    const fingers = (touches) => {
      const [one, other] = touches;
      return {
        apart: Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY),
        x: (one.clientX + other.clientX) / 2,
        y: (one.clientY + other.clientY) / 2,
      };
    };
    map.addEventListener(
      "touchstart",
      (event) => {
        if (event.touches.length !== 2) return;
        event.preventDefault();
        pinch = { ...fingers(event.touches), zoom };
      },
      { passive: false },
    );
    map.addEventListener(
      "touchmove",
      (event) => {
        if (!pinch || event.touches.length !== 2) return;
        event.preventDefault();
        const now = fingers(event.touches);
        pan(pinch.x - now.x, pinch.y - now.y);
        pinch.x = now.x;
        pinch.y = now.y;
        zoomTo((pinch.zoom * now.apart) / pinch.apart, now.x, now.y);
      },
      { passive: false },
    );
    ["touchend", "touchcancel"].forEach((name) =>
      map.addEventListener(name, (event) => {
        if (event.touches.length < 2) pinch = null;
      }),
    );

    root.querySelectorAll("[data-zoom]").forEach((button) => {
      button.addEventListener("click", () => {
        if (button.dataset.zoom === "in") zoomAroundMiddle(STEP);
        else if (button.dataset.zoom === "out") zoomAroundMiddle(1 / STEP);
        else reset();
      });
    });

    /* ---- keyboard -------------------------------------------------------------------- */

    const ARROWS = {
      ArrowLeft: [-1, 0],
      ArrowRight: [1, 0],
      ArrowUp: [0, -1],
      ArrowDown: [0, 1],
    };

    /* The nearest shown tool in a direction; what lies to the side counts double. */
    const neighbour = (from, [across, down]) => {
      const middle = ({ box: { at: [x, y, w, h] } }) => [x + w / 2, y + h / 2];
      const [x, y] = middle(from);
      let best = null;
      let shortest = Infinity;
      for (const entry of boxes) {
        if (entry === from || !entry.shown) continue;
        const [otherX, otherY] = middle(entry);
        const ahead = (otherX - x) * across + (otherY - y) * down;
        const aside = Math.abs((otherX - x) * down) + Math.abs((otherY - y) * across);
        if (ahead <= 1) continue;
        const distance = ahead + 2 * aside;
        if (distance < shortest) {
          shortest = distance;
          best = entry;
        }
      }
      return best;
    };

    const rove = (entry) => {
      if (roving) roving.link.tabIndex = -1;
      roving = entry || null;
      if (roving) roving.link.tabIndex = 0;
    };

    const focusTool = (entry) => {
      if (!entry) return;
      rove(entry);
      entry.link.focus();
    };

    const onKey = (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const entry = event.target.landscapeEntry;
      let done = true;
      if (event.key === "+" || event.key === "=") zoomAroundMiddle(STEP);
      else if (event.key === "-" || event.key === "_") zoomAroundMiddle(1 / STEP);
      else if (event.key === "0") reset();
      else if (event.key in ARROWS && entry) focusTool(neighbour(entry, ARROWS[event.key]));
      else if (event.key in ARROWS && event.target === map) {
        const [across, down] = ARROWS[event.key];
        done = pan(across * PAN, down * PAN); // at the edge the page scrolls
      } else if (event.key === "Home" && entry) focusTool(boxes.find((each) => each.shown));
      else if (event.key === "End" && entry) focusTool(boxes.findLast((each) => each.shown));
      else if (event.key === "Escape" && entry) map.focus();
      else done = false;
      if (done) event.preventDefault();
    };
    map.addEventListener("keydown", onKey);

    /* The zoom keys also work where the mouse is on the map and no field has the focus. */
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape") hideCard();
      if (event.defaultPrevented || map.contains(event.target) || !map.matches(":hover")) return;
      if (event.target.closest("input, textarea, select, [contenteditable]")) return;
      if ("+=-_0".includes(event.key)) onKey(event);
    });

    /* ---- the card -------------------------------------------------------------------- */

    let carded = null;
    let timer = 0;

    const line = (className, ...content) => {
      const element = document.createElement("p");
      element.className = className;
      element.append(...content);
      return element;
    };

    const fillCard = (entry) => {
      const { tool, box } = entry;
      const name = document.createElement("strong");
      name.textContent = tool.name;
      const kind = document.createElement("span");
      kind.className = `landscape-badge is-${tool.kind}`;
      kind.textContent = tool.kindName;
      const content = [line("landscape-card-name", name, " ", kind), line("", tool.summary)];
      content.push(line("landscape-card-small", tool.jobs.join("; ")));
      if (tool.stageNames.length) {
        content.push(line("landscape-card-small", `Stage: ${tool.stageNames.join(", ")}`));
      }
      if (tool.facts) content.push(line("landscape-card-small", tool.facts));
      const status = tool.status[0].toUpperCase() + tool.status.slice(1);
      const state = line("landscape-card-small", `${status}.`);
      if (tool.note) state.append(` ${tool.note}.`);
      if (tool.successors.length) state.append(` Look at ${tool.successors.join(", ")}.`);
      if (tool.state && tool.state !== "active") state.classList.add("is-warned");
      content.push(state);
      if (tool.runs) content.push(line("landscape-card-small", `It ${tool.runs}.`));
      const goal = tool.chapter ? "its chapter" : "its row in the table";
      if (pointer === "touch") {
        const open = document.createElement("a");
        open.href = address(box.tool);
        open.className = "landscape-card-open";
        open.textContent = `Open ${goal}`;
        open.addEventListener("click", (event) => follow(event, box.tool));
        content.push(line("", open));
      } else {
        content.push(line("landscape-card-small", `Click or Enter opens ${goal}.`));
      }
      card.replaceChildren(...content);
    };

    const showCard = (entry) => {
      clearTimeout(timer);
      if (carded === entry) return;
      hideCard();
      carded = entry;
      fillCard(entry);
      const touched = pointer === "touch";
      card.setAttribute("role", touched ? "dialog" : "tooltip");
      if (touched) card.setAttribute("aria-label", entry.tool.name);
      else card.removeAttribute("aria-label");
      card.hidden = false;
      entry.link.setAttribute("aria-describedby", card.id);
      entry.link.classList.add("is-open");
      const frame = root.getBoundingClientRect();
      const box = entry.link.getBoundingClientRect();
      const { offsetWidth: width, offsetHeight: height } = card;
      const left = Math.min(Math.max(box.left - frame.left, 0), root.clientWidth - width);
      const below = box.bottom + 8;
      const fits = below + height <= window.innerHeight || box.top - 8 - height < 0;
      card.style.left = `${left}px`;
      card.style.top = `${(fits ? below : box.top - 8 - height) - frame.top}px`;
    };

    const hideCard = () => {
      clearTimeout(timer);
      if (!carded) return;
      carded.link.removeAttribute("aria-describedby");
      carded.link.classList.remove("is-open");
      carded = null;
      card.hidden = true;
    };

    const hideSoon = () => {
      clearTimeout(timer);
      timer = setTimeout(hideCard, 250);
    };

    links.addEventListener("pointerover", (event) => {
      if (event.pointerType !== "mouse" || drag) return;
      const entry = event.target.landscapeEntry;
      if (!entry) return;
      pointer = "mouse";
      clearTimeout(timer);
      timer = setTimeout(() => showCard(entry), carded ? 0 : 60);
    });
    links.addEventListener("pointerout", (event) => {
      if (event.pointerType === "mouse") hideSoon();
    });
    card.addEventListener("pointerenter", () => clearTimeout(timer));
    card.addEventListener("pointerleave", hideSoon);
    links.addEventListener("focusin", (event) => {
      const entry = event.target.landscapeEntry;
      rove(entry);
      if (event.target.matches(":focus-visible") && !drag) {
        pointer = "keyboard";
        showCard(entry);
      }
    });
    links.addEventListener("focusout", hideSoon);
    map.addEventListener("scroll", hideSoon, { passive: true });
    links.addEventListener("click", (event) => {
      const entry = event.target.landscapeEntry;
      if (!entry) return;
      if (pointer === "touch" && carded !== entry) {
        event.preventDefault();
        showCard(entry);
      } else {
        follow(event, entry.box.tool);
      }
    });
    document.addEventListener("pointerdown", (event) => {
      if (carded && !card.contains(event.target) && !map.contains(event.target)) hideCard();
      else if (carded && event.target === map) hideCard();
    });

    /* ---- filters --------------------------------------------------------------------- */

    const pressed = (name) =>
      toggles
        .filter((each) => each.dataset.filter === name && each.ariaPressed === "true")
        .map((each) => each.dataset.value);

    const filter = () => {
      const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
      const kinds = pressed("kind");
      const stages = pressed("stage");
      const categories = pressed("category");
      const states = pressed("status");
      const accounts = pressed("account");
      const fits = (chosen, own) => !chosen.length || chosen.some((each) => own.includes(each));
      const found = new Set();
      let rowsShown = 0;
      Object.entries(all.tools).forEach(([id, tool]) => {
        if (
          fits(kinds, [tool.kind]) &&
          fits(stages, tool.stages) &&
          fits(states, [tool.state]) &&
          fits(accounts, [tool.account]) &&
          words.every((word) => tool.words.includes(word))
        ) {
          found.add(id);
        }
        const shown = found.has(id) && fits(categories, tool.categories);
        rows.get(id).hidden = !shown;
        rowsShown += shown;
      });
      const columns = order === "stage" ? stages : categories;
      boxes.forEach((entry) => {
        const { tool, column } = entry.box;
        entry.shown =
          found.has(tool) && fits(categories, all.tools[tool].categories) && fits(columns, [column]);
        entry.link.inert = !entry.shown;
      });
      if (!roving || !roving.shown) rove(boxes.find((entry) => entry.shown));
      if (carded && !carded.shown) hideCard();
      const filtered = [words, kinds, stages, categories, states, accounts].some((each) => each.length);
      const total = rows.size;
      clear.hidden = !filtered;
      count.textContent = filtered ? `${rowsShown} of ${total} tools` : `${total} tools`;
      fade();
    };

    const fade = () => {
      boxes.forEach((entry) =>
        entry.drawn.forEach((element) =>
          element.classList.toggle("landscape-faded", !entry.shown),
        ),
      );
    };

    const clearFilters = () => {
      search.value = "";
      toggles.forEach((each) => {
        each.ariaPressed = "false";
      });
      filter();
    };

    toggles.forEach((button) =>
      button.addEventListener("click", () => {
        button.ariaPressed = String(button.ariaPressed !== "true");
        filter();
      }),
    );
    search.addEventListener("input", filter);
    search.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      focusTool(boxes.find((entry) => entry.shown));
    });
    clear.addEventListener("click", () => {
      clearFilters();
      search.focus();
    });

    /* ---- the order of the map -------------------------------------------------------- */

    const orderBy = (wanted) => {
      if (wanted === order) return;
      order = wanted;
      orders.forEach((each) => {
        each.checked = each.value === order;
      });
      stageless.hidden = order !== "stage";
      choose();
      filter();
    };
    orders.forEach((each) => each.addEventListener("change", () => orderBy(each.value)));

    /* ---- begin ----------------------------------------------------------------------- */

    window.addEventListener("hashchange", followHash);
    if (!window.Plotly) {
      find(".landscape-interactive").hidden = true;
      details.open = true;
      followHash();
      return;
    }
    choose();
    filter();
    followHash();
    new ResizeObserver(() => {
      choose();
      filter();
    }).observe(root);
    new MutationObserver(draw).observe(document.documentElement, {
      attributes: true,
      attributeFilter: ["data-theme"],
    });
  };

  const startAll = () => document.querySelectorAll(".landscape:not([data-ready])").forEach(start);
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", startAll);
  else startAll();
})();
