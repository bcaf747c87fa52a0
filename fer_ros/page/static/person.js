// One face: its card, and the band of what it has shown in the last half minute.
import { adviceOf, element, kindOf, labelOf, meaningOf, percent, write } from "./words.js";

const SECONDS = 30;     // that a band shows
const GAP = 1;          // seconds without an answer that interrupt it
const LETTER = 7.5;     // pixels of a letter in a band, about
const PEOPLE = Number(getComputedStyle(document.documentElement).getPropertyValue("--people")) || 1;

const numbers = new Set();  // of the faces on this page

function lowestFree() {
  let number = 1;
  while (numbers.has(number)) number += 1;
  numbers.add(number);
  return number;
}

export class Person {
  // id: of the track, "" where faces are not tracked. timed: whether there is a band.
  constructor(id, timed) {
    this.id = id;
    this.number = lowestFree();
    this.name = `Face ${this.number}`;
    this.colour = (this.number - 1) % PEOPLE;
    this.history = [];  // {label, from, to}, in seconds of the results
    this.seen = 0;      // when it was seen last, in seconds of the results
    this.rows = new Map();
    this.build(timed);
  }

  build(timed) {
    this.card = element("li", "face");
    this.card.dataset.person = this.colour;
    this.card.dataset.face = this.id;
    this.badge = element("span", "badge", String(this.number));
    this.badge.setAttribute("aria-hidden", "true");
    this.expression = element("span", "expression");
    this.share = element("span", "share");
    const title = element("h3");
    title.append(this.badge, this.expression, this.share);
    this.who = element("span", "who", this.name);
    this.who.title = this.badge.title = this.id ? `track ${this.id}` : "not tracked";
    this.advice = element("span", "advice");
    const line = element("p", "line");
    line.append(this.who, this.advice);
    this.table = element("table");
    this.table.setAttribute("aria-label", `${this.name}: probability of each expression`);
    this.body = this.table.createTBody();
    this.card.append(title, line);
    if (timed) {
      this.band = element("div", "band");
      this.band.setAttribute("role", "img");
      const axis = element("div", "axis");
      axis.append(element("span", "", `${SECONDS} s ago`), element("span", "", `${SECONDS / 2} s`), element("span", "", "now"));
      this.card.append(this.band, axis);
    }
    this.card.append(this.table);
  }

  remove() {
    numbers.delete(this.number);
    this.card.remove();
  }

  see(face, labels, time) {
    this.face = face;
    this.labels = labels;
    this.seen = time;
    const label = labelOf(face);
    const last = this.history[this.history.length - 1];
    if (last && time - last.to <= GAP) {
      last.to = time;
      if (last.label !== label) this.history.push({ label, from: time, to: time });
    } else {
      this.history.push({ label, from: time, to: time });
    }
    this.history = this.history.filter((span) => span.to > time - SECONDS);
  }

  // now: of the newest results, in seconds. silent: why there are no results at all, or "".
  show(now, silent) {
    const away = now - this.seen;
    const kind = silent ? "silent" : away > 0 ? "gone" : kindOf(this.face);
    if (this.card.dataset.kind !== kind) this.card.dataset.kind = kind;
    this.advice.title = this.expression.title = meaningOf(kind);
    this.table.hidden = kind === "gone" || kind === "silent";
    if (kind === "silent") {
      this.title(silent, "", "");
      write(this.advice, "What it shows now is not known.");
    } else if (kind === "gone") {
      this.title("gone", "", "");
      write(this.advice, `Left ${Math.ceil(away)} s ago.`);
    } else {
      const label = labelOf(this.face);
      this.title(label, label, kind === "uncertain" ? "" : percent(this.face.confidence));
      write(this.advice, adviceOf(this.face));
      this.showBars();
    }
    if (this.band) this.showBand(now);
  }

  title(text, label, share) {
    write(this.expression, text);
    write(this.share, share);
    this.expression.dataset.label = label;
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

  showBand(now) {
    const start = now - SECONDS;
    while (this.band.children.length > this.history.length) this.band.lastChild.remove();
    this.history.forEach((span, index) => {
      if (!this.band.children[index]) this.band.append(element("div", "span"));
      const part = this.band.children[index];
      const from = Math.max(0, (span.from - start) / SECONDS);
      const width = (span.to - start) / SECONDS - from;
      const name = span.label;
      if (part.dataset.label !== span.label) {
        part.dataset.label = span.label;
        part.replaceChildren(element("span", "word", name));
      }
      part.title = `${name}, ${(span.to - span.from).toFixed(1)} s`;
      part.toggleAttribute("data-short", width * this.band.clientWidth < LETTER * name.length + 10);
      part.style.left = `${100 * from}%`;
      part.style.width = `${100 * width}%`;
    });
    const said = this.history.map((span) => `${span.label} ${(span.to - Math.max(span.from, start)).toFixed(0)} s`);
    this.band.setAttribute("aria-label", `${this.name}, the last ${SECONDS} seconds: ${said.join(", ")}`);
  }
}
