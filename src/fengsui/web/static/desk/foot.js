// Which keys act now? The foot of the screen, and the demo's own switch.

import { el } from "../look/dom.js";
import { commandsOf } from "./commands.js";
import { deskOf } from "./desk.js";

const SPEEDS = [1, 10];

export function mount(root, context) {
  const { t, page, bus, may } = context;
  const commands = commandsOf(context);
  const desk = deskOf(context);
  const hints = el("div", { class: "hints" });
  root.replaceChildren(hints, el("span", { class: "grow" }), ...(page.demo && may("set_demo_speed") ? [demoSwitch(context)] : []));

  function show() {
    const form = desk.state.calling ? FORM : desk.state.streets === "closing" ? CLOSING : null;
    const rows = form ? form.map(([keys, word]) => [keys, t(word)]) : commands.table.filter((row) => row.foot).map((row) => [commands.show(row), t(row.word)]);
    hints.replaceChildren(...rows.map(([keys, word]) => el("span", {}, el("kbd", { text: keys }), word)));
  }
  let drawn = null;
  bus.on("desk", (state) => {
    const form = `${state.calling} ${state.streets}`;
    if (form !== drawn) show((drawn = form));
  });
  show();
}
const FORM = [["Tab", "foot.next"], ["↑↓", "foot.places"], ["A–Z", "foot.type"], ["1–4", "foot.priority"], ["Enter", "foot.save"], ["Esc", "call.away"]];
const CLOSING = [["Tab", "foot.next"], ["↑↓", "foot.places"], ["Enter", "closing.do"], ["Esc", "closing.back"]];

/** How fast the made-up day goes: pause, 1, 10. The server's clock stays real. */
function demoSwitch({ page, t, toast }) {
  const now = { ...page.demo };
  const buttons = [
    ["paused", t("demo.pause"), { paused: true }],
    ...SPEEDS.map((speed) => [speed, `${speed}×`, { speed, paused: false }]),
  ].map(([value, text, body]) => {
    const button = el("button", { class: "code", type: "button", on: { click: () => set(body) } }, text);
    button.value = String(value);
    return button;
  });
  function show() {
    for (const button of buttons) {
      const on = now.paused ? button.value === "paused" : button.value === String(now.speed);
      button.classList.toggle("on", on);
      button.setAttribute("aria-pressed", String(on));
    }
  }
  async function set(body) {
    const answer = await fetch(page.urls?.speed ?? "/demo/speed", { method: "POST", headers: { "X-CSRFToken": page.csrf }, body: new URLSearchParams(body) }).catch(() => null);
    if (!answer?.ok) return toast({ sentence: t("api.fault"), code: "demo_speed" });
    Object.assign(now, body);
    show();
  }
  show();
  return el("div", { class: "demo", role: "group", "aria-label": t("demo.label") }, el("span", { text: t("demo.label") }), el("div", { class: "codes" }, ...buttons));
}
