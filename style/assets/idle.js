// A machine that many people use: a visit that nobody touches for ninety seconds is wiped.
const IDLE = 90_000;
let waiting;

function touched() {
  clearTimeout(waiting);
  waiting = setTimeout(() => location.replace("/track/idle"), IDLE);
}

for (const sign of ["keydown", "pointerdown", "input", "scroll"]) {
  addEventListener(sign, touched, { passive: true });
}
// What the browser kept of a page that was left is not shown again.
addEventListener("pageshow", (event) => (event.persisted ? location.replace("/track/idle") : touched()));
