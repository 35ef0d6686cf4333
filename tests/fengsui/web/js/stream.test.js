import { follow } from "/static/live/stream.js";
import { equal, test } from "./check.js";

// An event source in the hand of the test.
function source() {
  const opened = [];
  class Source extends EventTarget {
    static CLOSED = 2;
    constructor(address) {
      super();
      Object.assign(this, { address, readyState: 1 });
      opened.push(this);
    }
    close() {
      this.readyState = 2;
    }
    say(name, data) {
      this.dispatchEvent(Object.assign(new Event(name), { data: data === undefined ? undefined : JSON.stringify(data) }));
    }
  }
  return { Source, opened };
}
function reader() {
  const heard = [];
  const on = Object.fromEntries(["entry", "position", "health", "cursor", "resync", "state"].map((name) => [name, (value) => heard.push([name, value])]));
  on.heard = () => undefined;
  return { heard, on };
}

test("the stream is asked from the reader's number, and each kind of event reaches its ear", () => {
  const { Source, opened } = source();
  const { heard, on } = reader();
  const stream = follow("/api/v1/live?centre=SQC", () => 41, on, { Source });
  equal(opened[0].address, "/api/v1/live?centre=SQC&after=41");
  opened[0].say("entry", { seq: 42 });
  opened[0].say("cursor", [41, 42]);
  opened[0].say("resync");
  equal(heard, [["entry", { seq: 42 }], ["cursor", [41, 42]], ["resync", null]]);
  stream.stop();
});

test("a line that the browser gave up is opened again from where the reader is then", async () => {
  const { Source, opened } = source();
  let last = 7;
  const stream = follow("/live", () => last, reader().on, { Source });
  last = 9;
  opened[0].readyState = Source.CLOSED;
  opened[0].say("error");
  await new Promise((done) => setTimeout(done, 1200));
  equal(opened.map((one) => one.address), ["/live?after=7", "/live?after=9"]);
  stream.stop();
});

test("a line that the browser mends itself is left to it", async () => {
  const { Source, opened } = source();
  const { heard, on } = reader();
  const stream = follow("/live", () => 1, on, { Source });
  opened[0].readyState = 0;
  opened[0].say("error");
  await new Promise((done) => setTimeout(done, 1200));
  equal([opened.length, heard], [1, [["state", "away"]]]);
  stream.stop();
});
