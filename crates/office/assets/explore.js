// The flow of journeys, to explore: hover tells, a click on a step keeps the journeys through it. Without this script the page shows the
// picture that the server drew; the table under it has the same numbers for the keyboard.
const place = document.querySelector("[data-explore]");

/** The labels of steps in words: the interface has the keys of the record. */
const names = JSON.parse(place?.dataset.names ?? "{}");

const colour = (name) => {
  const probe = document.createElement("i");
  probe.style.color = `var(--${name})`;
  place.append(probe);
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found;
};

const key = ({ label, id }) => {
  if (id !== null) return `id:${id}`;
  if (label === null) return "none";
  return label === "none" || /^(id|label):/.test(label) ? `label:${label}` : label;
};

/** The address of the page with only the journeys through a node; nothing where a node is no step. */
const through = (node) => {
  if (node.kind !== "step" || (node.layer > 0 && key(node).includes(";"))) return undefined;
  const address = new URL(location.href);
  if (node.layer === 0) address.searchParams.set("begins", key(node));
  else {
    const known = (address.searchParams.get("through") ?? "").split(";").map((label) => label.trim());
    address.searchParams.set("through", [...new Set([...known.filter(Boolean), key(node)])].join(";"));
  }
  return address.href;
};

const name = (node) => {
  if (node.kind === "other") return "Other";
  if (node.kind === "reached") return place.dataset.reached;
  if (node.kind === "open") return place.dataset.open;
  return names[node.label] ?? node.label ?? "not recorded";
};

const count = (number, noun) => `${number.toLocaleString("en")} ${noun}${number === 1 ? "" : "s"}`;
const told = (part) => `${count(part.journeys, "journey")}\n${count(part.conversions, "conversion")} (${((100 * part.conversions) / part.journeys).toFixed(1)}%)`;

function options(flow) {
  const tone = { step: "sales", other: "ink-3", reached: "success", open: "ink-3" };
  const nodes = flow.nodes.map((node, index) => ({
    name: String(index), depth: node.layer, node, itemStyle: { color: colour(node.layer === 0 ? "marketing" : tone[node.kind]) },
  }));
  return {
    animation: false,
    textStyle: { fontFamily: getComputedStyle(place).fontFamily },
    tooltip: {
      trigger: "item", renderMode: "richText", confine: true,
      backgroundColor: colour("card"), borderColor: colour("line-2"), textStyle: { color: colour("ink"), fontSize: 12 },
      formatter: ({ dataType, data }) => dataType === "node"
        ? `${name(data.node)}\n${told(data.node)}${through(data.node) ? "\nClick to keep these" : ""}`
        : `${name(flow.nodes[data.from])} → ${name(flow.nodes[data.to])}\n${told(data.link)}`,
    },
    series: [{
      type: "sankey", left: 4, right: 128, top: 8, bottom: 8, nodeWidth: 10, nodeGap: 12, layoutIterations: 0, draggable: false,
      emphasis: { focus: "trajectory" }, lineStyle: { color: "source", opacity: 0.3, curveness: 0.5 },
      label: { color: colour("ink"), fontSize: 12, width: 116, overflow: "truncate", formatter: ({ data }) => name(data.node) },
      data: nodes,
      links: flow.links.map((link) => ({ source: String(link.from), target: String(link.to), value: link.journeys, from: link.from, to: link.to, link })),
    }],
  };
}

async function explore() {
  const answer = await fetch(place.dataset.explore, { headers: { accept: "application/json" } });
  if (!answer.ok) return;
  const { flow } = (await answer.json()).journeys;
  place.hidden = false;
  place.closest(".exhibit").classList.add("explored");
  const chart = window.echarts.init(place);
  const draw = () => chart.setOption(options(flow), true);
  draw();
  chart.on("click", ({ dataType, data }) => {
    const address = dataType === "node" && through(data.node);
    if (address) location.assign(address);
  });
  new ResizeObserver(() => chart.resize()).observe(place);
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  place.dataset.drawn = "yes";
}

// On a phone the server's picture has more room for words.
if (place && window.echarts && window.matchMedia("(min-width: 720px)").matches) explore();
