// A chat endpoint in one of its states: node desk.js --sdk openai --pair hangs --side before
//
// It serves POST /chat {"message": …} as server-sent events at $PORT. --list prints the
// names of the pairs, --version the version of the SDK.
import http from "node:http";
import { parseArgs } from "node:util";
import { pairs } from "./turns.js";

// A User is what a user is being told.
class User {
  constructor(res) {
    this.res = res;
    this.begun = false; // words are out that have not been taken back
    const left = new AbortController();
    res.on("close", () => left.abort());
    this.left = left.signal; // the user has gone
  }

  say(text) {
    if (!text) return;
    this.begun = true;
    this.event("delta", { delta: text });
  }

  // takeBack has the user's page forget what it shows.
  takeBack() {
    if (this.begun) this.event("reset", {});
    this.begun = false;
  }

  // prepared says a text that is no model's, and owns up to it.
  prepared(text) {
    this.event("delta", { delta: text, degraded: true });
  }

  fail(text) {
    this.event("error", { error: text });
  }

  event(name, data) {
    this.res.write(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
  }
}

async function body(req) {
  let text = "";
  for await (const part of req) text += part;
  return JSON.parse(text);
}

const { values: flags } = parseArgs({
  options: {
    sdk: { type: "string" },
    pair: { type: "string" },
    side: { type: "string" },
    list: { type: "boolean" },
    version: { type: "boolean" },
  },
});
const vendor = await import(`./${flags.sdk}.js`);
const all = pairs(vendor);
if (flags.version) {
  console.log(vendor.version);
} else if (flags.list) {
  console.log(Object.keys(all).sort().join("\n"));
} else {
  const answer = all[flags.pair][flags.side];
  http
    .createServer(async (req, res) => {
      if (req.method !== "POST") return res.end();
      const { message } = await body(req);
      res.writeHead(200, { "content-type": "text/event-stream" });
      const user = new User(res);
      try {
        await answer(message, user);
      } catch {
        user.fail("please try again in a minute");
      }
      res.end();
    })
    .listen(Number(process.env.PORT), "127.0.0.1");
}
