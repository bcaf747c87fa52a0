// What is said of a face, and small helpers that all parts of the page use.

const [RAW, STABLE] = [0, 1];  // FaceEmotion.RAW and .STABLE; UNCERTAIN is any other

// In the order of FaceEmotion's bits: what is wrong, and what the person can do.
const REASONS = [
  ["Too dark", "more light on the face, please"],
  ["Blurred", "please hold still"],
  ["Too small", "please come closer"],
  ["Turned away", "please look at the camera"],
];

export function element(kind, className, text) {
  const made = document.createElement(kind);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

export function write(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

export function button(text, action) {
  const made = element("button", "", text);
  made.type = "button";
  made.addEventListener("click", action);
  return made;
}

export const percent = (share) => (share === null ? "–" : `${Math.round(100 * share)} %`);

const doubts = (face) => REASONS.filter((_, bit) => face.reasons & (1 << bit));

// "sure": it has held for a while. "single": one picture's answer, which nothing speaks against. "uncertain": neither.
export function kindOf(face) {
  if (face.label && face.state === STABLE) return "sure";
  if (face.label && face.state === RAW && !face.reasons) return "single";
  return "uncertain";
}

// An uncertain face keeps the name of its last stable expression; what it shows now is not known.
export const labelOf = (face) => (kindOf(face) === "uncertain" ? "uncertain" : face.label);

// What the words for it mean, for a tooltip; index.html has the same as a legend.
const MEANINGS = {
  sure: "Sure: it stands out, over the last moments too, and nothing speaks against the picture of the face.",
  single: "From this picture alone: nothing speaks against it, but nothing before it was looked at.",
  uncertain: "Uncertain: no expression stands out, or the picture of the face is too poor to tell.",
};

export const meaningOf = (kind) => MEANINGS[kind] ?? "";

// How far the answer can be relied on; where it cannot, why, and what to do.
export function adviceOf(face) {
  const kind = kindOf(face);
  if (kind === "sure") return "Sure";
  if (kind === "single") return "From this picture alone";
  const said = doubts(face);
  if (!said.length) return "No expression stands out";
  return said.map(([what, help], number) => `${number ? what.toLowerCase() : what}: ${help}`).join("; ");
}

export function sentenceOf(face, name) {
  const label = labelOf(face);
  return label === "uncertain" ? `${name}: uncertain` : `${name}: ${label} ${percent(face.confidence)}`;
}
