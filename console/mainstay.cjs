#!/usr/bin/env node
// The `mainstay` command on any Node from 20 up: hands over to the toolchain's Node, which runs TypeScript as it is.
const { spawn } = require('node:child_process');
const { existsSync } = require('node:fs');
const { constants } = require('node:os');
const { join } = require('node:path');

const root = join(__dirname, '..');
const toolchainNode = join(root, 'node_modules', '.bin', 'node');
const [major, minor] = process.versions.node.split('.').map(Number);
const modern = major > 22 || (major === 22 && minor >= 18);
if (!modern && !existsSync(toolchainNode)) {
  console.error(
    `mainstay: Node ${process.versions.node} cannot run TypeScript and ${toolchainNode} is missing; run 'npm ci' or use Node 24`,
  );
  process.exit(2);
}
const node = existsSync(toolchainNode) ? toolchainNode : process.execPath;
const main = join(__dirname, 'main.ts');
const child = spawn(node, ['--disable-warning=ExperimentalWarning', main, ...process.argv.slice(2)], {
  stdio: 'inherit',
});
// Who stops this process means the other one, which has folders to remove and workers to end.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('error', (error) => {
  console.error(`mainstay: ${node} cannot be started: ${error.message}`);
  process.exit(3);
});
child.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
