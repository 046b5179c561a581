// What the pages need beyond HTML and htmx: keys, the palette, toasts, confirmations, dropped files. All of it works on top of plain
// links and forms, which do the same without it.
const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
const typing = (target) => target.closest("input, textarea, select, [contenteditable]");

// --- toasts -------------------------------------------------------------------------------------------------------------------------
/** A toast goes after a while, but never from under a pointer or the focus. What it offers to undo is on the record too. */
function expires(box) {
  let timer;
  const wait = () => {
    clearTimeout(timer);
    timer = setTimeout(() => (box.matches(":hover, :focus-within") ? wait() : box.remove()), $("form", box) ? 20000 : 8000);
  };
  for (const kind of ["pointerenter", "pointerleave", "focusin", "focusout"]) box.addEventListener(kind, wait);
  wait();
}
function toast(words, undo) {
  const box = document.createElement("div");
  box.className = "toast";
  const text = document.createElement("span");
  text.textContent = words;
  box.append(text);
  if (undo) {
    const form = document.createElement("form");
    form.method = "post";
    form.action = undo;
    const button = document.createElement("button");
    button.textContent = "Undo";
    form.append(button);
    box.append(form);
  }
  $(".toasts").append(box);
  expires(box);
}
document.addEventListener("DOMContentLoaded", () => $$(".toast").forEach(expires));
document.addEventListener("htmx:responseError", (event) => {
  const answer = event.detail.xhr;
  const page = new DOMParser().parseFromString(answer.responseText || "", "text/html");
  toast($("[data-words]", page)?.textContent || `The server answered ${answer.status}. Nothing was changed.`);
});
document.addEventListener("htmx:sendError", () => toast("The server can't be reached. Nothing was changed; try again in a moment."));

// --- the list of pages --------------------------------------------------------------------------------------------------------------
/** The list is longer than many screens: it opens where one is. Only the list scrolls, never the page. */
function showHere() {
  const [side, here] = [$(".side"), $(".side [aria-current]")];
  if (side && here) side.scrollTop = Math.max(0, here.offsetTop - side.clientHeight / 2);
}
document.addEventListener("DOMContentLoaded", showHere);
/** So do tabs that are wider than a phone. */
function showTab() {
  for (const here of $$("main nav [aria-current]")) {
    const tabs = here.closest("nav");
    tabs.scrollLeft = Math.max(0, here.offsetLeft - tabs.offsetLeft - (tabs.clientWidth - here.offsetWidth) / 2);
  }
}
document.addEventListener("DOMContentLoaded", showTab);

// --- keys ---------------------------------------------------------------------------------------------------------------------------
function rows() {
  return $$("main table[data-rows] tbody tr").filter((row) => $("a.open", row));
}
function move(step) {
  const all = rows();
  if (!all.length) return;
  const now = all.findIndex((row) => row.classList.contains("here"));
  const next = all[Math.max(0, Math.min(all.length - 1, now < 0 ? 0 : now + step))];
  all.forEach((row) => row.classList.toggle("here", row === next));
  next.scrollIntoView({ block: "nearest" });
}
/** Clicks what has this key on the page; says whether there was anything. */
function keyed(key) {
  const found = $(`main [data-key="${key}"]`);
  found?.click();
  return !!found;
}
document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
    event.preventDefault();
    return openPalette();
  }
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || $("dialog[open], :popover-open")) return;
  const act = {
    "/": () => ($("main [type=search]") ? $("main [type=search]").focus() : openPalette()),
    j: () => keyed("j") || move(1),
    k: () => keyed("k") || move(-1),
    "?": () => $("#keys")?.showModal(),
    Enter: () => {
      const row = rows().find((row) => row.classList.contains("here"));
      if (row && event.target === document.body) return $("a.open", row).click();
      return false;
    },
  }[event.key];
  if (act && act() !== false) event.preventDefault();
  // The key must not end up in the field that it opens.
  if (!act && /^[a-z]$/.test(event.key) && keyed(event.key)) event.preventDefault();
});
// In a dialog a digit chooses from the list, Enter on a choice or Ctrl Enter in a text sends the form.
document.addEventListener("keydown", (event) => {
  const dialog = event.target.closest?.("dialog[open]");
  if (!dialog) return;
  const writes = event.target.matches("textarea, input:not([type=radio], [type=checkbox])");
  const choice = !writes && /^[1-9]$/.test(event.key) && $$(".digits input[type=radio]", dialog)[event.key - 1];
  if (choice) {
    event.preventDefault();
    choice.checked = true;
    choice.focus();
  }
  if (event.key === "Enter" && ((event.ctrlKey || event.metaKey) || event.target.matches(".digits input"))) {
    event.preventDefault();
    $("footer .btn.primary", dialog)?.click();
  }
});

