// One choice of a few, with letter keys: a segmented row. Arrows move, a letter or digit picks at once.

import { el } from "../look/dom.js";

/**
 * @param options [{code, text, key}]; `key` is the letter or digit that picks it
 * @param onPick(code) is told each pick, by key, click or arrow
 */
export function segments({ label, options, value = null, className = "", onPick = () => undefined }) {
  let picked = value;
  const buttons = options.map((option) =>
    el("button", { class: "code", type: "button", role: "radio", "data-code": option.code, on: { click: () => pick(option.code, true) } }, option.key && option.key !== option.text ? el("kbd", { text: option.key }) : null, el("span", { text: option.text })),
  );
  const element = el("div", { class: `codes ${className}`.trim(), role: "radiogroup", "aria-label": label }, ...buttons);

  function show() {
    buttons.forEach((button, n) => {
      const on = options[n].code === picked;
      button.setAttribute("aria-checked", String(on));
      button.classList.toggle("on", on);
      button.tabIndex = on || (picked == null && n === 0) ? 0 : -1;
    });
  }
  function pick(code, told) {
    picked = code;
    show();
    if (told) onPick(code);
  }
  element.addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
    const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    const typed = options.find((option) => option.key && option.key.toLowerCase() === event.key.toLowerCase());
    if (!by && !typed) return;
    event.preventDefault();
    event.stopPropagation();
    const at = options.findIndex((option) => option.code === picked);
    const next = typed ?? options[(Math.max(at, by < 0 ? 0 : -1) + by + options.length) % options.length];
    buttons[options.indexOf(next)].focus();
    pick(next.code, true); // told last: the listener may send the focus on
  });
  show();
  return {
    element,
    value: () => picked,
    set: (code) => pick(code, false),
    focus: () => (buttons.find((button) => button.tabIndex === 0) ?? buttons[0]).focus(),
  };
}

/** A letter for each of a list: its English label's first letter that is still free, so that the key is the same in both languages. */
export function letters(list) {
  const taken = new Set();
  return list.map(({ code, en }) => {
    const letter = [...`${en ?? ""}${code}abcdefghijklmnopqrstuvwxyz`.toUpperCase()].find((one) => /[A-Z]/.test(one) && !taken.has(one));
    taken.add(letter);
    return letter;
  });
}
