/* Draws the Plotly figures of a page: in the page's colours, as wide as the page. */
(() => {
  "use strict";

  const CONFIG = { displayModeBar: false, responsive: true };

  const colour = (name) =>
    getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  const themed = (layout) => {
    const text = colour("--pst-color-text-base") || "#14181e";
    const lines = colour("--pst-color-border") || "#d1d5da";
    const ground = colour("--pst-color-background") || "#ffffff";
    const axis = (own) => ({ ...own, gridcolor: lines, linecolor: lines, zerolinecolor: lines });
    const result = {
      ...layout,
      autosize: true,
      paper_bgcolor: "rgba(0,0,0,0)",
      plot_bgcolor: "rgba(0,0,0,0)",
      font: { ...layout.font, color: text },
      hoverlabel: { ...layout.hoverlabel, bgcolor: ground, bordercolor: text, font: { color: text } },
    };
    delete result.template;
    Object.keys(layout)
      .filter((name) => /^[xy]axis\d*$/.test(name))
      .forEach((name) => {
        result[name] = axis(layout[name]);
      });
    return result;
  };

  const start = async (root) => {
    root.dataset.ready = "";
    const plot = root.querySelector(".book-figure-plot");
    const { data, layout } = JSON.parse(root.querySelector("script").textContent);
    const draw = async () => {
      await window.Plotly.react(plot, data, themed(layout), CONFIG);
      root.dataset.drawn = document.documentElement.dataset.theme || "light";
    };
    await draw();
    plot.on("plotly_click", (event) => {
      const extra = event.points[0].customdata;
      const address = Array.isArray(extra) ? extra[0] : extra;
      if (typeof address === "string" && /^[\w./#-]+$/.test(address)) location.href = address;
    });
    new MutationObserver(draw).observe(document.documentElement, {
      attributes: true,
      attributeFilter: ["data-theme"],
    });
  };

  const startAll = () => document.querySelectorAll(".book-figure:not([data-ready])").forEach(start);
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", startAll);
  else startAll();
})();
