// Where is it? Words are typed, places of the register are offered, and what was typed stays as it was typed.
//
// A combobox: arrows walk the offers, Enter takes one, the last offer is "use my words, without a pin".

import { el } from "../look/dom.js";
import { icon } from "../look/icons.js";

const PAUSE_MS = 120;
const OFFERED = 7;
const SYMBOL = { street: "pin", crossing: "pin", landmark: "station", place: "pin", address: "pin" };

let count = 0;

/**
 * @param hasOwnWords the last offer is "use my words"; without it a place must be found, and `none` is said while there is none
 * @param onPick({lon, lat, name} | null) is told which place was taken; null means words only
 * @param onFound({lon, lat, name}) is told afterwards of the place that was typed in full and taken before it was offered
 */
export function placeField(context, { label, hint = "", onPick, onFound = onPick, hasOwnWords = true, none = null }) {
  const { t, words, api, page } = context;
  const id = `place-${(count += 1)}`;
  const list = el("ul", { class: "hits", role: "listbox", id: `${id}-list`, "aria-label": label, hidden: true });
  const input = el("input", {
    class: "field place", id, type: "text", role: "combobox", autocomplete: "off", spellcheck: "false", "aria-expanded": "false", "aria-controls": `${id}-list`, "aria-autocomplete": "list", placeholder: hint,
  });
  const pinned = el("p", { class: "pinned", "aria-live": "polite" });
  const element = el("div", { class: "place-field" }, el("label", { class: "lab", for: id, text: label }), input, list, pinned);
  let offers = [];
  let at = -1;
  let timer = null;
  let asking = null;
  let late = Promise.resolve();

  function offer(items) {
    offers = input.value.trim() ? [...items.slice(0, OFFERED), ...(hasOwnWords ? [null] : [])] : [];
    at = items.length ? 0 : -1;
    list.replaceChildren(...offers.map((one, n) => (one ? hit(one, n) : ownWords(n))));
    open(offers.length > 0);
    mark();
    if (!hasOwnWords && !offers.length && input.value.trim()) pinned.replaceChildren(el("span", { class: "wait", text: t("place.not_found") }));
  }
  const hit = (one, n) => option(n, icon(SYMBOL[one.kind] ?? "pin"), underlined(words.named(one.name), input.value), t(`place.kind.${one.kind}`));
  const ownWords = (n) => option(n, icon("by_later"), el("span", { text: t("place.own_words", { words: input.value.trim() }) }), t("place.no_pin"));
  function option(n, symbol, text, kind) {
    const row = el("li", { role: "option", id: `${id}-${n}`, "aria-selected": "false" }, symbol, text, el("span", { class: "i3 sm", text: kind }));
    row.addEventListener("mousedown", (event) => {
      event.preventDefault(); // the field keeps the focus
      take(n);
    });
    return row;
  }
  function open(on) {
    list.hidden = !on;
    input.setAttribute("aria-expanded", String(on));
  }
  function mark() {
    [...list.children].forEach((row, n) => {
      row.classList.toggle("on", n === at);
      row.setAttribute("aria-selected", String(n === at));
    });
    if (at >= 0 && !list.hidden) input.setAttribute("aria-activedescendant", `${id}-${at}`);
    else input.removeAttribute("aria-activedescendant");
  }
  function take(n) {
    const one = offers[n];
    open(false);
    at = -1;
    mark();
    onPick(one ? picked(one) : null);
  }
  const picked = (one) => ({ lon: one.lon, lat: one.lat, name: words.named(one.name) });
  /** Enter came before the offers: go on, and take the place as soon as it is found, if it is called what was typed. */
  function takeLate() {
    const typed = input.value.trim().toLowerCase();
    clearTimeout(timer);
    late = search().then(() => {
      open(false);
      const one = input.value.trim().toLowerCase() === typed && offers.find((each) => each && Object.values(each.name).some((name) => name.toLowerCase() === typed));
      if (one) onFound(picked(one));
    });
    if (hasOwnWords) onPick(null);
  }
  async function search() {
    timer = null;
    const typed = input.value.trim();
    asking?.abort();
    if (!typed) return offer([]);
    const mine = (asking = new AbortController());
    try {
      const found = await api.get(`${page.places}${encodeURIComponent(typed)}`, { signal: mine.signal });
      if (!mine.signal.aborted) offer(found.items ?? []);
    } catch {
      // A search that fails leaves the person their own words.
      if (!mine.signal.aborted) offer([]);
    } finally {
      if (asking === mine) asking = null;
    }
  }
  input.addEventListener("input", (event) => {
    clearTimeout(timer);
    if (!event.isComposing) timer = setTimeout(search, PAUSE_MS);
  });
  input.addEventListener("compositionend", () => (timer = setTimeout(search, PAUSE_MS)));
  input.addEventListener("blur", () => open(false));
  input.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229) return;
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by && offers.length) {
      event.preventDefault();
      open(true);
      at = (at + by + offers.length) % offers.length;
      mark();
    } else if (event.key === "Enter" && !event.ctrlKey && !list.hidden && at >= 0) {
      event.preventDefault();
      event.stopPropagation();
      take(at);
    } else if (event.key === "Enter" && !event.ctrlKey && (timer || asking) && input.value.trim()) {
      event.preventDefault();
      event.stopPropagation();
      takeLate();
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      event.stopPropagation();
      open(false);
    }
  });

  return {
    element, input,
    typed: () => input.value.trim(),
    isOpen: () => !list.hidden,
    /** Resolves when nothing is being looked up any more. */
    settled: () => late,
    /** Say where the pin is; the typed words are left alone. */
    show(pin) {
      pinned.replaceChildren(...(pin ? [icon("aim", "s"), el("span", { text: pin.name ? t("place.pinned", { name: pin.name }) : t("place.pinned_at", { at: `${pin.lon.toFixed(5)}, ${pin.lat.toFixed(5)}` }) })] : [el("span", { class: "i3", text: none ?? t("place.unpinned") })]));
    },
    clear() {
      input.value = "";
      offer([]);
      open(false);
    },
    focus: () => input.focus(),
  };
}

/** The name with the typed letters underlined where they stand in it. */
function underlined(name, typed) {
  const span = el("span");
  const wanted = new Set([...typed.toLowerCase()].filter((one) => one.trim()));
  const whole = name.toLowerCase().indexOf(typed.trim().toLowerCase());
  [...name].forEach((letter, n) => {
    const on = whole >= 0 ? n >= whole && n < whole + typed.trim().length : wanted.has(letter.toLowerCase()) && /[\u3400-\u9fff]/.test(letter);
    const last = span.lastChild;
    if (on) last?.nodeName === "U" ? (last.textContent += letter) : span.append(el("u", { text: letter }));
    else last?.nodeName === "#text" ? (last.textContent += letter) : span.append(letter);
  });
  return span;
}
