// A picture, a video or the camera of whoever looks: shown by the browser, analysed on the robot, kept nowhere.
import { View } from "./view.js";
import { button, write } from "./words.js";

const LARGEST = 1280;    // pixels of the longer side of a video's image as it is sent
const QUALITY = 0.92;    // of its JPEG
const PERIOD = 66;       // milliseconds between two images, at least
const STILL = NaN;       // the time of a picture that is no part of a video

const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

export class OwnView extends View {
  // limit: megabytes that a picture may have. onClose: called when it is closed.
  constructor(name, timed, limit, onClose) {
    super(name, timed);
    this.limit = limit;
    this.onClose = onClose;
    this.work = document.createElement("canvas");
    this.video = null;
    this.section.classList.add("mine");
    this.again = button("Again", () => this.replay());
    this.again.hidden = true;
    const buttons = document.createElement("div");
    buttons.className = "buttons";
    buttons.append(this.again, button("Close", () => this.close()));
    this.bar.append(buttons);
    for (const name of ["Latency", "Pictures", "Results"]) this.numbers.get(name).parentElement.hidden = true;
    this.nobody.hidden = true;
    this.say("waiting", "being analysed");
  }

  fail(text) {
    this.failed = true;
    this.say("lost", text);
    this.stop();
  }

  stop() {
    if (this.socket) this.socket.close();
    this.socket = null;
    if (this.video) {
      this.video.pause();
      for (const track of this.video.srcObject ? this.video.srcObject.getTracks() : []) track.stop();
    }
  }

  close() {
    this.closed = true;
    this.stop();
    if (this.video && this.video.src) URL.revokeObjectURL(this.video.src);
    this.forget();
    this.section.remove();
    this.onClose(this);
  }

  connect() {
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    this.socket = new WebSocket(`${scheme}//${location.host}/analyze${location.search}`);
    return new Promise((done, refuse) => {
      this.socket.onopen = done;
      this.socket.onerror = () => refuse(new Error("the robot takes no more pictures now: try again in a moment"));
    });
  }

  // Send one picture and return its faces. time: in seconds, STILL for a still picture.
  async send(time, data) {
    const message = new Uint8Array(8 + data.byteLength);
    new DataView(message.buffer).setFloat64(0, time);
    message.set(new Uint8Array(data), 8);
    const socket = this.socket;
    const answer = await new Promise((done, refuse) => {
      socket.onmessage = (event) => done(JSON.parse(event.data));
      socket.onclose = () => refuse(new Error("connection lost"));
      socket.send(message);
    });
    if (answer.type === "error") throw new Error(answer.text);
    write(this.numbers.get("Model"), answer.faces.bundle);
    return answer.faces;
  }

  show(source, faces) {
    this.draw(source, faces.width, faces.height, faces.stamp);
    this.showFaces(faces);
    this.showBoxes();
  }

  async run(action) {
    try {
      await action();
    } catch (error) {
      if (!this.closed) this.fail(error.message);
    }
  }

  showPicture(file) {
    return this.run(async () => {
      const bitmap = await createImageBitmap(file).catch(() => {
        throw new Error(`this browser cannot read ${file.name} as a picture: save it as JPEG or PNG`);
      });
      // What others cannot read either comes as PNG.
      const known = ["image/jpeg", "image/png"].includes(file.type);
      const data = await (known ? file : await this.encoded(bitmap, bitmap.width, bitmap.height, "image/png")).arrayBuffer();
      if (data.byteLength > 1e6 * this.limit) {
        throw new Error(`${file.name} has ${(data.byteLength / 1e6).toFixed(1)} MB, more than ${this.limit} MB: make it smaller`);
      }
      await this.connect();
      this.show(bitmap, await this.send(STILL, data));
      this.say("done", "analysed, and not stored");
      this.stop();
    });
  }

  // Draw what there is now, no larger than LARGEST, and return it as a Blob.
  encoded(source, width, height, type) {
    const scale = type === "image/jpeg" ? Math.min(1, LARGEST / Math.max(width, height)) : 1;
    this.work.width = Math.round(scale * width);
    this.work.height = Math.round(scale * height);
    this.work.getContext("2d").drawImage(source, 0, 0, this.work.width, this.work.height);
    return new Promise((done) => this.work.toBlob(done, type, QUALITY));
  }

  showVideo(file) {
    return this.run(async () => {
      this.video = document.createElement("video");
      this.video.src = URL.createObjectURL(file);
      await this.play(`this browser cannot play ${file.name}: use MP4 or WebM, or fer-analyze`);
    });
  }

  showCamera() {
    return this.run(async () => {
      if (!navigator.mediaDevices) {
        throw new Error("a browser gives its camera only to 127.0.0.1 and to https: use a tunnel, as the documentation says");
      }
      const stream = await navigator.mediaDevices.getUserMedia({ video: true }).catch((error) => {
        throw new Error(`no camera: ${error.message}`);
      });
      this.video = document.createElement("video");
      this.video.srcObject = stream;
      if (this.closed) this.stop();
      else await this.play("the camera shows nothing");
    });
  }

  async play(otherwise) {
    this.video.muted = true;
    this.video.playsInline = true;
    await this.video.play().catch(() => { throw new Error(otherwise); });
    await this.connect();
    await this.follow();
  }

  replay() {
    this.again.hidden = true;
    this.forget();
    this.video.currentTime = 0;
    this.run(() => this.play("it cannot be played again"));
  }

  // One image after the other until the end: the next one is taken when the one before is answered.
  async follow() {
    const live = Boolean(this.video.srcObject);
    this.say("live", live ? "live, and not stored" : "playing, and not stored");
    let last = -1;
    while (!this.closed && !this.video.ended) {
      const began = performance.now();
      const time = live ? began / 1000 : this.video.currentTime;
      if (time !== last && this.video.videoWidth && !document.hidden) {
        last = time;
        const blob = await this.encoded(this.video, this.video.videoWidth, this.video.videoHeight, "image/jpeg");
        const faces = await this.send(time, await blob.arrayBuffer());
        if (this.closed) return;
        this.show(this.work, faces);
      }
      await pause(Math.max(5, began + PERIOD - performance.now()));
    }
    if (this.closed) return;
    this.say("done", "the end; nothing was stored");
    this.again.hidden = live;
    this.stop();
  }
}
