// A page of LangChain's useStream, unchanged: asks, shows the conversation and the words each answer cites.
import { useStream } from "@langchain/react";
import { useState } from "react";
import { createRoot } from "react-dom/client";

const given = new URLSearchParams(location.hash.slice(1));

function Page() {
  const stream = useStream({
    apiUrl: given.get("url"),
    apiKey: given.get("key") ?? undefined,
    assistantId: "pincite",
    threadId: given.get("thread"),
  });
  const [asked, setAsked] = useState("");
  const cited = stream.values?.answer?.citations ?? [];
  return (
    <main>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void stream.submit({ messages: [{ type: "human", content: asked }] });
        }}
      >
        <input name="question" value={asked} onChange={(event) => setAsked(event.target.value)} />
      </form>
      {stream.messages.map((message) => (
        <p key={message.id} className={message.getType()}>{message.text}</p>
      ))}
      {cited.map((one) => (
        <blockquote key={one.number} title={one.title}>{one.quote}</blockquote>
      ))}
      <footer data-thread={stream.threadId ?? ""} data-loading={String(stream.isLoading)}>
        {stream.error ? String(stream.error) : ""}
      </footer>
    </main>
  );
}

createRoot(document.getElementById("root")).render(<Page />);
