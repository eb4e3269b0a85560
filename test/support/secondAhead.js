// A monotonic clock that SIGCONT moves a second ahead, for the process of one command.
const now = performance.now.bind(performance);
let aheadMs = 0;
performance.now = () => now() + aheadMs;
process.on("SIGCONT", () => {
  aheadMs += 1_000;
  console.error("A second later.");
});
