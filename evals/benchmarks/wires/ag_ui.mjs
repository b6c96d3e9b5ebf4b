// AG-UI's JavaScript client, unchanged: node ag_ui.mjs URL QUESTION [KEY]; prints what it got as JSON.
import { HttpAgent } from "@ag-ui/client";

const [url, question, key] = process.argv.slice(2);
const headers = key ? { authorization: `Bearer ${key}` } : {};
const agent = new HttpAgent({ url: `${url}/v1/ag-ui`, headers });
agent.addMessage({ id: "q1", role: "user", content: question });
const found = { events: [], sentences: 0 };
await agent.runAgent({}, {
  onEvent: ({ event }) => { found.events.push(event.type); },
  onCustomEvent: ({ event }) => {
    if (event.name === "pincite.sentence") found.sentences += 1;
    if (event.name === "pincite.answer") found.answer = { status: event.value.status, cited: event.value.citations.length };
  },
});
found.said = agent.messages.at(-1).content;
console.log(JSON.stringify(found, null, 1));
