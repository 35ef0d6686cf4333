// What now? The one next act, inverted, then the others; below, what was refused.

import { attr, el, say } from "../../look/dom.js";
import { running } from "../../look/words.js";
import { commandsOf } from "../commands.js";
import { deskOf } from "../desk.js";
import { activeOf, callName, isOver, startOf } from "../facts.js";
import { proposalOf } from "../proposal.js";
import { commandButton, fault } from "./parts.js";

const OTHERS = ["other", "place", "note", "close", "cancel"];
const OVER = ["note"];

export function makeActBar(context) {
  const { t, words } = context;
  const desk = deskOf(context);
  const commands = commandsOf(context);
  const proposal = proposalOf(context);
  const what = el("span", { class: "what" });
  const how = el("span", { class: "how" });
  const key = el("kbd", { text: "Enter" });
  const main = el("button", { class: "btn act", type: "button" }, what, how, key);
  const others = OTHERS.map(commands.byId).filter(Boolean).map((row) => commandButton(commands, row, t));
  const wrong = el("div", { class: "wrong" });
  const element = el("div", { class: "foot" }, wrong, el("div", { class: "acts" }, main, ...others));
  let run = null;
  main.addEventListener("click", () => run && commands.run(run));

  /** The one act that is next for this incident. */
  function next(incident, now) {
    if (isOver(incident)) return { run: "reopen", what: t("act.reopen"), how: t("act.reopen_how"), key: "R" };
    if (incident.to_close) return { run: "finish", what: t("act.close"), how: t("act.close_how"), key: "Enter" };
    const first = proposal.first();
    if (!first) return { run: "other", what: t("act.other"), how: t("act.other_how"), key: "O" };
    const unit = callName(desk.live.city().units, first.unit, words);
    const arrives = running(now + first.seconds * 1000 - startOf(incident));
    return { run: "first", what: t(activeOf(incident).length ? "act.send_more" : "act.send", { unit }), how: t("act.arrives", { time: words.duration(first.seconds * 1000), after: arrives }), key: "Enter" };
  }
  function show(incident, now) {
    const act = next(incident, now);
    const allowed = commands.byId(act.run) != null;
    run = act.run;
    main.hidden = !allowed || Boolean(desk.state.panel);
    say(what, act.what);
    say(how, act.how);
    say(key, act.key);
    attr(main, "aria-keyshortcuts", act.key);
    for (const button of others) {
      const isOpen = desk.state.panel === panelOf(button.dataset.command);
      button.hidden = isOver(incident) && !OVER.includes(button.dataset.command);
      attr(button, "aria-expanded", String(isOpen));
    }
    wrong.replaceChildren(...(desk.state.fault && !desk.state.calling && !desk.state.streets ? [fault(desk.state.fault)] : []));
  }
  /** With each second the arrival moves on; nothing else does, and a refusal is not said again. */
  const tick = (incident, now) => say(how, next(incident, now).how);
  return { element, show, tick };
}
const panelOf = (command) => (command === "place" ? "relocate" : command);
