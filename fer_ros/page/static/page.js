// The page: which views there are, and the buttons around them.
import { LiveView } from "./live.js";
import { OwnView } from "./own.js";
import { element, write } from "./words.js";

const SHOWN_AT_FIRST = 2;  // cameras
const $ = (id) => document.getElementById(id);
const views = [];          // of the robot's cameras
const mine = [];           // of one's own pictures
let paused = null;

// ---- light and dark: the system's choice, until the button makes another; the address keeps it, no storage does

const system = matchMedia("(prefers-color-scheme: dark)");

function showTheme() {
  const chosen = { "#dark": "dark", "#light": "light" }[location.hash];
  document.documentElement.style.colorScheme = chosen || "light dark";
  const dark = chosen ? chosen === "dark" : system.matches;
  $("theme").dataset.next = dark ? "light" : "dark";
  write($("theme"), dark ? "Light" : "Dark");
}

$("theme").addEventListener("click", () => {
  history.replaceState(null, "", `${location.pathname}${location.search}#${$("theme").dataset.next}`);
  showTheme();
});
system.addEventListener("change", showTheme);
showTheme();

// ---- the robot's cameras

function arrange() {
  const all = [...mine, ...views];
  $("views").replaceChildren(...all.map((view) => view.section));
  $("views").dataset.count = all.length;
}

function addCamera(name) {
  views.push(new LiveView(name, heed));
  arrange();
}

function removeCamera(name) {
  const index = views.findIndex((view) => view.camera === name);
  if (index >= 0) views.splice(index, 1)[0].close();
  arrange();
}

// What holds for all of the robot: the pause, and whether somebody records.
function heed(state) {
  paused = state.paused;
  $("pause").hidden = paused === null;
  write($("pause"), paused ? "Go on" : "Pause");
  const recorders = state.recorders;
  $("recorders").hidden = recorders.length === 0;
  write($("recorders"), recorders.length ? `But the robot records: ${recorders.join(", ")}. That is not this page's doing.` : "");
}

$("pause").addEventListener("click", () => {
  for (const view of views) if (view.ask({ pause: !paused })) return;
});

// A page that nobody sees costs the robot nothing.
document.addEventListener("visibilitychange", () => {
  for (const view of views) {
    if (document.hidden) view.disconnect();
    else view.connect();
  }
});

// ---- one's own pictures

function addOwn(name, timed, limit, begin) {
  $("refused").hidden = true;
  // One at a time: the camera of the browser, and the robot's processor, are there once.
  for (const view of [...mine]) view.close();
  const view = new OwnView(name, timed, limit, () => {
    mine.splice(mine.indexOf(view), 1);
    arrange();
  });
  mine.push(view);
  arrange();
  begin(view);
  view.section.scrollIntoView({ block: "nearest" });
}

function take(file, limit) {
  if (!file) return;
  if (file.type.startsWith("image/")) addOwn(file.name, false, limit, (view) => view.showPicture(file));
  else if (file.type.startsWith("video/")) addOwn(file.name, true, limit, (view) => view.showVideo(file));
  else refuse(`${file.name} is neither a picture nor a video that a browser knows: JPEG, PNG, MP4 or WebM, please`);
}

function refuse(text) {
  $("refused").hidden = false;
  write($("refused"), text);
}

function offerOwn(limit) {
  $("own").hidden = false;
  write($("promise"), `It is analysed on this robot, and nothing of it is stored. A picture may have ${limit} MB.`);
  $("choose").addEventListener("click", () => $("file").click());
  $("file").addEventListener("change", () => {
    take($("file").files[0], limit);
    $("file").value = "";
  });
  $("webcam").addEventListener("click", () => addOwn("This browser's camera", true, limit, (view) => view.showCamera()));
  addEventListener("dragover", (event) => {
    event.preventDefault();
    $("drop").hidden = false;
  });
  addEventListener("dragleave", (event) => { if (!event.relatedTarget) $("drop").hidden = true; });
  addEventListener("drop", (event) => {
    event.preventDefault();
    $("drop").hidden = true;
    take(event.dataTransfer.files[0], limit);
  });
}

// ---- the beginning

async function begin() {
  const settings = await (await fetch(`settings.json${location.search}`)).json();
  if (settings.uploads !== null) offerOwn(settings.uploads);
  $("cameras").hidden = settings.cameras.length < 2;
  settings.cameras.forEach((name, index) => {
    const box = element("input");
    box.type = "checkbox";
    box.checked = index < SHOWN_AT_FIRST;
    box.addEventListener("change", () => (box.checked ? addCamera(name) : removeCamera(name)));
    const label = element("label");
    label.append(box, element("span", "", name));
    $("cameras").append(label);
    if (box.checked) addCamera(name);
  });
}

begin();
