// How does the page ask the server to do something?
//
// One call, one answer. A refusal comes back as `Refused` with the server's own code, sentence (already in the person's
// language) and facts, to be shown where it belongs. A server that cannot be reached is a refusal too.

export class Refused extends Error {
  constructor({ code, sentence, facts = {}, status = 0 }) {
    super(code);
    Object.assign(this, { code, sentence, facts, status });
  }
}

const PATIENCE_MS = 15_000;

export function makeApi({ csrf, language, heard, words }) {
  async function call(method, path, body, { signal } = {}) {
    const headers = { Accept: "application/json", "Accept-Language": language === "en" ? "en" : "zh-Hans" };
    if (method !== "GET") Object.assign(headers, { "Content-Type": "application/json", "X-CSRFToken": csrf });
    const patience = AbortSignal.timeout(PATIENCE_MS);
    const askedAt = Date.now();
    let answer;
    try {
      answer = await fetch(path.startsWith("/") ? path : `/api/v1/${path}`, {
        method, headers, credentials: "same-origin",
        body: body === undefined ? undefined : JSON.stringify(body),
        signal: signal ? AbortSignal.any([signal, patience]) : patience,
      });
    } catch (fault) {
      if (signal?.aborted) throw fault;
      throw new Refused({ code: "not_reached", sentence: words.t("api.not_reached") });
    }
    heard(answer.headers.get("Date"), askedAt);
    const read = await answer.json().catch(() => null);
    if (answer.ok) return read;
    throw new Refused({ code: read?.code ?? `http_${answer.status}`, sentence: read?.sentence ?? words.t("api.fault"), facts: read?.facts, status: answer.status });
  }
  return {
    get: (path, options) => call("GET", path, undefined, options),
    post: (path, body = {}, options) => call("POST", path, body, options),
    remove: (path, options) => call("DELETE", path, undefined, options),
  };
}
