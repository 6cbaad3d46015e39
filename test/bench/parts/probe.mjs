// Loaded into each process that is measured, before its own code: tells the benchmark, when asked, how much CPU the process
// has used with all its threads, how late its event loop was and how much memory it holds.

import { monitorEventLoopDelay } from 'node:perf_hooks';
import process from 'node:process';
import { isMainThread } from 'node:worker_threads';

const RESOLUTION_MS = 1;

if (isMainThread && process.channel !== undefined) {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  process.on('message', (message) => {
    if (message !== 'measure') return;
    const { user, system } = process.cpuUsage();
    // The histogram holds the time from one tick of its timer to the next.
    const loopDelayP99Ms = Math.max(0, delay.percentile(99) / 1e6 - RESOLUTION_MS);
    process.send({ cpuMicros: user + system, loopDelayP99Ms, residentMiB: process.memoryUsage.rss() / 2 ** 20 });
    delay.reset();
  });
  // The process ends when its own work does, and with the benchmark, however that ends.
  process.channel.unref();
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
}
