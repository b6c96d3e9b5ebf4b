// LangGraph's JavaScript client, unchanged. node sdk.mjs URL QUESTION FOLLOW_UP [KEY]; prints what it got as JSON.
import { Client } from "@langchain/langgraph-sdk";

const [url, question, followUp, key] = process.argv.slice(2);
const client = new Client({ apiUrl: url, apiKey: key ?? null });
const found = {};
const text = (message) =>
  typeof message.content === "string" ? message.content : message.content.map((block) => block.text).join("");

const assistants = await client.assistants.search({ limit: 5 });
found.assistants = assistants.map((one) => one.name);
found.inputs = Object.keys((await client.assistants.getSchemas(assistants[0].assistant_id)).input_schema.properties);
found.nodes = (await client.assistants.getGraph(assistants[0].assistant_id)).nodes.length;

const thread = await client.threads.create();
const waited = await client.runs.wait(thread.thread_id, "pincite", {
  input: { messages: [{ type: "human", content: question }] },
});
found.wait = { status: waited.answer.status, said: text(waited.messages.at(-1)), cited: waited.answer.citations.length };

let run;
const kinds = new Set();
let streamed = "";
for await (const event of client.runs.stream(thread.thread_id, "pincite", {
  input: { messages: [{ type: "human", content: followUp }] },
  streamMode: ["values", "messages-tuple", "updates", "custom"],
  onRunCreated: (created) => { run = created; },
})) {
  kinds.add(event.event);
  if (event.event === "messages") streamed += text(event.data[0]);
}
found.stream = { events: [...kinds].sort(), streamed, run: Boolean(run?.run_id) };
const state = await client.threads.getState(thread.thread_id);
found.state = { messages: state.values.messages.length, next: state.next };
found.history = (await client.threads.getHistory(thread.thread_id)).length > 0;
found.search = (await client.threads.search({ limit: 100 })).some((one) => one.thread_id === thread.thread_id);

// The newer protocol: one command, one stream of events.
const live = client.threads.stream({ assistantId: "pincite" });
const values = live.values;
await live.run.start({ input: { messages: [{ type: "human", content: question }] } });
const last = await values;
found.protocol = { said: text(last.messages.at(-1)), status: last.answer.status };
await live.close();

const alone = await client.runs.wait(null, "pincite", { input: { question } });
found.stateless = alone.answer.status;
await client.threads.delete(thread.thread_id);
found.deleted = await client.threads.get(thread.thread_id).then(() => false, (error) => error.status === 404);
console.log(JSON.stringify(found, null, 1));
