/**
 * Loaded by `NODE_OPTIONS=--require` into a process that is to be profiled: Node does not take `--cpu-prof` from there.
 * The folder comes by the environment; the profile is written when the process ends in order.
 */
'use strict';

const { mkdirSync, writeFileSync } = require('node:fs');
const { Session } = require('node:inspector');
const { join } = require('node:path');
const { isMainThread, threadId } = require('node:worker_threads');

const folder = process.env.TIERLINE_BENCH_PROFILE_DIR;
if (folder) {
  mkdirSync(folder, { recursive: true });
  const session = new Session();
  session.connect();
  session.post('Profiler.enable');
  session.post('Profiler.setSamplingInterval', { interval: 500 });
  session.post('Profiler.start');
  process.on('exit', () => {
    // The answer comes before `post` returns.
    session.post('Profiler.stop', (error, result) => {
      if (error) return;
      const name = `${isMainThread ? 'main' : `thread-${threadId}`}-${process.pid}.cpuprofile`;
      writeFileSync(join(folder, name), JSON.stringify(result.profile));
    });
  });
}
