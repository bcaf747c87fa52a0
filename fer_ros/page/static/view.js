// One picture with the faces in it: what live cameras and one's own pictures have in common.
import { Person } from "./person.js";
import { element, kindOf, labelOf, percent, sentenceOf, write } from "./words.js";

const LEFT_FOR = 10;    // seconds that a face which has left stays on the page
const JUMP = 1;         // seconds back in time that mean a recording which starts again

export class View {
  // timed: whether there is more than one picture, so that faces have a past.
  constructor(name, timed = true) {
    this.timed = timed;
    this.people = new Map();  // key of a face -> Person
    this.now = 0;             // the newest results' own time, in seconds
    this.results = null;
    this.stamp = "";          // of the picture that is shown
    this.silent = "";         // why there are no results, "" while there are
    this.build(name);
  }

  build(name) {
    this.section = element("section", "view");
    this.section.setAttribute("aria-label", name);
    this.title = element("h2", "", name);
    this.title.title = name;
    this.status = element("p", "status", "connecting");
    this.status.setAttribute("role", "status");
    this.status.dataset.state = "waiting";
    this.bar = element("div", "bar-of-view");
    this.bar.append(this.title, this.status);
    this.canvas = element("canvas");
    this.canvas.setAttribute("role", "img");
    this.canvas.setAttribute("aria-label", "no picture yet");
    this.boxes = element("div", "boxes");
    this.boxes.setAttribute("aria-hidden", "true");
    this.nothing = element("p", "nothing", "waiting for a picture");
    this.picture = element("div", "picture");
    this.picture.append(this.canvas, this.boxes, this.nothing);
    const mat = element("div", "mat");
    mat.append(this.picture);
    this.figures = element("dl", "figures");
    this.numbers = new Map();
    for (const name of ["Results", "Latency", "Pictures", "Model"]) this.addFigure(name);
    const left = element("div", "left");
    left.append(mat, this.figures);
    this.nobody = element("p", "nobody", "Nobody is in view.");
    this.list = element("ul", "faces");
    const right = element("div", "right");
    right.append(this.nobody, this.list);
    const body = element("div", "body");
    body.append(left, right);
    this.section.append(this.bar, body);
  }

  addFigure(name) {
    const value = element("dd", "", "–");
    const pair = element("div");
    pair.append(element("dt", "", name), value);
    this.figures.append(pair);
    this.numbers.set(name, value);
  }

  say(kind, text) {
    this.status.dataset.state = kind;
    write(this.status, text);
    if (!this.nothing.hidden) write(this.nothing, kind === "live" ? "waiting for a picture" : text);
  }

  forget() {
    for (const person of this.people.values()) person.remove();
    this.people.clear();
    this.results = null;
    this.now = 0;
    this.boxes.replaceChildren();
  }

  // source: an ImageBitmap or a canvas. width, height: of the picture that the boxes belong to.
  draw(source, width, height, stamp) {
    if (this.canvas.width !== source.width || this.canvas.height !== source.height) {
      this.canvas.width = source.width;
      this.canvas.height = source.height;
      this.picture.style.setProperty("--ratio", String(width / height));
    }
    this.canvas.getContext("2d").drawImage(source, 0, 0);
    this.nothing.hidden = true;
    this.stamp = stamp;
  }

  showFaces(results) {
    if (results.time < this.now - JUMP) this.forget();
    this.now = results.time;
    this.results = results;
    this.silent = "";
    results.faces.forEach((face, index) => {
      const key = face.id || `#${index + 1}`;
      if (!this.people.has(key)) {
        const person = new Person(face.id, this.timed && Boolean(face.id));
        this.people.set(key, person);
        this.list.append(person.card);
      }
      this.people.get(key).see(face, results.labels, results.time);
    });
    for (const [key, person] of this.people) {
      if (this.now - person.seen > LEFT_FOR || (person.seen < this.now && !person.id)) {
        person.remove();
        this.people.delete(key);
      }
    }
    this.showCards();
    const said = results.faces.map((face, index) => sentenceOf(face, this.people.get(face.id || `#${index + 1}`).name));
    this.canvas.setAttribute("aria-label", `picture; ${said.length ? said.join("; ") : "nobody"}`);
  }

  showCards() {
    for (const person of this.people.values()) person.show(this.now, this.silent);
    this.nobody.hidden = this.people.size > 0;
    write(this.nobody, this.silent ? `${this.silent[0].toUpperCase()}${this.silent.slice(1)}.` : "Nobody is in view.");
  }

  // Boxes belong to the picture with their own stamp; on any other they would lie.
  showBoxes() {
    const results = this.results;
    if (!results || results.stamp !== this.stamp || !results.width || !results.height) {
      this.boxes.replaceChildren();
      return;
    }
    const made = results.faces.map((face, index) => {
      const person = this.people.get(face.id || `#${index + 1}`);
      return face.box.includes(null) || !person ? null : this.boxOf(face, person, results);
    });
    this.boxes.replaceChildren(...made.filter(Boolean));
  }

  boxOf(face, person, results) {
    const [x, y, width, height] = face.box;
    const [left, top] = [(x - width / 2) / results.width, (y - height / 2) / results.height];
    const box = element("div", "box");
    box.dataset.face = face.id;
    box.dataset.person = person.colour;
    box.dataset.kind = kindOf(face);
    box.style.left = `${100 * left}%`;
    box.style.top = `${100 * top}%`;
    box.style.width = `${(100 * width) / results.width}%`;
    box.style.height = `${(100 * height) / results.height}%`;
    const label = labelOf(face);
    const name = element("div", "name");
    name.append(element("span", "badge", String(person.number)));
    const word = element("span", "expression", label);
    word.dataset.label = label;
    name.append(word);
    if (label !== "uncertain") word.append(element("span", "share", ` ${percent(face.confidence)}`));
    // Above the box where there is room, else inside it; in its middle, but not over the picture's edge.
    const middle = x / results.width;
    name.dataset.at = middle < 0.2 ? "left" : middle > 0.8 ? "right" : "middle";
    if (top > 0.1) name.style.bottom = "calc(100% + 5px)";
    else name.style.top = `${Math.max(4, 4 - (100 * top * results.height) / height)}%`;
    box.append(name);
    return box;
  }
}
