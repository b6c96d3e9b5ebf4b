// What the pages do that HTML and htmx do not: filters by a click, Enter sends, a source beside the answer.

const question = () => document.getElementById("question");

document.addEventListener("keydown", (event) => {
  if (event.target === question() && event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    event.target.form.requestSubmit();
  }
  if (event.key === "Escape" && closeSource()) event.preventDefault();
  if (event.altKey && (event.key === "n" || event.key === "p")) {
    event.preventDefault();
    step(event.key === "n" ? 1 : -1);
  }
});

// What has just come in is htmx's a moment later: until then a click would leave the page.
document.addEventListener(
  "click",
  (event) => {
    const link = event.target.closest("[hx-get]");
    if (link) window.htmx?.process(link);
  },
  true,
);

document.addEventListener("click", (event) => {
  const chip = event.target.closest("[data-filter]");
  if (chip) {
    const lines = document.getElementById("filters");
    const kept = lines.value.split("\n").filter((line) => line.trim());
    const wanted = chip.dataset.filter;
    lines.value = (kept.includes(wanted) ? kept.filter((line) => line !== wanted) : [...kept, wanted]).join("\n");
  }
  if (event.target.closest("[data-close]")) closeSource();
});

// A question was taken: the field is free for the next, and the samples have done their work.
document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.target.closest?.("form[action='/ask']");
  if (!form || !event.detail.successful) return;
  document.getElementById("ask").classList.add("has-turns");
  document.getElementById("samples")?.remove();
  document.querySelector(".earlier")?.remove();
  const field = question();
  field.value = "";
  field.placeholder = "Ask further";
  document.querySelector(".turn:last-child .asked")?.scrollIntoView({ block: "start" });
});

document.addEventListener("htmx:beforeRequest", () => document.getElementById("problem")?.replaceChildren());

let opener = null;

document.addEventListener("htmx:afterSwap", (event) => {
  if (event.target.id !== "source") return;
  const pane = event.target;
  pane.hidden = false;
  const asked = event.detail.requestConfig?.elt ?? null;
  // A link of the pane itself goes on reading: what opened the pane stays.
  if (asked?.isConnected) {
    document.querySelectorAll(".cite[aria-current]").forEach((one) => one.removeAttribute("aria-current"));
    opener = asked;
    opener.setAttribute("aria-current", "true");
  }
  pane.focus({ preventScroll: true });
  const lit = pane.querySelector("#lit, mark");
  // Into view in the pane, and in a table that scrolls by itself.
  if (lit) lit.scrollIntoView({ block: "center", inline: "nearest" });
  else pane.scrollTop = 0;
});

function closeSource() {
  const pane = document.getElementById("source");
  if (!pane || pane.hidden) return false;
  pane.hidden = true;
  pane.replaceChildren();
  opener?.removeAttribute("aria-current");
  opener?.focus();
  return true;
}

function step(by) {
  const all = [...document.querySelectorAll(".turn .cite")];
  const at = all.indexOf(document.querySelector(".cite[aria-current]"));
  all.at((at + by + all.length) % all.length || 0)?.click();
}
