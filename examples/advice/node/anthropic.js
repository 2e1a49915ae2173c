// What is Anthropic's own: the clients, a streamed answer, and where it ends.
import Anthropic from "@anthropic-ai/sdk";
import { VERSION } from "@anthropic-ai/sdk/version";

export const version = VERSION;
export const sdk = Anthropic; // with its classes of errors: sdk.RateLimitError

export function client(provider) {
  const { [`BROWNOUT_${provider}_URL`]: baseURL = "http://unset", [`BROWNOUT_${provider}_KEY`]: apiKey = "unset" } = process.env;
  return new Anthropic({ baseURL, apiKey });
}

export function ask(client, question, options) {
  return client.messages.create(
    { model: "model", max_tokens: 1000, messages: [{ role: "user", content: question }], stream: true },
    options,
  );
}

// stream streams a whole answer, or fails.
export async function stream(client, question, user, options) {
  let finish;
  for await (const event of await ask(client, question, options)) {
    user.say(event.delta?.text);
    finish = event.delta?.stop_reason ?? finish;
  }
  if (!finish) throw new Error("cut off");
}

export const truncated = {
  async before(client, question, user) {
    // [truncated_answer before]
    for await (const event of await ask(client, question)) {
      user.say(event.delta?.text);
    }
    // [end]
  },
  async after(client, question, user) {
    // [truncated_answer after]
    let finish;
    for await (const event of await ask(client, question)) {
      user.say(event.delta?.text);
      finish = event.delta?.stop_reason ?? finish;
    }
    if (!finish) throw new Error("cut off"); // the SDK takes a stream that just ends for whole
    // [end]
  },
};
