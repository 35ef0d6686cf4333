// Which parts does the crew's page have? Built once, in the order in which they stand; what they say is the view's.

import { line } from "../look/beacon.js";
import { el } from "../look/dom.js";
import { icon } from "../look/icons.js";
import { STEPS } from "./order.js";

export function build(root, { t }) {
  const part = (tag, className, ...children) => el(tag, { class: className }, ...children);
  const stat = () => part("div", "", el("span"), el("b", { class: "nb" }));
  const parts = {
    bar: document.querySelector("header .bar"),
    sound: el("button", { class: "sound", type: "button" }, icon("sound"), el("span")),
    net: el("div", { class: "net", role: "status" }),
    ended: part("section", "ended", el("h2"), el("p", { class: "where" }), el("p", { class: "what" })),
    seen: el("button", { class: "b2", type: "button", text: t("crew.seen") }),
    alarm: part("section", "alarm"),
    steps: part("ol", "steps", ...STEPS.map((status) => el("li", { "data-step": status }, t(`step.${status}`), el("time")))),
    stats: part("div", "stats", stat(), stat(), stat()),
    beacon: part("div", "blk line", line()),
    map: el("section", { class: "map", "aria-label": t("crew.map") }, el("div", { class: "gl" })),
    note: el("button", { class: "upd", type: "button" }, el("time"), el("span")),
    place: part("section", "blk place", el("h2"), el("p")),
    list: part("ul", "blk list"),
    idle: part("section", "blk idle", el("h2"), el("p")),
    last: part("section", "blk last", el("h3", { text: t("crew.last") }), el("ul")),
    go: el("button", { class: "go", type: "button" }, el("span"), el("small")),
    left: el("button", { class: "b2", type: "button" }, el("span"), el("small")),
    right: el("button", { class: "b2", type: "button" }, el("span"), el("small")),
    declineYes: el("button", { class: "b2 sure", type: "button", text: t("crew.decline_yes") }),
    declineNo: el("button", { class: "b2", type: "button", text: t("crew.away") }),
  };
  parts.alarm.append(part("div", "t", icon("search"), el("span", { class: "kind" }), el("span", { class: "grow" }), el("span", { class: "ringing" })), el("h2"), part("div", "burn", el("i")));
  parts.ended.append(parts.seen);
  parts.thumb = part("div", "thumb", parts.go, parts.left, parts.right);
  parts.decline = el("dialog", { class: "sheet", "aria-labelledby": "decline-title" }, el("h2", { id: "decline-title", text: t("crew.decline_title") }), el("p", { text: t("crew.decline_what") }), el("div", { class: "pair" }, parts.declineNo, parts.declineYes));
  parts.scroll = part("div", "scroll", parts.place, parts.beacon, parts.list, parts.idle, parts.last);
  root.replaceChildren(parts.sound, parts.net, parts.ended, parts.alarm, parts.steps, parts.map, parts.note, parts.stats, parts.scroll, parts.thumb, parts.decline);
  return parts;
}
