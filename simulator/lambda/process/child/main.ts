/**
 * The program of a function's child process, started by `process-environment.ts`: makes this process look like an
 * execution environment of Lambda inside the simulated world, then becomes the function's runtime.
 */
import { enableCompileCache, syncBuiltinESMExports } from 'node:module';
import os from 'node:os';
import { installNetwork } from './network.ts';
import { Runtime } from './runtime.ts';
import { readSettings } from './settings.ts';
import { installTime } from './time.ts';

const settings = readSettings();
// The simulator holds the other end: it closes when that dies, however it does.
process.stdin.on('close', () => process.exit(1));
process.stdin.resume().unref();

enableCompileCache(settings.compileCache);
installTime(settings);
installNetwork(settings);
Object.assign(os, { homedir: () => '/home/sbx_user1051', tmpdir: () => settings.temporary });
syncBuiltinESMExports();
process.chdir(settings.taskRoot);
void new Runtime(settings).run();
