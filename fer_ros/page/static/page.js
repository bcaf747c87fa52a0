// The live page. The server sends `state` (who publishes what) and `update` (faces, and whether a JPEG follows);
// the page answers "ready" when it has shown an update, and only then is it sent the next one.
"use strict";

const SECONDS = 30;       // that a timeline shows
const GAP = 1;            // seconds without an answer that interrupt it
const LEFT_FOR = 10;      // seconds that a face which has left stays on the page
const SILENCE = 2000;     // milliseconds after which the page says what is missing
const AGAIN = 1000;       // milliseconds until it connects again
const UNCERTAIN = 2;      // FaceEmotion.UNCERTAIN
const STATES = ["each picture by itself", "stable", "uncertain"];
const REASONS = ["too dark", "blurred", "too small", "turned away"];

const $ = (id) => document.getElementById(id);
const people = new Map();  // key of a face -> its card and history

let socket = null;
let state = null;
let camera = "";
let waiting = null;        // the update whose JPEG comes next
let shown = { stamp: "", faces: null };
let now = 0;               // the newest results' own time, in seconds
let lastPicture = -Infinity;
let lastFaces = -Infinity;
let pictures = [];
let defect = "";

function element(kind, className, text) {
  const made = document.createElement(kind);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

function write(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

const percent = (share) => (share === null ? "–" : `${Math.round(100 * share)} %`);

// ---- the connection

function connect() {
  if (socket || document.hidden) return;
  const scheme = location.protocol === "https:" ? "wss:" : "ws:";
  const mine = new WebSocket(`${scheme}//${location.host}/live${location.search}`);
  mine.binaryType = "arraybuffer";
  socket = mine;
  waiting = null;
  mine.onopen = () => {
    lastPicture = lastFaces = -Infinity;
    if (camera) ask({ camera });
    report();
  };
  mine.onmessage = (event) => { if (socket === mine) receive(event.data); };
  mine.onclose = () => {
    if (socket !== mine) return;
    socket = null;
    report();
    setTimeout(connect, AGAIN);
  };
}

function ask(wish) {
  if (socket && socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(wish));
}

// A page that nobody sees costs the robot nothing.
document.addEventListener("visibilitychange", () => {
  if (document.hidden && socket) {
    const mine = socket;
    socket = null;
    mine.close();
  }
  connect();
});

function receive(data) {
  if (typeof data !== "string") {
    const update = waiting;
    waiting = null;
    if (update) showPicture(update, data);
    return;
  }
  const message = JSON.parse(data);
  if (message.type === "state") {
    state = message;
    showCameras();
    report();
  } else if (message.picture && message.picture.stamp) {
    waiting = message;
  } else {
    showUpdate(message);
  }
}

async function showPicture(update, jpeg) {
  let bitmap = null;
  try {
    bitmap = await createImageBitmap(new Blob([jpeg], { type: "image/jpeg" }));
  } catch {
    // Half a picture is none; the next one comes.
  }
  if (bitmap && update.camera === camera) {
    const canvas = $("canvas");
    if (canvas.width !== bitmap.width || canvas.height !== bitmap.height) {
      canvas.width = bitmap.width;
      canvas.height = bitmap.height;
      $("picture").style.aspectRatio = `${update.picture.width} / ${update.picture.height}`;
    }
    canvas.getContext("2d").drawImage(bitmap, 0, 0);
    $("nothing").hidden = true;
    shown.stamp = update.picture.stamp;
    lastPicture = performance.now();
    pictures.push(lastPicture);
    pictures = pictures.filter((time) => time > lastPicture - 2000);
  }
  if (bitmap) bitmap.close();
  showUpdate(update);
}

function showUpdate(update) {
  if (update.camera === camera) {
    defect = update.picture && update.picture.error ? update.picture.error : "";
    if (update.faces) {
      lastFaces = performance.now();
      showFaces(update.faces);
    }
    showBoxes();
    showFigures();
    report();
  }
  ask("ready");
}

// ---- cameras and connection

function showCameras() {
  const names = state.cameras.map((one) => one.name);
  const select = $("camera");
  if ([...select.options].map((option) => option.value).join("\n") !== names.join("\n")) {
    select.replaceChildren(...names.map((name) => new Option(name, name)));
  }
  if (!names.includes(camera)) choose(names[0]);
  select.value = camera;
}

function choose(name) {
  camera = name;
  forget();
  ask({ camera });
}

function forget() {
  people.clear();
  $("faces").replaceChildren();
  $("boxes").replaceChildren();
  const canvas = $("canvas");
  canvas.getContext("2d").clearRect(0, 0, canvas.width, canvas.height);
  canvas.setAttribute("aria-label", "no picture yet");
  $("nothing").hidden = false;
  shown = { stamp: "", faces: null };
  lastPicture = lastFaces = -Infinity;
  pictures = [];
  now = 0;
  defect = "";
  for (const id of ["rate", "latency", "pictures", "bundle"]) write($(id), "–");
  report();
}

$("camera").addEventListener("change", (event) => choose(event.target.value));

// One sentence about what is missing, or `live`.
function report() {
  const [kind, text] = situation();
  const status = $("status");
  status.dataset.state = kind;
  write(status, text);
  if (!$("nothing").hidden) write($("nothing"), kind === "live" ? "waiting for a picture" : text);
  $("nobody").hidden = people.size > 0;
  write($("nobody"), performance.now() - lastFaces < SILENCE ? "Nobody is in view." : "No results.");
}

function situation() {
  if (!socket) return ["lost", "connection lost, trying again"];
  if (socket.readyState !== WebSocket.OPEN || !state) return ["waiting", "connecting"];
  const time = performance.now();
  const source = state.cameras.find((one) => one.name === camera);
  if (defect) return ["waiting", `picture cannot be read: ${defect}`];
  if (time - lastPicture > SILENCE) {
    return ["waiting", source && source.publishers ? `no pictures arrive on ${camera}` : `nobody publishes ${camera}`];
  }
  if (time - lastFaces > SILENCE) {
    const topic = state.faces.name;
    return ["waiting", state.faces.publishers ? `no results for ${camera} on ${topic}` : `nobody publishes ${topic}`];
  }
  return ["live", "live"];
}

function showFigures() {
  const faces = shown.faces;
  if (faces) {
    write($("rate"), faces.rate === null ? "–" : `${faces.rate.toFixed(1)} Hz`);
    write($("latency"), faces.latency === null ? "–" : `${Math.round(1000 * faces.latency)} ms`);
    write($("bundle"), faces.bundle || "–");
  }
  const span = pictures.length > 1 ? pictures[pictures.length - 1] - pictures[0] : 0;
  write($("pictures"), span > 0 ? `${((1000 * (pictures.length - 1)) / span).toFixed(1)} Hz` : "–");
}

// ---- faces

const labelOf = (face) => (face.state === UNCERTAIN || !face.label ? "uncertain" : face.label);

// An uncertain face keeps the name of its last stable expression; what it shows now is not known.
function nameOf(face) {
  return labelOf(face) === "uncertain" ? "uncertain" : `${face.label} ${percent(face.confidence)}`;
}

function showFaces(results) {
  if (results.time < now - GAP) {  // a recording that starts again
    people.clear();
    $("faces").replaceChildren();
  }
  now = results.time;
  shown.faces = results;
  results.faces.forEach((face, index) => {
    const key = face.id || `#${index + 1}`;
    if (!people.has(key)) people.set(key, new Person(key));
    people.get(key).see(face, results);
  });
  for (const [key, person] of people) {
    if (now - person.seen > LEFT_FOR || (person.seen < now && !person.tracked)) {
      person.card.remove();
      people.delete(key);
    } else {
      person.show();
    }
  }
  const named = results.faces.map((face) => `${face.id || "a face"}: ${nameOf(face)}`);
  $("canvas").setAttribute("aria-label", named.length ? `camera picture; ${named.join("; ")}` : "camera picture; nobody");
}

// Boxes belong to the picture with their own stamp; on any other they would lie.
function showBoxes() {
  const results = shown.faces;
  const layer = $("boxes");
  if (!results || results.stamp !== shown.stamp || !results.width || !results.height) {
    layer.replaceChildren();
    return;
  }
  const made = results.faces.filter((face) => !face.box.includes(null)).map((face) => {
    const [x, y, width, height] = face.box;
    const [left, top] = [(x - width / 2) / results.width, (y - height / 2) / results.height];
    const box = element("div", "box");
    box.dataset.face = face.id;
    box.dataset.state = face.state === UNCERTAIN ? "uncertain" : "sure";
    box.style.left = `${100 * left}%`;
    box.style.top = `${100 * top}%`;
    box.style.width = `${(100 * width) / results.width}%`;
    box.style.height = `${(100 * height) / results.height}%`;
    const name = element("div", "name", `${face.id} ${labelOf(face)} `.trimStart());
    name.append(element("span", "share", labelOf(face) === "uncertain" ? "" : percent(face.confidence)));
    name.dataset.label = labelOf(face);
    // Above the box where there is room, else inside it; in its middle, but not over the picture's edge.
    const middle = x / results.width;
    name.dataset.at = middle < 0.15 ? "left" : middle > 0.85 ? "right" : "middle";
    if (top > 0.08) name.style.bottom = "calc(100% + 4px)";
    else name.style.top = `${Math.max(4, 4 - (100 * top * results.height) / height)}%`;
    box.append(name);
    return box;
  });
  layer.replaceChildren(...made);
}

// One face: its card, and what it has shown in the last seconds.
class Person {
  constructor(key) {
    this.tracked = !key.startsWith("#");
    this.history = [];  // {label, from, to}, in seconds of the results
    this.seen = 0;
    this.rows = new Map();
    this.card = element("li", "face");
    this.card.dataset.face = key;
    const title = element("h2");
    this.expression = element("span", "expression");
    title.append(this.expression, element("span", "id", this.tracked ? key : "not tracked"));
    this.state = element("p", "state");
    this.table = element("table");
    this.table.setAttribute("aria-label", `Probabilities of ${key}`);
    this.body = this.table.createTBody();
    this.timeline = element("div", "timeline");
    this.timeline.setAttribute("role", "img");
    const axis = element("div", "axis");
    axis.append(element("span", "", `${SECONDS} s ago`), element("span", "", "now"));
    this.card.append(title, this.state, this.table);
    if (this.tracked) this.card.append(this.timeline, axis);
    $("faces").append(this.card);
  }

  see(face, results) {
    this.face = face;
    this.labels = results.labels;
    this.seen = results.time;
    const label = labelOf(face);
    const last = this.history[this.history.length - 1];
    if (last && results.time - last.to <= GAP) {
      last.to = results.time;
      if (last.label !== label) this.history.push({ label, from: results.time, to: results.time });
    } else {
      this.history.push({ label, from: results.time, to: results.time });
    }
    this.history = this.history.filter((span) => span.to > now - SECONDS);
  }

  show() {
    const away = now - this.seen;
    this.card.toggleAttribute("data-left", away > 0);
    this.table.hidden = away > 0;
    if (away > 0) {
      write(this.expression, "left");
      write(this.state, `${Math.ceil(away)} s ago`);
    } else {
      const doubts = REASONS.filter((_, bit) => this.face.reasons & (1 << bit));
      write(this.expression, nameOf(this.face));
      write(this.state, [STATES[this.face.state] || "unknown", ...doubts].join(", "));
      this.showBars();
    }
    if (this.tracked) this.showTimeline();
  }

  showBars() {
    const shares = this.face.probabilities;
    const highest = Math.max(...shares);
    this.labels.forEach((label, index) => {
      if (!this.rows.has(label)) this.rows.set(label, this.newRow(label));
      const row = this.rows.get(label);
      const share = shares[index] ?? null;
      row.bar.style.width = `${100 * (share || 0)}%`;
      row.line.toggleAttribute("data-top", share === highest);
      write(row.share, percent(share));
    });
  }

  newRow(label) {
    const line = this.body.insertRow();
    const name = element("th", "", label);
    name.scope = "row";
    const track = element("div", "track");
    const bar = element("div", "bar");
    bar.dataset.label = label;
    track.append(bar);
    line.append(name);
    line.insertCell().append(track);
    const share = line.insertCell();
    share.className = "share";
    return { line, bar, share };
  }

  showTimeline() {
    const start = now - SECONDS;
    while (this.timeline.children.length > this.history.length) this.timeline.lastChild.remove();
    this.history.forEach((span, index) => {
      if (!this.timeline.children[index]) this.timeline.append(element("div", "span"));
      const part = this.timeline.children[index];
      const from = Math.max(0, (span.from - start) / SECONDS);
      const width = (span.to - start) / SECONDS - from;
      if (part.dataset.label !== span.label) {
        part.dataset.label = span.label;
        part.title = span.label;
        part.textContent = span.label;
      }
      part.toggleAttribute("data-short", width < 0.2);
      part.style.left = `${100 * from}%`;
      part.style.width = `${100 * width}%`;
    });
    const said = this.history.map((span) => `${span.label} ${(span.to - Math.max(span.from, start)).toFixed(0)} s`);
    this.timeline.setAttribute("aria-label", `The last ${SECONDS} seconds: ${said.join(", ")}`);
  }
}

setInterval(report, 500);
connect();