// --- the palette: pages at once, records as they are found --------------------------------------------------------------------------
let asked = 0;
function openPalette() {
  const palette = $("#palette");
  if (!palette || palette.open) return;
  palette.showModal();
  $("input", palette).value = "";
  find("");
}
async function find(words) {
  const list = $("#palette ul");
  const small = words.trim().toLowerCase();
  const pages = $$(".side nav a").map((link) => ({ title: link.dataset.name, url: link.getAttribute("href"), kind: "Page" }));
  const show = (hits) => {
    list.replaceChildren(
      ...hits.map((hit, index) => {
        const item = document.createElement("li");
        const link = document.createElement("a");
        link.href = hit.url;
        link.setAttribute("aria-selected", String(index === 0));
        const title = document.createElement("span");
        title.textContent = hit.title;
        const kind = document.createElement("span");
        kind.className = "small faint";
        kind.textContent = [hit.kind, hit.detail].filter(Boolean).join(", ");
        link.append(title, kind);
        item.append(link);
        return item;
      }),
    );
  };
  const found = pages.filter((page) => page.title.toLowerCase().includes(small));
  show(found);
  if (small.length < 2) return;
  const mine = ++asked;
  await new Promise((later) => setTimeout(later, 120));
  if (mine !== asked) return;
  const answer = await fetch(`/search?q=${encodeURIComponent(words)}`, { headers: { accept: "application/json" } });
  if (answer.ok && mine === asked) show([...found, ...(await answer.json()).hits]);
}
document.addEventListener("input", (event) => event.target.closest("#palette") && find(event.target.value));
document.addEventListener("keydown", (event) => {
  if (!event.target.closest("#palette")) return;
  const links = $$("#palette li a");
  const now = links.findIndex((link) => link.getAttribute("aria-selected") === "true");
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) {
    event.preventDefault();
    const next = Math.max(0, Math.min(links.length - 1, now + step));
    links.forEach((link, index) => link.setAttribute("aria-selected", String(index === next)));
    links[next]?.scrollIntoView({ block: "nearest" });
  }
  if (event.key === "Enter" && links[now]) {
    event.preventDefault();
    links[now].click();
  }
});

// --- small things -------------------------------------------------------------------------------------------------------------------
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-open]");
  if (opener) return opener.dataset.open === "palette" ? openPalette() : document.getElementById(opener.dataset.open)?.showModal();
  if (event.target.closest("[data-close]")) return event.target.closest("dialog")?.close();
  const menu = event.target.closest("[data-menu]");
  if (menu) {
    menu.setAttribute("aria-expanded", String($(".side").classList.toggle("open")));
    showHere();
  }
  const copy = event.target.closest("[data-copy]");
  if (copy) navigator.clipboard?.writeText(document.getElementById(copy.dataset.copy).textContent).then(() => toast("Copied."));
  if (event.target.closest("[data-print]")) window.print();
  // A click beside a dialog closes it.
  if (event.target.nodeName === "DIALOG") event.target.close();
});
document.addEventListener("change", (event) => event.target.closest("form[data-auto]") && !event.target.closest("[type=search]") && event.target.form.requestSubmit());
// A definition that is asked for takes the place of the one before at once.
document.addEventListener("htmx:beforeRequest", (event) => event.detail.target.id === "term" && event.detail.target.replaceChildren());
// Empty filters stay out of the address.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method === "get") $$("input[name], select[name]", form).forEach((field) => (field.disabled = field.value === ""));
});
window.addEventListener("pageshow", () => $$("form[method=get] [disabled]").forEach((field) => (field.disabled = false)));

// Files dropped on a field; with progress, because uploads can be large.
for (const kind of ["dragover", "dragleave", "drop"]) {
  document.addEventListener(kind, (event) => {
    const drop = event.target.closest(".drop");
    if (!drop) return;
    event.preventDefault();
    drop.classList.toggle("over", kind === "dragover");
    if (kind === "drop") {
      $("input[type=file]", drop).files = event.dataTransfer.files;
      $("input[type=file]", drop).dispatchEvent(new Event("change", { bubbles: true }));
    }
  });
}
document.addEventListener("change", (event) => {
  const list = event.target.type === "file" && $("[data-files]", event.target.form);
  if (list) list.textContent = [...event.target.files].map((file) => file.name).join(", ");
});
document.addEventListener("htmx:xhr:progress", (event) => {
  const bar = $("progress[data-upload]");
  if (bar && event.detail.total) {
    bar.hidden = false;
    bar.value = event.detail.loaded / event.detail.total;
  }
});
