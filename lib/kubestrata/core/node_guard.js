"use strict";
// Ends this Node when the process that started it is gone, even while it computes or waits.
const { isMainThread, Worker } = require("node:worker_threads");
if (isMainThread) {
  const watch =
    "const parent = process.ppid;" +
    "setInterval(() => { if (process.ppid !== parent) process.kill(process.pid, 'SIGKILL'); }, 500);";
  new Worker(watch, { eval: true }).unref();
}
