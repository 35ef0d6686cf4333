// What can be done to an incident from its page? Forms in dialogs; a refusal stands in the form, what was typed stays typed.

import { el } from "../look/dom.js";
import { icon } from "../look/icons.js";

export function mount(root, context) {
  const { page, api, t } = context;
  root.hidden = false;
  root.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button?.dataset.open) document.getElementById(`d-${button.dataset.open}`).showModal();
    else if (button && "print" in button.dataset) print();
  });
  for (const form of document.querySelectorAll("dialog form[data-act]")) make(form);
  followEntry(document.getElementById("d-correction"));
  if (!page.incident || page.incident.lon == null) document.body.dataset.ready = "1";

  function make(form) {
    const dialog = form.closest("dialog");
    form.querySelector("[data-away]").addEventListener("click", () => dialog.close());
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const go = form.querySelector("[type=submit]");
      go.disabled = true;
      try {
        await api.post(`incidents/${page.incident.id}/${form.dataset.act}`, bodyOf(form, page.incident));
        location.reload();
      } catch (refused) {
        go.disabled = false;
        tell(form, refused);
      }
    });
  }

  function tell(form, refused) {
    const fault = form.querySelector(".er");
    fault.hidden = false;
    const again = refused.status === 409 ? el("a", { href: "", text: t("page.load_again") }) : null;
    fault.replaceChildren(icon("broken", "s"), el("span", {}, refused.sentence ?? t("api.fault"), " ", el("code", { text: refused.code ?? "" }), " ", again));
  }
}

/** What each act sends. The version is the one that this page showed. */
export function bodyOf(form, { version }) {
  const value = (name) => form.elements[name]?.value ?? "";
  switch (form.dataset.act) {
    case "notes": return { words: value("words") };
    case "correction": return { seq: Number(value("seq")), at: withZone(value("at"), form.elements.seq.selectedOptions[0].dataset.offset) };
    case "closing": return { disposition: value("disposition"), version };
    case "cancelling": return { version, ...(value("reason").trim() ? { reason: value("reason") } : {}) };
    default: return { version };
  }
}

/** The time of the field, which knows no zone, in the centre's: browsers leave the seconds out where they are zero. */
const withZone = (local, offset) => `${local.length === 16 ? `${local}:00` : local}${offset}`;

function followEntry(dialog) {
  const form = dialog?.querySelector("form");
  form?.elements.seq.addEventListener("change", () => (form.elements.at.value = form.elements.seq.selectedOptions[0].dataset.local));
}
