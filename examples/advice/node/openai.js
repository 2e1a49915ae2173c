// What is OpenAI's own: the clients, a streamed answer, and where it ends.
import OpenAI from "openai";
import { VERSION } from "openai/version";

export const version = VERSION;
export const sdk = OpenAI; // with its classes of errors: sdk.RateLimitError

export function client(provider) {
  const { [`BROWNOUT_${provider}_URL`]: url = "http://unset", [`BROWNOUT_${provider}_KEY`]: apiKey = "unset" } = process.env;
  return new OpenAI({ baseURL: url + "/v1", apiKey });
}

export function ask(client, question, options) {
  return client.chat.completions.create(
    { model: "model", messages: [{ role: "user", content: question }], stream: true },
    options,
  );
}

// stream streams a whole answer, or fails.
export async function stream(client, question, user, options) {
  let finish;
  for await (const chunk of await ask(client, question, options)) {
    for (const choice of chunk.choices) {
      user.say(choice.delta.content);
      finish = choice.finish_reason ?? finish;
    }
  }
  if (!finish) throw new Error("cut off");
}

export const truncated = {
  async before(client, question, user) {
    // [truncated_answer before]
    for await (const chunk of await ask(client, question)) {
      for (const choice of chunk.choices) {
        user.say(choice.delta.content);
      }
    }
    // [end]
  },
  async after(client, question, user) {
    // [truncated_answer after]
    let finish;
    for await (const chunk of await ask(client, question)) {
      for (const choice of chunk.choices) {
        user.say(choice.delta.content);
        finish = choice.finish_reason ?? finish;
      }
    }
    if (!finish) throw new Error("cut off"); // the SDK takes a stream that just ends for whole
    // [end]
  },
};
