"use strict";
// Ends this Node when the process that started it is gone, even while it computes or waits.
const { isMainThread, Worker } = require("node:worker_threads");

function watch() {
  const parent = process.ppid;
  return setInterval(() => {
    if (process.ppid !== parent) process.kill(process.pid, "SIGKILL");
  }, 500);
}

if (isMainThread && process.argv[1]?.endsWith("jsii-runtime.js")) {
  watch().unref(); // never computes: it passes on what others write, and a thread starts slowly
} else if (isMainThread) {
  new Worker(`(${watch})()`, { eval: true }).unref();
}
