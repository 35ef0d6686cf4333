// What comes alive on this page?
//
// Each element that asks for a module with `data-module="desk/queue"` gets it: the module is loaded beside this one and its
// `mount(element, context)` takes over what the server drew. The context is made once and shared.

import { plant } from "../look/icons.js";
import { makeContext } from "./context.js";

plant();
const context = makeContext(readPage());
const asking = [...document.querySelectorAll("[data-module]")];
const loaded = await Promise.all(asking.map((element) => import(`../${element.dataset.module}.js`)));
asking.forEach((element, n) => loaded[n].mount(element, context));

/** The page's own facts, written by the server. A page without them (an error page) has an empty context. */
function readPage() {
  const block = document.getElementById("page");
  return block ? JSON.parse(block.textContent) : { lang: document.documentElement.lang === "en" ? "en" : "zh", words: {}, may: [] };
}
