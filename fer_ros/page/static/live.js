// A camera of the robot. The server sends `state` (who publishes what) and `update` (faces, and whether a JPEG follows);
// the view answers "ready" when it has shown an update, and only then is it sent the next one.
import { View } from "./view.js";
import { write } from "./words.js";

const SILENCE = 2000;     // milliseconds after which it says what is missing
const AGAIN = 1000;       // milliseconds until it connects again

export class LiveView extends View {
  // onState: is handed each state that the server sends.
  constructor(camera, onState) {
    super(camera);
    this.camera = camera;
    this.onState = onState;
    this.state = null;
    this.socket = null;
    this.waiting = null;  // the update whose JPEG comes next
    this.lastPicture = this.lastFaces = -Infinity;
    this.pictures = [];
    this.defect = "";
    this.closed = false;
    this.timer = setInterval(() => this.report(), 500);
    this.connect();
  }

  connect() {
    if (this.socket || this.closed || document.hidden) return;
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    const mine = new WebSocket(`${scheme}//${location.host}/live${location.search}`);
    mine.binaryType = "arraybuffer";
    this.socket = mine;
    this.waiting = null;
    mine.onopen = () => {
      this.lastPicture = this.lastFaces = -Infinity;
      this.ask({ camera: this.camera });
      this.report();
    };
    mine.onmessage = (event) => { if (this.socket === mine) this.receive(event.data); };
    mine.onclose = () => {
      if (this.socket !== mine) return;
      this.socket = null;
      this.report();
      setTimeout(() => this.connect(), AGAIN);
    };
  }

  disconnect() {
    const mine = this.socket;
    this.socket = null;
    if (mine) mine.close();
  }

  close() {
    this.closed = true;
    clearInterval(this.timer);
    this.disconnect();
    this.forget();
    this.section.remove();
  }

  ask(wish) {
    const open = this.socket && this.socket.readyState === WebSocket.OPEN;
    if (open) this.socket.send(JSON.stringify(wish));
    return open;
  }

  receive(data) {
    if (typeof data !== "string") {
      const update = this.waiting;
      this.waiting = null;
      if (update) this.showPicture(update, data);
      return;
    }
    const message = JSON.parse(data);
    if (message.type === "state") {
      this.state = message;
      this.onState(message);
      this.report();
    } else if (message.picture && message.picture.stamp) {
      this.waiting = message;
    } else {
      this.showUpdate(message);
    }
  }

  async showPicture(update, jpeg) {
    let bitmap = null;
    try {
      bitmap = await createImageBitmap(new Blob([jpeg], { type: "image/jpeg" }));
    } catch {
      // Half a picture is none; the next one comes.
    }
    if (bitmap && update.camera === this.camera) {
      this.draw(bitmap, update.picture.width, update.picture.height, update.picture.stamp);
      this.lastPicture = performance.now();
      this.pictures = [...this.pictures, this.lastPicture].filter((time) => time > this.lastPicture - 2000);
    }
    if (bitmap) bitmap.close();
    this.showUpdate(update);
  }

  showUpdate(update) {
    if (update.camera === this.camera && !this.closed) {
      this.defect = update.picture && update.picture.error ? update.picture.error : "";
      if (update.faces) {
        this.lastFaces = performance.now();
        this.showFaces(update.faces);
      }
      this.showBoxes();
      this.showFigures();
      this.report();
    }
    this.ask("ready");
  }

  showFigures() {
    if (this.results) {
      const { rate, latency, bundle } = this.results;
      write(this.numbers.get("Results"), rate === null ? "–" : `${rate.toFixed(1)} Hz`);
      write(this.numbers.get("Latency"), latency === null ? "–" : `${Math.round(1000 * latency)} ms`);
      write(this.numbers.get("Model"), bundle || "–");
    }
    const span = this.pictures.length > 1 ? this.pictures[this.pictures.length - 1] - this.pictures[0] : 0;
    write(this.numbers.get("Pictures"), span > 0 ? `${((1000 * (this.pictures.length - 1)) / span).toFixed(1)} Hz` : "–");
  }

  // One sentence about what is missing, or `live`; without results no card may go on as if there were some.
  report() {
    this.say(...this.situation());
    if (performance.now() - this.lastFaces > SILENCE) {
      this.silent = this.state && this.state.paused ? "paused" : "no results";
      this.boxes.replaceChildren();
    }
    this.showCards();
  }

  situation() {
    if (!this.socket) return ["lost", "connection lost, trying again"];
    if (this.socket.readyState !== WebSocket.OPEN || !this.state) return ["waiting", "connecting"];
    if (this.state.paused) return ["paused", "paused: no face is analysed"];
    const time = performance.now();
    const source = this.state.cameras.find((one) => one.name === this.camera);
    if (this.defect) return ["waiting", `picture cannot be read: ${this.defect}`];
    if (time - this.lastPicture > SILENCE) {
      return ["waiting", source && source.publishers ? `no pictures arrive on ${this.camera}` : `nobody publishes ${this.camera}`];
    }
    if (time - this.lastFaces > SILENCE) {
      const topic = this.state.faces.name;
      return ["waiting", this.state.faces.publishers ? `no results for ${this.camera} on ${topic}` : `nobody publishes ${topic}`];
    }
    return ["live", "live"];
  }
}
