// How does the page say things: sentences in the person's language, durations, distances, times of the centre.
//
// Sentences come translated from the server in one table; nothing here is a sentence. Running clocks are 02:13 and 1:02:13,
// prose says 2分14秒 or 2 min 14 s.

export function makeWords(page) {
  const english = page.lang === "en";
  const table = page.words ?? {};
  const zone = page.centre?.timezone ?? "UTC";
  const clockOf = new Intl.DateTimeFormat("en-GB", { timeZone: zone, hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
  const dateOf = new Intl.DateTimeFormat(english ? "en-GB" : "zh-CN", { timeZone: zone, weekday: "short", day: "numeric", month: english ? "short" : "long" });

  /** The sentence of `key` with its facts; an unknown key shows itself, so that a gap in the table is seen. */
  function t(key, facts = {}) {
    return (table[key] ?? key).replace(/%\((\w+)\)s/g, (whole, name) => (name in facts ? String(facts[name]) : whole));
  }

  /** The label of a thing that carries its own `{zh, en}`. */
  const named = (thing) => (thing == null ? "" : typeof thing === "string" ? thing : (english ? thing.en : thing.zh) || thing.zh || thing.en || "");

  /** The label of a code in a list of `{code, zh, en}`. */
  const label = (list, code) => named((list ?? []).find((one) => one.code === code)) || (code ?? "");

  return {
    english, t, named, label, duration: (ms) => duration(ms, english), distance, running, share,
    time: (at) => clockOf.format(new Date(at)),
    tenths: (at) => `${clockOf.format(new Date(at))}.${Math.floor((new Date(at).getTime() % 1000) / 100)}`,
    hour: (at) => clockOf.format(new Date(at)).slice(0, 5),
    date: (at) => dateOf.format(new Date(at)).replace(",", "").replace(/日(?=周)/, "日 "),
  };
}

/** A clock that runs: 00:41, 42:10, 1:02:13. */
export function running(ms) {
  const s = Math.max(0, Math.floor(ms / 1000));
  const two = (n) => String(n).padStart(2, "0");
  return s < 3600 ? `${two(Math.floor(s / 60))}:${two(s % 60)}` : `${Math.floor(s / 3600)}:${two(Math.floor((s % 3600) / 60))}:${two(s % 60)}`;
}

/** How long somebody has waited: a clock that runs, and days once there are some: 9:59:59, 1 d 6 h, 12 d. */
export function waited(ms, english) {
  const hours = Math.floor(ms / 3_600_000);
  const days = Math.floor(hours / 24);
  if (days < 1) return running(ms);
  const rest = days < 10 && hours % 24;
  return english ? `${days} d${rest ? ` ${rest} h` : ""}` : `${days}天${rest ? `${rest}时` : ""}`;
}

/** A length of time in prose: 45 秒, 2分14秒, 1小时02分. */
export function duration(ms, english) {
  const s = Math.max(0, Math.round(ms / 1000));
  const two = (n) => String(n).padStart(2, "0");
  if (s < 60) return english ? `${s} s` : `${s}秒`;
  if (s < 3600) return english ? `${Math.floor(s / 60)} min ${two(s % 60)} s` : `${Math.floor(s / 60)}分${two(s % 60)}秒`;
  return english ? `${Math.floor(s / 3600)} h ${two(Math.floor((s % 3600) / 60))} min` : `${Math.floor(s / 3600)}小时${two(Math.floor((s % 3600) / 60))}分`;
}

/** 640 m below a kilometre, 1.6 km above; thin space before the unit's figure is kept plain so that it can be searched. */
export const distance = (metres) => (metres < 950 ? `${Math.round(metres / 10) * 10} m` : `${(metres / 1000).toFixed(1)} km`);

const share = (part) => `${(part * 100).toFixed(0)} %`;
