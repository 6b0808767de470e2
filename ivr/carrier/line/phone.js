// A telephone: keys, words and sound of one call. The same file is loaded as an audio worklet for the microphone.
"use strict";

const RATE = 8000;

if (typeof AudioWorkletProcessor !== "undefined") {
  // The microphone, averaged down to 8 kHz, in frames of 20 ms.
  registerProcessor("microphone", class extends AudioWorkletProcessor {
    constructor() {
      super();
      this.step = sampleRate / RATE;
      this.sum = this.count = this.place = this.filled = 0;
      this.frame = new Int16Array(RATE / 50);
    }

    process(inputs) {
      for (const sample of inputs[0][0] ?? []) {
        this.sum += sample;
        this.count += 1;
        this.place += 1;
        if (this.place < this.step) continue;
        this.place -= this.step;
        this.frame[this.filled++] = Math.max(-1, Math.min(1, this.sum / this.count)) * 32767;
        this.sum = this.count = 0;
        if (this.filled === this.frame.length) {
          this.port.postMessage(this.frame.slice().buffer);
          this.filled = 0;
        }
      }
      return true;
    }
  });
} else {
  start();
}

function start() {
  const at = (id) => document.getElementById(id);
  const agent = new URLSearchParams(location.search).get("side") === "agent";
  let socket = null, audio = null, out = null, playing = [], next = 0, stream = null, inCall = false;

  at("from").value = document.body.dataset.number;
  at("own").value = document.body.dataset.desk;
  at("caller").hidden = agent;
  at("agent").hidden = !agent;
  if (agent) at("title").textContent = document.title = "Agent's telephone 坐席电话";

  const status = (text) => { at("status").textContent = text; };

  function line(text, kind) {
    const item = document.createElement("li");
    item.textContent = text;
    if (kind) item.className = kind;
    at("said").append(item);
    at("said").scrollTop = at("said").scrollHeight;
  }

  function connect(then) {
    if (socket && socket.readyState === WebSocket.OPEN) return then();
    socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/phone/socket`);
    socket.binaryType = "arraybuffer";
    socket.onopen = then;
    socket.onmessage = ({data}) => typeof data === "string" ? event(JSON.parse(data)) : hear(data);
    socket.onclose = () => { ended("lost"); status("The line is not reachable 线路未连接"); };
  }

  const send = (type, facts) => socket.send(JSON.stringify({type, ...facts}));

  // Sound may only begin after the user has pressed something, so this is called there.
  function open() {
    if (!audio) {
      audio = new AudioContext();
      out = audio.createMediaStreamDestination();
      at("sound").srcObject = out.stream;
    }
    audio.resume();
    at("sound").play();
  }

  function hear(data) {
    if (!audio || !inCall) return;
    const samples = new Int16Array(data), buffer = audio.createBuffer(1, samples.length, RATE);
    const channel = buffer.getChannelData(0);
    for (let i = 0; i < samples.length; i++) channel[i] = samples[i] / 32768;
    const source = audio.createBufferSource();
    source.buffer = buffer;
    source.connect(out);
    next = Math.max(next, audio.currentTime + 0.03);
    source.start(next);
    next += buffer.duration;
    playing.push(source);
    source.onended = () => { playing = playing.filter((other) => other !== source); };
  }

  function flush() {
    for (const source of playing) source.stop();
    playing = [];
    next = 0;
  }

  function event({type, text, caller, number, how}) {
    switch (type) {
      case "waiting": status(`Waiting for calls as ${number} 等待来电`); break;
      case "ringing": ringing(caller); break;
      case "answered": begun(); break;
      case "said": line(text); break;
      case "message": line(`SMS 短信: ${text}`, "message"); break;
      case "flush": flush(); break;
      case "ended": ended(how); break;
    }
  }

  function ringing(caller) {
    status(`Call from ${caller} 来电`);
    line(`Call from ${caller} 来电`);
    at("answer").hidden = false;
    at("hangup").disabled = false;
    at("answer").focus();
  }

  function begun() {
    inCall = true;
    status("Connected 通话中");
    enable(true);
  }

  function ended(how) {
    flush();
    const rang = inCall || !at("answer").hidden;
    inCall = false;
    at("answer").hidden = true;
    enable(false);
    mute();
    if (how === "lost") return;
    const words = {busy: "The line is busy 线路忙", completed: "The call is over 通话结束", canceled: "The call is over 通话结束"};
    status(words[how] ?? "The call failed 呼叫失败");
    if (rang) line(words[how] ?? "The call failed 呼叫失败");
  }

  function enable(on) {
    for (const button of document.querySelectorAll("#keypad button, #hangup, #microphone")) button.disabled = !on;
    at("dial").disabled = at("wait").disabled = on;
  }

  function press(key) {
    if (!inCall) return;
    send("key", {key});
    const button = document.querySelector(`#keypad [data-key="${key}"]`);
    button.classList.add("pressed");
    setTimeout(() => button.classList.remove("pressed"), 150);
  }

  function mute() {
    for (const track of stream?.getTracks() ?? []) track.stop();
    stream = null;
    at("microphone").setAttribute("aria-pressed", "false");
    at("microphone").textContent = "Microphone on 打开麦克风";
  }

  async function speak() {
    try {
      stream = await navigator.mediaDevices.getUserMedia({audio: {echoCancellation: true, noiseSuppression: true}});
    } catch (fault) {
      status(`No microphone 没有麦克风: ${fault.name}`);
      return;
    }
    await audio.audioWorklet.addModule("/phone/phone.js");
    const microphone = new AudioWorkletNode(audio, "microphone", {numberOfOutputs: 0});
    microphone.port.onmessage = ({data}) => { if (inCall && stream) socket.send(data); };
    audio.createMediaStreamSource(stream).connect(microphone);
    at("microphone").setAttribute("aria-pressed", "true");
    at("microphone").textContent = "Microphone off 关闭麦克风";
  }

  at("caller").addEventListener("submit", (submitted) => {
    submitted.preventDefault();
    open();
    at("said").replaceChildren();
    status("Calling 正在拨号");
    at("hangup").disabled = false;
    at("dial").disabled = true;
    connect(() => send("dial", {caller: at("from").value, called: at("to").value}));
  });
  at("agent").addEventListener("submit", (submitted) => {
    submitted.preventDefault();
    open();
    connect(() => send("wait", {number: at("own").value}));
  });
  at("answer").addEventListener("click", () => {
    open();
    at("answer").hidden = true;
    send("answer");
    begun();
    at("hangup").focus();
  });
  at("hangup").addEventListener("click", () => send("hang_up"));
  at("microphone").addEventListener("click", () => stream ? mute() : speak());
  at("keypad").addEventListener("click", ({target}) => { if (target.dataset.key) press(target.dataset.key); });
  document.addEventListener("keydown", (typed) => {
    if (typed.target instanceof HTMLInputElement || typed.ctrlKey || typed.altKey || typed.metaKey) return;
    if (/^[0-9*#]$/.test(typed.key)) press(typed.key);
  });
}
