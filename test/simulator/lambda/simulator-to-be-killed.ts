/** A simulator with one busy and one frozen function; process.slow.test.ts starts it and kills it. */
import { runFunctionsInProcesses } from '../../../simulator/lambda/process/index.ts';
import { runOnWallClock } from '../../../simulator/local/wall-clock.ts';
import { createFunction, lambdaCloud, noted, startInvoke } from './functions.ts';

const cloud = await lambdaCloud();
runOnWallClock(cloud);
runFunctionsInProcesses(cloud, { speed: 1 });
const source = `exports.handler = async ({ busy }) => { if (busy) console.log(String(process.pid));
  if (busy) await new Promise((done) => setTimeout(done, 600_000)); return [process.pid, require('os').tmpdir() + '/../..']; };`;
await createFunction(cloud, source, { Timeout: 900 });
const frozen = startInvoke(cloud);
void startInvoke(cloud, { busy: true });
const [pid, directory] = (await frozen).payload as [number, string];
while (noted(cloud, 'log').length === 0) await cloud.advance(50);
const busy = Number((noted(cloud, 'log')[0]!.detail as { line: string }).line);
process.stdout.write(JSON.stringify({ pids: [pid, busy], directory }));
