// Which key was pressed, and does it mean us? Not while somebody types, and never in the middle of a Chinese word.

import { commandsOf } from "./commands.js";

/** Keys that work inside a field too: they cannot be part of what is typed. */
const EVERYWHERE = new Set(["F2", "F3", "Escape"]);

export function mount(_element, context) {
  const commands = commandsOf(context);
  document.addEventListener("keydown", (event) => {
    // 229 is what some browsers send for keys that an input method is still holding.
    if (event.isComposing || event.keyCode === 229 || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (document.querySelector("dialog[open]")) return;
    if (isTyping(event.target) && !EVERYWHERE.has(event.key)) return;
    // A button or a link that has the focus takes Enter and the space bar itself.
    if ((event.key === "Enter" || event.key === " ") && event.target.closest?.("button, a, summary")) return;
    const command = commands.of(event);
    if (!command) return;
    event.preventDefault();
    // A key that is held down chooses on, but never does a thing twice.
    if (event.repeat && command.id !== "choose") return;
    command.run(event);
  });
  // A button that was clicked with the pointer gives the focus back: Enter then means the one next act, not that button again.
  document.addEventListener("click", (event) => {
    const button = event.detail > 0 ? event.target.closest?.("button:not([role=radio])") : null;
    if (button && document.activeElement === button) button.blur();
  });
}

export function isTyping(target) {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}
