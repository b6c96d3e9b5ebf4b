// Files sent in parts, so that what broke goes on where it stopped. Without a hash the form is sent as it is.

const PART = 2 * 1024 * 1024;
const ATTEMPTS = 5;
const TOGETHER = 1000;

const form = document.getElementById("upload");
if (form) begin(form);

function begin(form) {
  const field = document.getElementById("files");
  const drop = document.getElementById("drop");
  drop.querySelector(".drop-hint").hidden = false;
  field.addEventListener("change", () => showChosen(field.files));
  showChosen(field.files);
  for (const kind of ["dragenter", "dragover"]) {
    drop.addEventListener(kind, (event) => {
      event.preventDefault();
      drop.classList.add("over");
    });
  }
  for (const kind of ["dragleave", "drop"]) drop.addEventListener(kind, () => drop.classList.remove("over"));
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    if (!event.dataTransfer.files.length || field.disabled) return;
    field.files = event.dataTransfer.files;
    showChosen(field.files);
  });
  form.addEventListener("submit", (event) => {
    if (!globalThis.crypto?.subtle) return;
    event.preventDefault();
    send(form, [...field.files]);
  });
}

function showChosen(files) {
  const list = document.getElementById("chosen");
  list.replaceChildren(...[...files].map((file) => {
    const line = document.createElement("li");
    const name = document.createElement("span");
    name.className = "file";
    name.textContent = file.name;
    const bar = document.createElement("progress");
    bar.max = Math.max(file.size, 1);
    bar.value = 0;
    bar.hidden = true;
    bar.setAttribute("aria-label", file.name);
    const state = document.createElement("span");
    state.className = "fine";
    state.textContent = size(file.size);
    line.append(name, state, bar);
    return line;
  }));
}

async function send(form, files) {
  const said = document.getElementById("upload-state");
  const stop = document.getElementById("stop-upload");
  const controls = [...form.querySelectorAll("input, button.main")];
  const stopping = new AbortController();
  const wanted = {
    source: form.elements.source.value.trim() || "uploads",
    readers: form.elements.readers.value.split(",").map((one) => one.trim()).filter(Boolean),
  };
  controls.forEach((one) => { one.disabled = true; });
  stop.hidden = false;
  stop.onclick = () => stopping.abort();
  said.textContent = files.length === 1 ? "Sending the file …" : `Sending ${files.length} files …`;
  const sent = [];
  let failed = 0;
  const lines = document.getElementById("chosen").children;
  try {
    for (const [number, file] of files.entries()) {
      try {
        sent.push(await sendFile(file, wanted, lines[number], stopping.signal));
      } catch (error) {
        if (stopping.signal.aborted) throw error;
        failed += 1;
        lines[number].classList.add("failed");
        lines[number].querySelector(".fine").textContent = error.message;
      }
    }
    const job = sent.length ? await finish([...new Set(sent)], stopping.signal) : "";
    if (job && !failed) {
      location.assign(job);
      return;
    }
    said.textContent = failed === 1 ? "One file could not be sent. " : `${failed} files could not be sent. `;
    if (job) {
      const link = document.createElement("a");
      link.href = job;
      link.textContent = "See how the others are read";
      said.append(link);
    }
  } catch (error) {
    said.textContent = stopping.signal.aborted
      ? "Stopped. Add the same files again, and they go on where they stopped."
      : error.message;
  }
  controls.forEach((one) => { one.disabled = false; });
  stop.hidden = true;
}

async function sendFile(file, wanted, line, signal) {
  const bar = line.querySelector("progress");
  const state = line.querySelector(".fine");
  bar.hidden = false;
  state.textContent = "Looking at it …";
  const most = Number(document.getElementById("upload").dataset.most);
  if (file.size > most) throw new Error(`It has ${size(file.size)}, and ${size(most)} are allowed.`);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", await file.arrayBuffer()));
  const sha256 = [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const about = { name: file.name, sha256, size: file.size, ...wanted };
  const upload = await json("POST", "/v1/uploads", signal, JSON.stringify(about));
  let at = upload.received;
  let attempts = 0;
  while (at < file.size) {
    bar.value = at;
    state.textContent = `${size(at)} of ${size(file.size)}`;
    try {
      const part = file.slice(at, at + PART);
      const headers = { "upload-offset": String(at), "content-type": "application/octet-stream" };
      const response = await fetch(`/v1/uploads/${upload.id}`, { method: "PATCH", body: part, headers, signal });
      const here = response.headers.get("upload-offset");
      if (!response.ok && response.status !== 408 && response.status !== 409) throw await refusal(response);
      if (here === null || Number(here) <= at) throw new TypeError("nothing arrived");
      at = Number(here);
      attempts = 0;
    } catch (error) {
      // A TypeError is a connection that broke; anything else the server said.
      if (signal.aborted || !(error instanceof TypeError)) throw error;
      attempts += 1;
      if (attempts >= ATTEMPTS) throw new Error("The connection broke. Add it again, and it goes on where it stopped.");
      state.textContent = "The connection broke; trying again …";
      await new Promise((resolve) => setTimeout(resolve, 1000 * 2 ** attempts));
      at = (await json("GET", `/v1/uploads/${upload.id}`, signal).catch(() => ({ received: at }))).received;
    }
  }
  bar.value = file.size;
  state.textContent = `${size(file.size)}, sent`;
  return upload.id;
}

async function finish(ids, signal) {
  let job = null;
  for (let at = 0; at < ids.length; at += TOGETHER) {
    const body = JSON.stringify({ uploads: ids.slice(at, at + TOGETHER) });
    job = await json("POST", "/v1/uploads/finish", signal, body);
  }
  return ids.length > TOGETHER ? "/jobs?done=queued" : `/jobs/${job.id}?done=queued`;
}

async function json(method, path, signal, body) {
  const headers = body === undefined ? {} : { "content-type": "application/json" };
  const response = await fetch(path, { method, body, headers, signal });
  if (!response.ok) throw await refusal(response);
  return response.json();
}

async function refusal(response) {
  const problem = await response.json().catch(() => ({}));
  return new Error(problem.detail || `The server answered ${response.status}.`);
}

function size(bytes) {
  if (bytes < 1000) return `${bytes} bytes`;
  return bytes < 1e6 ? `${Math.round(bytes / 1000)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
