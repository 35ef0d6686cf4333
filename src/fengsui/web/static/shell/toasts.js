// What could not be said beside a field? A refusal or a fault stays in the corner until somebody has read it.

import { el } from "../look/dom.js";
import { icon } from "../look/icons.js";

export function mount(element, context) {
  context.bus.on("toast", (message) => {
    const toast = el(
      "div",
      { class: message.code ? "toast" : "toast said", role: "alert" },
      icon(message.code ? "broken" : "check"),
      el("span", {}, message.sentence, message.code ? " " : "", message.code ? el("code", { text: message.code }) : null),
      el("button", { class: "btn", type: "button", text: context.t("toast.read"), on: { click: () => toast.remove() } }),
    );
    // The same fault again is one message, not a pile of them.
    for (const old of element.children) if (old.textContent === toast.textContent) old.remove();
    element.append(toast);
    while (element.children.length > 5) element.firstChild.remove();
  });
}
